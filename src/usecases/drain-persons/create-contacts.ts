import type { Base, FieldChange } from '../../domain/plan/types.ts';
import { type PersonObject, personIdProperty } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { HubSpotUpsertResult } from '../../ports/hubspot.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { BirthResult } from '../../ports/ledger-work.ts';
import type { Batch } from '../drain/batch.ts';
import { toProperties } from '../drain/contact-intent.ts';
import { holdLease } from '../drain/hold-lease.ts';
import { runStopped } from '../drain/refusals.ts';
import { doneResult, faultResult } from '../drain/results.ts';
import { hubSpotUnanswered } from '../drain/unanswered.ts';
import { toVendorFault } from '../vendor-fault.ts';
import { birthChanges } from './birth-changes.ts';
import type { PersonsDependencies } from './dependencies.ts';
import { type BirthLook, decisionOf, markOfContact } from './person-look.ts';

type Birth = BirthLook & { changes: readonly FieldChange[] };
type ReservedBirth = Birth & { pairId: string; intentId: string };

/**
 * Creates the contacts in HubSpot: pairs and intents first, then upserts on the person's id, so that an answer that was lost can be had
 * again; then each outcome, and a mark for the contact, whose own look completes the pair.
 */
export async function createContacts(
  dependencies: PersonsDependencies,
  batch: Batch,
  object: PersonObject,
  looks: readonly BirthLook[],
): Promise<void> {
  const { ledger, hubspot, mapping, mappingVersion, facts } = dependencies;
  const { token } = batch.claim;
  const of = { system: 'salesforce', object } as const;
  const orgFacts = await facts(batch.spend).catch(toVendorFault);
  if (orgFacts instanceof SyncError) {
    const results = looks.map(({ claimed }) => faultResult(claimed, orgFacts, dependencies.clock));
    await ledger.commit(token, mappingVersion, results, of);
    return;
  }
  const births = looks.map((look) => ({ ...look, changes: birthChanges(look.person, mapping, orgFacts) }));
  const reserved = await reserve(dependencies, batch, object, births);
  const isHeld = await holdLease(dependencies, batch);
  const ours = reserved.filter(({ claimed }) => isHeld(claimed.recordId));
  if (ours.length === 0) return;

  const upserts = ours.map(({ person, changes }) => ({
    key: person.id,
    properties: toProperties(withoutKey(changes)),
  }));
  const answers = await hubspot.upsertRecords('contacts', personIdProperty, upserts, batch.spend);
  const outcomes = ours.map((birth) => outcomeOf(dependencies, birth, answers.get(birth.person.id)));
  const { stale, poisoned } = await ledger.commit(
    token,
    mappingVersion,
    outcomes.map(({ result }) => result),
    of,
  );
  const lost = new Set([...stale, ...poisoned]);
  const contactIds = outcomes.flatMap(({ result, contactId }) =>
    contactId === null || lost.has(result.contactId) ? [] : contactId,
  );
  if (contactIds.length > 0) await ledger.mark(contactIds.map((id) => markOfContact(id, true)));
}

async function reserve(
  { ledger, mappingVersion, clock }: PersonsDependencies,
  { claim }: Batch,
  object: PersonObject,
  births: readonly Birth[],
): Promise<ReservedBirth[]> {
  const wanted = births.map(({ claimed, changes }) => {
    return { recordId: claimed.recordId, counter: claimed.counter, object, changes };
  });
  const answers = await ledger.reserveBirths(claim.token, mappingVersion, wanted);
  const byPerson = new Map(answers.map((answer) => [answer.recordId, answer]));
  const reserved: ReservedBirth[] = [];
  const refused: RecordResult[] = [];
  for (const birth of births) {
    const answer = byPerson.get(birth.claimed.recordId);
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
  const text = 'The person is being paired with a contact at this moment.';
  return new SyncError('retryable', 'person_taken_meanwhile', text);
}

/** The unique property is the key of the upsert. */
function withoutKey(changes: readonly FieldChange[]): FieldChange[] {
  return changes.filter(({ field }) => field !== personIdProperty);
}

type Outcome = { result: RecordResult; contactId: string | null };

function outcomeOf(
  { clock }: PersonsDependencies,
  birth: ReservedBirth,
  answer: HubSpotUpsertResult | undefined,
): Outcome {
  const { claimed, fate, person, pairId, intentId, changes } = birth;
  if (answer?.ok) {
    const decision = decisionOf(
      fate,
      false,
      changes.map(({ field }) => field),
    );
    const result: RecordResult = {
      ...doneResult(claimed, { ...decision, code: 'born_created', text: `Contact ${answer.id} was created for it.` }),
      pairId,
      person: { object: person.object, id: person.id },
      outcomes: [{ intentId, state: 'done', recordId: answer.id }],
      bornContactId: answer.id,
      agreed: baseOf(changes, answer.properties),
    };
    return { result, contactId: answer.id };
  }
  const existingId = answer?.existingId ?? null;
  if (existingId !== null) return { result: foundExisting(birth, existingId), contactId: existingId };
  const error = answer?.error ?? hubSpotUnanswered;
  const state = error.detail.mayHaveHappened === true ? 'unknown' : 'refused';
  const outcomes = [{ intentId, state, errorCode: error.code }] as const;
  return { result: { ...faultResult(claimed, error, clock), pairId, outcomes }, contactId: null };
}

/** Somebody else created it meanwhile: the pair that was opened for the birth becomes the contact's, whose own look completes it. */
function foundExisting({ claimed, pairId, intentId }: ReservedBirth, existingId: string): RecordResult {
  const text = `Contact ${existingId} has its email and is looked at, to be linked with it.`;
  const decision = {
    outcome: 'marked',
    code: 'born_found_by_email',
    text,
    reasons: [],
    fields: [],
    observedOnly: false,
  };
  return {
    ...doneResult(claimed, decision),
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
