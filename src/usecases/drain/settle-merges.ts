import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { Look } from './look.ts';
import type { ReadContacts } from './read-contacts.ts';

/**
 * Settles what the reading alone decides, merged contacts among it, and lets survivors inherit the pairs of those that were merged into
 * them, before anything is planned: whatever the gate says of a survivor, its pair goes on.
 * @returns the looks that go on; a survivor that has just inherited is looked at again, with that knowledge
 */
export async function settleMerges(
  { ledger, mappingVersion }: DrainDependencies,
  { claim }: Batch,
  { looks, settled, survivors }: ReadContacts,
): Promise<readonly Look[]> {
  if (settled.length > 0) await ledger.commit(claim.token, mappingVersion, settled);
  // Once more: another worker may have looked at one of them before its pair was there.
  if (survivors.length > 0) await ledger.mark(survivors);
  const marked = new Set(survivors.map(({ recordId }) => recordId));
  const heirs = looks.filter(({ contact: { id, mergedIds } }) => mergedIds.length > 0 || marked.has(id));
  if (heirs.length === 0) return looks;
  const outdated = await ledger.inheritMerged(
    claim.token,
    heirs.map(({ claimed: { recordId, pairId }, contact: { id, mergedIds } }) => ({
      contactId: recordId,
      pairId,
      contactIds: [id, ...mergedIds],
    })),
  );
  return looks.filter(({ claimed: { recordId } }) => !outdated.has(recordId));
}
