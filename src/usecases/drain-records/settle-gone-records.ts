import { judgeByAge } from '../../domain/merge/judge-intents.ts';
import type { CounterpartReference } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Intent } from '../../ports/ledger-work.ts';
import { wasArchivedByUs } from '../drain/gone.ts';
import { holdLease } from '../drain/hold-lease.ts';
import { refusedReservation } from '../drain/refusals.ts';
import { doneResult, faultResult, judgedOutcomes, settledAfter } from '../drain/results.ts';
import { salesforceUnanswered } from '../drain/unanswered.ts';
import { toVendorFault } from '../vendor-fault.ts';
import type { RecordDependencies } from './dependencies.ts';
import { type KindNames, mappingOf } from './kinds.ts';
import type { RecordBatch } from './record-look.ts';

type Claimed = RecordBatch['claim']['records'][number];

/** Settles companies or deals that HubSpot does not have any more: their pairs end, and where the mapping says so, their counterparts are deleted. */
export async function settleGoneRecords(
  dependencies: RecordDependencies,
  batch: RecordBatch,
  names: KindNames,
  gone: readonly Claimed[],
): Promise<void> {
  if (gone.length === 0) return;
  const { ledger, mapping, mappingVersion, clock, observe } = dependencies;
  const isTold = mappingOf(mapping, names.kind).events.deletedInHubSpot === 'delete';
  const doomed = gone.filter((each) => {
    const { pair } = each;
    return isTold && pair?.person != null && pair.tombstone === null && !wasArchivedByUs(each);
  });
  const results = gone
    .filter((each) => observe || !doomed.includes(each))
    .map((each) => goneResult(each, observe && doomed.includes(each) ? 'would_be_deleted' : 'left', clock.now()));
  if (!observe) results.push(...(await deleteCounterparts(dependencies, batch, names, doomed)));
  await ledger.commit(batch.claim.token, mappingVersion, results, { system: 'hubspot', object: names.kind });
}

const fates = {
  left: 'Its counterpart in Salesforce, if there is one, is left as it is.',
  deleted: 'Its counterpart in Salesforce was deleted too, as the mapping says.',
  would_be_deleted: 'Its counterpart in Salesforce would be deleted too, as the mapping says.',
} as const;

function goneResult(claimed: Claimed, fate: keyof typeof fates, now: number): RecordResult {
  const { pairId, pair, recordId } = claimed;
  const text = `It is no longer in HubSpot. ${fates[fate]}`;
  const observedOnly = fate === 'would_be_deleted';
  const decision = { outcome: 'gone', code: 'record_gone', text, reasons: [], fields: [], observedOnly };
  const done = { ...doneResult(claimed, decision), relations: [] };
  if (pairId === null) return done;
  const verdicts = (pair?.openIntents ?? []).map((intent) => judgeByAge(intent, now));
  const deleted = fate === 'deleted' ? pair?.person : null;
  return {
    ...done,
    pairId,
    tombstone: pair?.tombstone ?? 'contact_deleted',
    dealState: null,
    retiredContactIds: [{ id: recordId, status: 'deleted' }],
    ...(deleted == null ? {} : { retiredPersonIds: [{ ...deleted, status: 'deleted' as const }] }),
    outcomes: judgedOutcomes(verdicts, false),
    settle: settledAfter(verdicts, { kind: 'done' }),
  };
}

type Doomed = { claimed: Claimed; counterpart: CounterpartReference; pairId: string; intentId: string };

async function deleteCounterparts(
  dependencies: RecordDependencies,
  batch: RecordBatch,
  names: KindNames,
  gone: readonly Claimed[],
): Promise<RecordResult[]> {
  if (gone.length === 0) return [];
  const { salesforce, mapping, clock } = dependencies;
  const lookups = gone.map(({ recordId, pair }) => {
    return { key: recordId, externalIds: [], recordIds: pair?.person == null ? [] : [pair.person.id], domains: [] };
  });
  const { salesforceFields } = mappingOf(mapping, names.kind);
  const found = await salesforce.findRecords(names.object, lookups, salesforceFields, batch.spend).catch(toVendorFault);
  if (found instanceof SyncError) return gone.map((claimed) => faultResult(claimed, found, clock));
  const livingOf = ({ recordId, pair }: Claimed) =>
    found.get(recordId)?.byId.find(({ id, isDeleted, externalId }) => {
      const isOurs = !externalId || externalId === recordId || (pair?.formerContactIds ?? []).includes(externalId);
      return !isDeleted && isOurs && id === pair?.person?.id;
    });
  const living = gone.filter((each) => livingOf(each) !== undefined);
  const results = gone.filter((each) => !living.includes(each)).map((each) => goneResult(each, 'left', clock.now()));
  const { doomed, refused } = await reserveDeletes(dependencies, batch, names, living);
  const isHeld = await holdLease(dependencies, batch);
  const ours = doomed.filter(({ claimed }) => isHeld(claimed.recordId));
  if (ours.length === 0) return [...results, ...refused];
  const ids = ours.map(({ counterpart }) => counterpart.id);
  const answers = await salesforce.deleteRecords(ids, batch.spend);
  const deleted = ours.map(({ claimed, counterpart, pairId, intentId }): RecordResult => {
    const error = answers.get(counterpart.id);
    if (error === null) {
      const result = goneResult(claimed, 'deleted', clock.now());
      const own = { intentId, state: 'done', recordId: counterpart.id } as const;
      return { ...result, pairId, outcomes: [...(result.outcomes ?? []), own] };
    }
    const fault = error ?? salesforceUnanswered;
    const state = fault.detail.mayHaveHappened === true ? ('unknown' as const) : ('refused' as const);
    const outcomes = [{ intentId, state, errorCode: fault.code }];
    return { ...faultResult(claimed, fault, clock), pairId, outcomes };
  });
  return [...results, ...refused, ...deleted];
}

async function reserveDeletes(
  { ledger, mappingVersion, clock }: RecordDependencies,
  { claim }: RecordBatch,
  { kind }: KindNames,
  living: readonly Claimed[],
): Promise<{ doomed: Doomed[]; refused: RecordResult[] }> {
  if (living.length === 0) return { doomed: [], refused: [] };
  const wanted = living.map(({ recordId, counter, pairId, pair }) => {
    const person = pair?.person ?? null;
    const intent: Intent | null =
      person === null
        ? null
        : { system: 'salesforce', object: person.object, recordId: person.id, operation: 'delete', changes: [] };
    return { contactId: recordId, counter, pairId, contactIds: [recordId], person, claimEmails: [], intent };
  });
  const answers = await ledger.reserve(claim.token, mappingVersion, wanted, { system: 'hubspot', object: kind });
  const byRecord = new Map(answers.map((answer) => [answer.contactId, answer]));
  const doomed: Doomed[] = [];
  const refused: RecordResult[] = [];
  for (const claimed of living) {
    const answer = byRecord.get(claimed.recordId);
    const counterpart = claimed.pair?.person;
    if (answer?.ok && answer.intentId !== null && counterpart != null) {
      doomed.push({ claimed, counterpart, pairId: answer.pairId, intentId: answer.intentId });
    } else if (answer?.ok === false && answer.reason !== 'stale') {
      refused.push(faultResult(claimed, refusedReservation(answer, clock.now()), clock));
    }
  }
  return { doomed, refused };
}
