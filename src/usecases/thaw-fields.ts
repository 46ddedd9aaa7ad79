import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { HubSpotObject } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import { fieldLines } from './field-lines.ts';

type Dependencies = { ledger: Pick<AdminLedger, 'history' | 'thaw'>; mapping: CompiledMapping };

/** `field`: by its name on either side; undefined: all that are frozen. `by`: who asked, for the audit log. */
type Wanted = { object: HubSpotObject; recordId: string; by: string; field?: string | undefined };

/**
 * Lets frozen fields of a record be written again, and marks the record.
 * @returns how many were frozen
 * @throws SyncError permanent `field_not_frozen`: nothing of this name is, and the message names what is
 */
export async function thawFields(
  { ledger, mapping }: Dependencies,
  { object, recordId, by, field }: Wanted,
): Promise<number> {
  if (field === undefined) return await ledger.thaw(recordId, by, undefined, object);
  const { pair } = await ledger.history(recordId, object);
  const frozen = [...new Set((pair?.frozen ?? []).map((one) => one.field))];
  const names = namesOf(mapping, object, field);
  const wanted = frozen.includes(field) ? [field] : frozen.filter((name) => names.includes(name));
  if (wanted.length === 0) throw notFrozen(object, field, frozen);
  let thawed = 0;
  for (const name of wanted) thawed += await ledger.thaw(recordId, by, name, object);
  return thawed;
}

/** What the field is called on the other side. */
function namesOf(mapping: CompiledMapping, object: HubSpotObject, field: string): string[] {
  const pairs = fieldLines(mapping, object).map(({ hubspot, salesforce }) => [hubspot, ...Object.values(salesforce)]);
  return pairs.filter((names) => names.includes(field)).flat();
}

function notFrozen(object: HubSpotObject, field: string, frozen: readonly string[]): SyncError {
  const which = frozen.length === 0 ? `nothing of this ${object} is` : `frozen: ${frozen.join(', ')}`;
  return new SyncError('permanent', 'field_not_frozen', `${field} is not frozen; ${which}.`, {
    advice: 'handoff explain shows what is frozen.',
  });
}
