import { baseAfter } from '../../domain/plan/base.ts';
import { contactIdField, type FieldValue, type FieldValues, type PersonReference } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger.ts';
import type { PersonWriteRequest, PersonWriteResult } from '../../ports/salesforce.ts';
import type { DrainDependencies } from './dependencies.ts';
import { holdLease } from './hold-lease.ts';
import { keepFresh } from './keep-fresh.ts';
import type { PairedLook, ReservedLook } from './look.ts';
import { linkBackIntent } from './reserve-writes.ts';
import { decisionOf, faultResult, judgedOutcomes, resultFor, settledAfter } from './results.ts';
import type { Batch } from './sync-batch.ts';

/** Changes of these fields may free a person for a contact that waits for it. */
const identifyingFields: ReadonlySet<string> = new Set(['Email', contactIdField]);

/**
 * Writes the persons that have an intent in one call and commits each outcome: link, base, audit entry, and the intent of the write-back
 * to HubSpot that must follow. A lost answer leaves its intent open, for the next look to find out. Contacts that have changed since
 * they were read are not written but looked at again.
 * @returns the looks whose id must now be written to HubSpot
 */
export async function writePersons(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly ReservedLook[],
): Promise<PairedLook[]> {
  if (looks.length === 0) return [];
  const { ledger, mappingVersion } = dependencies;
  const isHeld = await holdLease(dependencies, batch);
  const ours = looks.filter(({ claimed }) => isHeld(claimed.recordId));
  const { fresh, changed } = await keepFresh(dependencies, batch, ours);
  if (changed.length > 0) await ledger.commit(batch.claim.token, mappingVersion, changed.map(lookAgain));
  const answers = await sendWrites(dependencies, batch, fresh);
  const outcomes = fresh.map((look) => outcomeOf(dependencies, look, answers.get(look.contact.id)));
  const results = outcomes.map(({ result }) => result);
  const { intentIds, stale, poisoned } = await ledger.commit(batch.claim.token, mappingVersion, results);
  await releaseHeldUp(dependencies, outcomes);
  const lost = new Set([...stale, ...poisoned]);
  return outcomes.flatMap(({ look, person }) => {
    const contactId = look.claimed.recordId;
    const intentId = look.plan.write === null ? look.intentId : (intentIds.get(contactId) ?? null);
    return person !== null && intentId !== null && !lost.has(contactId) ? [{ ...look, person, intentId }] : [];
  });
}

async function sendWrites(
  { salesforce, mapping }: DrainDependencies,
  { spend }: Batch,
  looks: readonly ReservedLook[],
): Promise<ReadonlyMap<string, PersonWriteResult>> {
  const requests = looks.flatMap((look) => toRequest(look) ?? []);
  if (requests.length === 0) return new Map();
  const { assignmentRule, allowDuplicates, salesforceFields: readBack } = mapping.contact;
  return await salesforce.writePersons(requests, { assignmentRule, allowDuplicates, readBack }, spend);
}

function toRequest({ contact, plan: { write } }: ReservedLook): PersonWriteRequest | null {
  if (write === null) return null;
  const { operation, object, id, changes } = write;
  const fields: Record<string, FieldValue> = {};
  for (const { field, after } of changes) {
    if (operation === 'update' || field !== contactIdField) fields[field] = after;
  }
  return { contactId: contact.id, operation, object, id, fields };
}

function lookAgain({ claimed, pairId, intentId }: ReservedLook): RecordResult {
  const outcomes = intentId === null ? [] : [{ intentId, state: 'refused', errorCode: 'data_grew_old' } as const];
  const settle = { kind: 'later', delayMs: 0, counts: false, code: 'data_grew_old' } as const;
  return { ...resultFor(claimed), pairId, outcomes, settle };
}

type Outcome = { look: ReservedLook; result: RecordResult; person: PersonReference | null };

const unanswered = new SyncError(
  'retryable',
  'salesforce_no_answer',
  'Salesforce did not answer for this person; it will be asked again.',
  { mayHaveHappened: true },
);

function outcomeOf(
  dependencies: DrainDependencies,
  look: ReservedLook,
  answer: PersonWriteResult | undefined,
): Outcome {
  const { write, person } = look.plan;
  if (write === null && person !== null) return paired(look, person, null);
  if (write === null || answer === undefined) return refused(dependencies, look, unanswered);
  if (!answer.ok) return refused(dependencies, look, answer.error);
  return paired(look, { object: write.object, id: answer.id }, answer.held);
}

function refused({ clock }: DrainDependencies, look: ReservedLook, error: SyncError): Outcome {
  const state = error.detail.mayHaveHappened === true ? 'unknown' : 'refused';
  const outcomes = look.intentId === null ? [] : [{ intentId: look.intentId, state, errorCode: error.code } as const];
  return { look, result: { ...faultResult(look.claimed, error, clock), pairId: look.pairId, outcomes }, person: null };
}

function paired(look: ReservedLook, person: PersonReference, held: FieldValues | null): Outcome {
  const { claimed, contact, plan, pairId, intentId } = look;
  const writesBack = plan.linkBack || contact.properties.salesforce_person_id !== person.id;
  const own =
    plan.write === null || intentId === null ? [] : [{ intentId, state: 'done', recordId: person.id } as const];
  const result: RecordResult = {
    ...resultFor(claimed),
    pairId,
    person,
    handedOver: true,
    outcomes: [...judgedOutcomes(plan.intents, true), ...own],
    agreed: baseAfter(plan, held ?? {}),
    retiredPersonIds: replacedPersons(claimed.pair?.person ?? null, person),
    decision: decisionOf(plan, false),
    failure: null,
    ...(writesBack ? {} : { settle: settledAfter(plan.intents, { kind: 'done' }) }),
    ...(writesBack && plan.write !== null ? { nextIntent: linkBackIntent(contact, person.id) } : {}),
  };
  return { look, result, person: writesBack ? person : null };
}

/** The lead that was converted, or the person that was merged away: kept as a memory that leads to the one that lives. */
function replacedPersons(before: PersonReference | null, now: PersonReference): RecordResult['retiredPersonIds'] {
  if (before === null || before.id === now.id) return [];
  return [{ ...before, status: before.object === now.object ? 'merged' : 'converted' }];
}

/** Contacts that failed because these persons were another contact's are looked at again: email or id has moved on. */
async function releaseHeldUp({ ledger }: DrainDependencies, outcomes: readonly Outcome[]): Promise<void> {
  const moved = outcomes.filter(({ look, result }) => {
    const { write } = look.plan;
    return (
      result.handedOver === true &&
      write?.operation === 'update' &&
      write.changes.some(({ field }) => identifyingFields.has(field))
    );
  });
  const ids = moved.flatMap(({ result }) => result.person?.id ?? []);
  if (ids.length > 0) await ledger.markHeldUp(ids);
}
