import type { Base, FieldChange } from '../domain/plan/types.ts';
import type { SalesforceObject, SalesforceReference } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort, HubSpotType, HubSpotUpsertResult } from '../ports/hubspot.ts';
import type { ClaimedRecord, Mark } from '../ports/ledger-claim.ts';
import type { Decision, RecordResult } from '../ports/ledger-result.ts';
import type { BirthResult, WorkLedger } from '../ports/ledger-work.ts';
import { findBornAlready } from './born-already.ts';
import type { Batch } from './drain/batch.ts';
import { toProperties } from './drain/contact-intent.ts';
import { holdLease } from './drain/hold-lease.ts';
import { runStopped } from './drain/refusals.ts';
import { doneResult, faultResult } from './drain/results.ts';
import { hubSpotUnanswered } from './drain/unanswered.ts';

/** A record of Salesforce that is to be created in HubSpot. */
export type Birth = {
  claimed: ClaimedRecord<SalesforceReference>;
  recordId: string;
  /** HubSpot properties, the id property among them. */
  changes: readonly FieldChange[];
  /** What was decided about it; told anew once it is there. */
  decision: Decision;
};

/** What is created, and by which unique property. */
export type BirthKind = {
  object: SalesforceObject;
  type: HubSpotType;
  property: string;
  /** The mark of the HubSpot record, whose own look completes the pair. */
  markOf(recordId: string): Mark;
};

type Dependencies = {
  ledger: Pick<WorkLedger, 'reserveBirths' | 'commit' | 'renew'>;
  hubspot: Pick<HubSpotPort, 'findByUnique' | 'upsertRecords'>;
  clock: Clock;
  mappingVersion: number;
};
export type BornBatch = Pick<Batch<SalesforceReference>, 'claim' | 'leasedUntilMs' | 'held' | 'spend'>;
type ReservedBirth = Birth & { pairId: string; intentId: string };

/**
 * Creates records in HubSpot: pairs and intents first, then upserts on the unique property, so that an answer that was lost can be had again;
 * then each outcome, and with it a mark for the record, whose own look completes the pair. What an upsert whose answer was lost has made is not
 * written again: an upsert may only create.
 */
export async function createBorn(
  dependencies: Dependencies,
  batch: BornBatch,
  kind: BirthKind,
  births: readonly Birth[],
): Promise<void> {
  const { ledger, hubspot, mappingVersion } = dependencies;
  const { token } = batch.claim;
  const of = { system: 'salesforce', object: kind.object } as const;
  const { settled, unborn } = await findBornAlready(dependencies, batch, kind, births);
  if (settled.length > 0) await ledger.commit(token, mappingVersion, settled, of);
  const reserved = await reserve(dependencies, batch, kind, unborn);
  const isHeld = await holdLease(dependencies, batch);
  const ours = reserved.filter(({ claimed }) => isHeld(claimed.recordId));
  if (ours.length === 0) return;

  const upserts = ours.map(({ recordId, changes }) => ({
    key: recordId,
    // The unique property is the key of the upsert.
    properties: toProperties(changes.filter(({ field }) => field !== kind.property)),
  }));
  const answers = await hubspot.upsertRecords(kind.type, kind.property, upserts, batch.spend);
  const results = ours.map((birth) => outcomeOf(dependencies, kind, birth, answers.get(birth.recordId)));
  await ledger.commit(token, mappingVersion, results, of);
}

async function reserve(
  { ledger, mappingVersion, clock }: Dependencies,
  { claim }: BornBatch,
  { object }: BirthKind,
  births: readonly Birth[],
): Promise<ReservedBirth[]> {
  const wanted = births.map(({ claimed, changes }) => {
    return { recordId: claimed.recordId, counter: claimed.counter, object, changes };
  });
  const answers = await ledger.reserveBirths(claim.token, mappingVersion, wanted);
  const byRecord = new Map(answers.map((answer) => [answer.recordId, answer]));
  const reserved: ReservedBirth[] = [];
  const refused: RecordResult[] = [];
  for (const birth of births) {
    const answer = byRecord.get(birth.claimed.recordId);
    if (answer?.ok) reserved.push({ ...birth, pairId: answer.pairId, intentId: answer.intentId });
    else if (answer !== undefined && answer.reason !== 'stale') {
      refused.push(faultResult(birth.claimed, refusalOf(answer, clock.now()), clock));
    }
  }
  if (refused.length > 0) await ledger.commit(claim.token, mappingVersion, refused, { system: 'salesforce', object });
  return reserved;
}

function refusalOf({ reason }: Extract<BirthResult, { ok: false }>, now: number): SyncError {
  if (reason === 'limit') return runStopped(now);
  const text = 'It is being paired with a record in HubSpot at this moment.';
  return new SyncError('retryable', 'person_taken_meanwhile', text);
}

function outcomeOf(
  { clock }: Dependencies,
  { object, markOf }: BirthKind,
  birth: ReservedBirth,
  answer: HubSpotUpsertResult | undefined,
): RecordResult {
  const { claimed, recordId, pairId, intentId, changes, decision } = birth;
  if (answer?.ok) {
    const text = `Record ${answer.id} was created for it in HubSpot.`;
    const fields = changes.map(({ field }) => field);
    return {
      ...doneResult(claimed, { ...decision, code: 'born_created', text, fields }),
      pairId,
      person: { object, id: recordId },
      outcomes: [{ intentId, state: 'done', recordId: answer.id }],
      bornContactId: answer.id,
      agreed: baseOf(changes, answer.properties),
      marks: [markOf(answer.id)],
    };
  }
  const existingId = answer?.existingId ?? null;
  if (existingId !== null) return { ...foundExisting(birth, existingId), marks: [markOf(existingId)] };
  const error = answer?.error ?? hubSpotUnanswered;
  const state = error.detail.mayHaveHappened === true ? ('unknown' as const) : ('refused' as const);
  const outcomes = [{ intentId, state, errorCode: error.code }];
  return { ...faultResult(claimed, error, clock), pairId, outcomes };
}

/** Somebody else created it meanwhile: the pair that was opened for the birth becomes that record's, whose own look completes it. */
function foundExisting({ claimed, pairId, intentId }: ReservedBirth, existingId: string): RecordResult {
  const text = `Contact ${existingId} has its email and is looked at, to be linked with it.`;
  const told = { outcome: 'marked', code: 'born_found_by_email', text, reasons: [], fields: [], observedOnly: false };
  return {
    ...doneResult(claimed, told),
    pairId,
    outcomes: [{ intentId, state: 'refused', errorCode: 'email_taken' }],
    bornContactId: existingId,
  };
}

/** What both sides hold of the fields that were carried: only what was seen. */
function baseOf(changes: readonly FieldChange[], held: Readonly<Record<string, string | null>>): Base {
  const seen = changes.filter(({ field, source }) => source !== undefined && held[field] !== undefined);
  return {
    hubspot: Object.fromEntries(seen.map(({ field }) => [field, held[field] ?? null])),
    salesforce: Object.fromEntries(seen.map(({ source, sourceValue }) => [source ?? '', sourceValue ?? null])),
  };
}
