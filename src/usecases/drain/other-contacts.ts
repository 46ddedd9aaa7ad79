import type { SyncError } from '../../errors.ts';
import type { HubSpotRead } from '../../ports/hubspot.ts';
import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { Gone } from './gone.ts';

/**
 * Whether the pair of a contact that is gone has another living contact: after a chain of merges HubSpot forgets ids, and an id that it
 * does not know any more says nothing of the survivor. Per contact id; where HubSpot did not answer, why.
 */
export async function findOtherContacts(
  { hubspot }: DrainDependencies,
  { spend }: Batch,
  gone: readonly Gone[],
): Promise<ReadonlyMap<string, boolean | SyncError>> {
  const others = new Map(gone.map((each) => [each.claimed.recordId, otherIds(each)]));
  const asked = [...new Set([...others.values()].flat())];
  if (asked.length === 0) return new Map();
  const reads = await hubspot.read('contacts', asked, [], spend);
  return new Map(
    [...others].map(([contactId, ids]) => [
      contactId,
      livesOn(
        contactId,
        ids.map((id) => reads.get(id)),
      ),
    ]),
  );
}

function otherIds({ claimed: { recordId, pair } }: Gone): string[] {
  return (pair?.formerContactIds ?? []).filter((id) => id !== recordId);
}

function livesOn(contactId: string, reads: readonly (HubSpotRead | undefined)[]): boolean | SyncError {
  const answers = reads.filter((read) => read !== undefined);
  const isOther = (read: HubSpotRead) =>
    (read.kind === 'found' || read.kind === 'merged') && read.record.id !== contactId;
  if (answers.some(isOther)) return true;
  return answers.find((read) => read.kind === 'error')?.error ?? false;
}
