import type { Given } from '../../../../src/http/contract/index.ts';
import type { Run } from './run-words.ts';

export type BackfillBody = Given<'POST /backfills', 'body'>;

export const objects = ['contacts', 'companies', 'deals', 'leads', 'opportunities'] as const;

const texts = ['since', 'until', 'stage', 'list', 'where'] as const;
const nameOf = (runId: string) => `handoff.dry-run.${runId}`;

/** Keeps what a dry run was asked for in this tab: the service keeps neither ids nor expressions, which may name a person. */
export function remember(runId: string, body: BackfillBody): void {
  sessionStorage.setItem(nameOf(runId), JSON.stringify(body));
}

/**
 * What it takes to start the same backfill for real.
 * @returns null where this tab does not know it: without its ids or its expression the run would take in more than was planned
 */
export function bodyOf({ id, object, filter }: Pick<Run, 'id' | 'object' | 'filter'>): BackfillBody | null {
  const kept = readBody(sessionStorage.getItem(nameOf(id)));
  if (kept !== null) return kept;
  if (filter.where !== undefined || filter.hasIds === true) return null;
  return toBody(object, filter);
}

/** Whatever stands in the storage of a tab was written by a person or another version: only what is understood whole is used. */
function readBody(kept: string | null): BackfillBody | null {
  if (kept === null) return null;
  try {
    const body: unknown = JSON.parse(kept);
    if (typeof body !== 'object' || body === null) return null;
    const ids: unknown = Reflect.get(body, 'ids');
    const some = toBody(Reflect.get(body, 'object'), body);
    if (some === null || ids === undefined) return some;
    return Array.isArray(ids) && ids.every((one) => typeof one === 'string') ? { ...some, ids } : null;
  } catch {
    return null;
  }
}

function toBody(object: unknown, filter: object): BackfillBody | null {
  const known = objects.find((name) => name === object);
  if (known === undefined) return null;
  const given = texts.flatMap((name) => {
    const text: unknown = Reflect.get(filter, name);
    return typeof text === 'string' ? [[name, text] as const] : [];
  });
  return { object: known, ...Object.fromEntries(given), dryRun: false };
}
