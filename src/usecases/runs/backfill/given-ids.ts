import type { BackfillObject } from '../../../domain/runs/types.ts';
import { toLongId } from '../../../domain/salesforce-ids.ts';
import { mostSampled, spread } from '../sample.ts';
import type { GivenIds } from './forecast.ts';
import { objectNames } from './objects.ts';

/** Ids that go to the ledger at once. */
export const idsPerPortion = 5_000;

/** The form in which the ledger keeps an id of such a record; null: it is none. */
export function toRecordId(object: BackfillObject, text: string): string | null {
  const id = text.trim();
  if (!objectNames[object].isId.test(id)) return null;
  return objectNames[object].system === 'hubspot' ? id : toLongId(id);
}

/** Ids that are at hand all at once. Those that are none of such a record are left to whoever reads them. */
export function compileIds(
  object: BackfillObject,
  texts: readonly string[],
): { given: GivenIds; portions: AsyncIterable<readonly string[]> } {
  const ids = [...new Set(texts.flatMap((text) => toRecordId(object, text) ?? []))];
  return { given: { count: ids.length, sample: spread(ids, mostSampled) }, portions: inPortions(ids) };
}

async function* inPortions(ids: readonly string[]): AsyncIterable<readonly string[]> {
  for (let start = 0; start < ids.length; start += idsPerPortion) yield ids.slice(start, start + idsPerPortion);
}
