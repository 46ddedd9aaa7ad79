import type { SalesforceReference } from '../../domain/record.ts';
import type { RevertSummary } from '../../domain/revert/types.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClaimedRecord, RecordType } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Intent, WorkLedger } from '../../ports/ledger-work.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import type { Batch } from './batch.ts';
import { holdLease } from './hold-lease.ts';
import { refusedReservation } from './refusals.ts';
import { faultResult, lookAgainResult, resultFor } from './results.ts';
import { salesforceUnanswered } from './unanswered.ts';

/** A record of Salesforce that a run created, and that goes with the run. */
export type Doomed = {
  claimed: ClaimedRecord<SalesforceReference>;
  hubspotIds: readonly string[];
  counterpart: SalesforceReference | null;
  readAtMs: number;
};

/** Whether a look deletes the record in Salesforce that a run created: the rest of the pair follows in the next look. */
export function deletesMade(revert: RevertSummary | undefined): boolean {
  return revert?.goesOn === true && revert.deleted > 0;
}

/** What was read longer ago says no more that nobody has changed it. A large claim of a run takes its time. */
const freshMs = { live: 5_000, background: 30_000 };

type Dependencies = {
  ledger: Pick<WorkLedger, 'reserve' | 'commit' | 'renew'>;
  salesforce: Pick<SalesforcePort, 'deleteRecords'>;
  clock: Clock;
  mappingVersion: number;
};

/**
 * Moves records that a run created to Salesforce's recycle bin. Their pairs end with them, so that nobody creates them again; the next look empties
 * the id in HubSpot and puts back what else the run wrote.
 */
export async function deleteMade<Reference extends SalesforceReference>(
  dependencies: Dependencies,
  batch: Batch<Reference>,
  of: RecordType,
  doomed: readonly Doomed[],
): Promise<void> {
  if (doomed.length === 0) return;
  const { ledger, mappingVersion, clock, salesforce } = dependencies;
  const { token } = batch.claim;
  const mostMs = batch.isBackground === true ? freshMs.background : freshMs.live;
  const young = doomed.filter(({ readAtMs }) => clock.now() - readAtMs <= mostMs);
  const old = doomed.filter((each) => !young.includes(each));
  const answers = await ledger.reserve(token, mappingVersion, young.flatMap(toReservation), of);
  const isHeld = await holdLease(dependencies, batch);
  const results: RecordResult[] = old.map(({ claimed }) => lookAgainResult(claimed, 'data_grew_old'));
  const reserved: { each: Doomed; id: string; pairId: string; intentId: string }[] = [];
  for (const each of young) {
    const answer = answers.find(({ contactId }) => contactId === each.claimed.recordId);
    const id = each.counterpart?.id;
    if (answer?.ok === true && answer.intentId !== null && id !== undefined && isHeld(each.claimed.recordId)) {
      reserved.push({ each, id, pairId: answer.pairId, intentId: answer.intentId });
    } else if (answer?.ok === false && answer.reason !== 'stale') {
      results.push(faultResult(each.claimed, refusedReservation(answer, clock.now()), clock));
    }
  }
  const ids = reserved.map(({ id }) => id);
  const deleted = ids.length === 0 ? new Map() : await salesforce.deleteRecords(ids, batch.spend).catch(toSyncError);
  for (const { each, id, pairId, intentId } of reserved) {
    const fault = deleted instanceof SyncError ? deleted : deleted.get(id);
    results.push({ ...outcomeOf(dependencies, each, intentId, fault), pairId });
  }
  if (results.length > 0) await ledger.commit(token, mappingVersion, results, of);
}

function toReservation({ claimed, hubspotIds, counterpart }: Doomed) {
  if (counterpart === null) return [];
  const { recordId, counter, pairId } = claimed;
  const { object, id } = counterpart;
  const intent: Intent = { system: 'salesforce', object, recordId: id, operation: 'delete', changes: [] };
  return [
    { contactId: recordId, counter, pairId, contactIds: hubspotIds, person: counterpart, claimEmails: [], intent },
  ];
}

function outcomeOf(
  { clock }: Dependencies,
  { claimed, counterpart }: Doomed,
  intentId: string,
  fault: SyncError | null | undefined,
): RecordResult {
  if (fault === null && counterpart !== null) {
    return {
      ...resultFor(claimed),
      tombstone: 'person_deleted',
      retiredPersonIds: [{ ...counterpart, status: 'deleted' }],
      outcomes: [{ intentId, state: 'done', recordId: counterpart.id }],
      settle: { kind: 'later', delayMs: 0, counts: false, code: 'revert_goes_on' },
    };
  }
  const error = fault ?? salesforceUnanswered;
  const state = error.detail.mayHaveHappened === true ? ('unknown' as const) : ('refused' as const);
  return { ...faultResult(claimed, error, clock), outcomes: [{ intentId, state, errorCode: error.code }] };
}
