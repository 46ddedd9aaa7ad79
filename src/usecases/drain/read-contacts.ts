import { judgeByAge } from '../../domain/plan/judge-intents.ts';
import { SyncError } from '../../errors.ts';
import type { HubSpotRead } from '../../ports/hubspot.ts';
import type { ClaimedRecord, Mark, RecordResult } from '../../ports/ledger.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { Look } from './look.ts';
import { doneResult, faultResult, judgedOutcomes, settledAfter } from './results.ts';
import type { Batch } from './sync-batch.ts';

/**
 * Reads the claimed contacts. What is gone or was merged away is settled here: a merged id makes its survivor pending, and stays in the
 * ledger as a memory of where it led.
 */
export async function readContacts(
  { hubspot, ledger, mapping, clock }: DrainDependencies,
  { claim, spend }: Batch,
): Promise<{ looks: Look[]; settled: RecordResult[] }> {
  const ids = claim.records.map(({ recordId }) => recordId);
  const reads = await hubspot.read('contacts', ids, mapping.contact.hubspotProperties, spend);
  // What was reserved for reads that were not needed may not pay for other calls.
  spend.prepaid = 0;
  const looks: Look[] = [];
  const settled: RecordResult[] = [];
  const survivors: Mark[] = [];
  for (const claimed of claim.records) {
    const read = reads.get(claimed.recordId) ?? unanswered;
    // The one event that is believed as fact: afterwards a read cannot tell an erasure from a deletion, and may still find the contact. A
    // merged id lives on in its survivor.
    if (claimed.hints.includes('erased') && read.kind !== 'merged') settled.push(gone(claimed, clock.now()));
    else if (read.kind === 'found') looks.push({ claimed, contact: read.record });
    else if (read.kind === 'error') settled.push(faultResult(claimed, read.error, clock));
    else if (read.kind === 'missing') settled.push(gone(claimed, clock.now()));
    else {
      survivors.push(markOf(read.record.id, claimed));
      settled.push(mergedAway(claimed, read.record.id));
    }
  }
  if (survivors.length > 0) await ledger.mark(distinct(survivors));
  return { looks, settled };
}

const unanswered: HubSpotRead = {
  kind: 'error',
  error: new SyncError(
    'retryable',
    'hubspot_no_answer',
    'HubSpot did not answer for this contact; it will be asked again.',
  ),
};

function gone(claimed: ClaimedRecord, now: number): RecordResult {
  const erased = claimed.hints.includes('erased');
  const text = erased
    ? 'The contact was erased for privacy in HubSpot; its person in Salesforce is left as it is.'
    : 'The contact is no longer in HubSpot; its person in Salesforce, if there is one, is left as it is.';
  const decision = { outcome: 'gone', code: erased ? 'contact_erased' : 'contact_gone', text, reasons: [], fields: [] };
  const status = erased ? 'erased' : 'deleted';
  const verdicts = (claimed.pair?.openIntents ?? []).map((intent) => judgeByAge(intent, now));
  return {
    ...doneResult(claimed, { ...decision, observedOnly: false }),
    ...(claimed.pairId === null
      ? {}
      : {
          pairId: claimed.pairId,
          retiredContactIds: [{ id: claimed.recordId, status }],
          outcomes: judgedOutcomes(verdicts, false),
          settle: settledAfter(verdicts, { kind: 'done' }),
        }),
  };
}

function mergedAway(claimed: ClaimedRecord, survivorId: string): RecordResult {
  const text = `The contact was merged into contact ${survivorId} in HubSpot, which is looked at in its place.`;
  const decision = { outcome: 'merged', code: 'contact_merged', text, reasons: [], fields: [], observedOnly: false };
  return {
    ...doneResult(claimed, decision),
    ...(claimed.pairId === null
      ? {}
      : { pairId: claimed.pairId, retiredContactIds: [{ id: claimed.recordId, status: 'merged' }] }),
  };
}

function markOf(recordId: string, { priority }: ClaimedRecord): Mark {
  return { system: 'hubspot', object: 'contact', recordId, priority, hints: ['merged'], source: 'merge' };
}

function distinct(marks: readonly Mark[]): Mark[] {
  return [...new Map(marks.map((mark) => [mark.recordId, mark])).values()];
}
