import type { CompiledMapping } from '../domain/mapping/types.ts';
import { ownerField, ownerProperty } from '../domain/plan/owner.ts';
import { SyncError } from '../errors.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';

type Dependencies = { ledger: Pick<AdminLedger, 'history' | 'thaw'>; mapping: Pick<CompiledMapping, 'contact'> };

/** `field`: by its name on either side; undefined: all that are frozen. `by`: who asked, for the audit log. */
type Wanted = { contactId: string; by: string; field?: string | undefined };

/**
 * Lets frozen fields of a contact be written again, and marks the contact.
 * @returns how many were frozen
 * @throws SyncError permanent `field_not_frozen`: nothing of this name is, and the message names what is
 */
export async function thawFields({ ledger, mapping }: Dependencies, { contactId, by, field }: Wanted): Promise<number> {
  if (field === undefined) return await ledger.thaw(contactId, by);
  const { pair } = await ledger.history(contactId);
  const frozen = [...new Set((pair?.frozen ?? []).map((one) => one.field))];
  const names = namesOf(mapping, field);
  const wanted = frozen.includes(field) ? [field] : frozen.filter((name) => names.includes(name));
  if (wanted.length === 0) throw notFrozen(field, frozen);
  let thawed = 0;
  for (const name of wanted) thawed += await ledger.thaw(contactId, by, name);
  return thawed;
}

/** What the field is called on the other side. */
function namesOf({ contact }: Dependencies['mapping'], field: string): string[] {
  const pairs = contact.fields.map(({ hubspot, salesforce }) => [hubspot, ...Object.values(salesforce)]);
  return [...pairs, [ownerProperty, ownerField]].filter((names) => names.includes(field)).flat();
}

function notFrozen(field: string, frozen: readonly string[]): SyncError {
  const which = frozen.length === 0 ? 'nothing of this contact is' : `frozen: ${frozen.join(', ')}`;
  return new SyncError('permanent', 'field_not_frozen', `${field} is not frozen; ${which}.`, {
    advice: 'handoff explain shows what is frozen.',
  });
}
