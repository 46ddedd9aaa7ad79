import { SyncError } from '../../errors.ts';
import type { HubSpotRead } from '../../ports/hubspot.ts';
import type { ClaimedRecord, Mark } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { Gone } from './gone.ts';
import type { Look } from './look.ts';
import { doneResult, faultResult } from './results.ts';

export type ReadContacts = {
  looks: readonly Look[];
  /** Contacts that HubSpot does not have (any more). */
  gone: readonly Gone[];
  settled: readonly RecordResult[];
  /** The contacts into which others turned out to be merged. */
  survivors: readonly Mark[];
};

/**
 * Reads the claimed contacts. What was merged away is settled here: its survivor inherits the pair and becomes pending,
 * and the merged id stays in the ledger as a memory of where it led. That a contact is gone is believed of a read alone, never of an event.
 */
export async function readContacts(
  { hubspot, ledger, mapping, clock }: DrainDependencies,
  { claim, spend, readAtMs }: Batch,
): Promise<ReadContacts> {
  const ids = claim.records.map(({ recordId }) => recordId);
  const reads = await hubspot.read('contacts', ids, mapping.contact.hubspotProperties, spend);
  // What was reserved for reads that were not needed may not pay for other calls.
  spend.prepaid = 0;
  const looks: Look[] = [];
  const gone: Gone[] = [];
  const settled: RecordResult[] = [];
  const survivors: Mark[] = [];
  for (const claimed of claim.records) {
    const read = reads.get(claimed.recordId) ?? unanswered;
    // The one event that is believed as fact: afterwards a read cannot tell an erasure from a deletion, and may still find the contact. A
    // merged id lives on in its survivor.
    if (claimed.hints.includes('erased') && read.kind !== 'merged') gone.push({ claimed, how: 'erased' });
    else if (read.kind === 'found') looks.push({ claimed, contact: read.record, readAtMs });
    else if (read.kind === 'error') settled.push(faultResult(claimed, read.error, clock));
    else if (read.kind === 'missing') gone.push({ claimed, how: 'deleted' });
    else {
      survivors.push(markOf(read.record.id, claimed));
      settled.push(mergedAway(claimed, read.record.id));
    }
  }
  const erased = gone.flatMap(({ claimed, how }) => (how === 'erased' ? [claimed.recordId] : []));
  // What was merged into them, and could not be looked at before: their hints live until that is marked.
  if (erased.length > 0) await ledger.markErasedWith(erased);
  return { looks, gone, settled, survivors };
}

const unanswered: HubSpotRead = {
  kind: 'error',
  error: new SyncError(
    'retryable',
    'hubspot_no_answer',
    'HubSpot did not answer for this contact; it will be asked again.',
  ),
};

function mergedAway(claimed: ClaimedRecord, survivorId: string): RecordResult {
  const text = `The contact was merged into contact ${survivorId} in HubSpot, which is looked at in its place.`;
  const decision = { outcome: 'merged', code: 'contact_merged', text, reasons: [], fields: [], observedOnly: false };
  return {
    ...doneResult(claimed, decision),
    mergedInto: survivorId,
    ...(claimed.pairId === null
      ? {}
      : { pairId: claimed.pairId, retiredContactIds: [{ id: claimed.recordId, status: 'merged' }] }),
  };
}

/** Whoever was linked below the gate stays linked: the survivor and the person learn of each other. */
function markOf(recordId: string, { priority, pair }: ClaimedRecord): Mark {
  const isLinkedOnly = pair?.person != null && pair.handedOverAtMs === null;
  const hints = isLinkedOnly ? (['merged', 'born'] as const) : (['merged'] as const);
  return { system: 'hubspot', object: 'contact', recordId, priority, hints, source: 'merge' };
}
