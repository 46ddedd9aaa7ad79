import { baseOfIntents, joinBases } from '../../domain/merge/base.ts';
import { baseAfter, baseOfStage } from '../../domain/plan/base.ts';
import { contactIdField, type FieldValue, type FieldValues, type PersonReference } from '../../domain/record.ts';
import { seenAfter } from '../../domain/revert/seen-after.ts';
import type { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { PersonWriteRequest, PersonWriteResult } from '../../ports/salesforce.ts';
import type { Batch } from './batch.ts';
import { afterJob, createsForJob, personsPerWrite, sendPersons } from './bulk-writes.ts';
import { contactChanges, contactIntent } from './contact-intent.ts';
import { contactRelations } from './contact-relations.ts';
import type { DrainDependencies } from './dependencies.ts';
import { holdFresh } from './hold-fresh.ts';
import { keepFresh } from './keep-fresh.ts';
import type { ContactLook, ReservedLook } from './look.ts';
import { pairFacts, replacedPersons } from './pair-facts.ts';
import {
  decisionOf,
  endOf,
  faultResult,
  judgedOutcomes,
  lookAgainResult,
  movedOn,
  movedOnResult,
  resultFor,
} from './results.ts';
import { salesforceUnanswered } from './unanswered.ts';

/** Changes of these fields may free a person for a contact that waits for it. */
const identifyingFields: ReadonlySet<string> = new Set(['Email', contactIdField]);

/**
 * The looks in the portions in which they are written: 200 persons to each, so that nobody waits for all the others between the write to
 * Salesforce and the one to HubSpot; creates that are worth an upload job go together, and last, as the others would grow old meanwhile. What
 * needs no write to Salesforce goes with the first.
 */
export function toWaves(
  dependencies: Pick<DrainDependencies, 'bulkCreatesAbove'>,
  batch: Pick<Batch, 'isBackground'>,
  looks: readonly ReservedLook[],
): ReservedLook[][] {
  const byJob = new Set(createsForJob(dependencies, batch, looks));
  const writing = looks.filter((look) => look.plan.write !== null && !byJob.has(look));
  const waves = [looks.filter(({ plan }) => plan.write === null).concat(writing.slice(0, personsPerWrite))];
  for (let start = personsPerWrite; start < writing.length; start += personsPerWrite) {
    waves.push(writing.slice(start, start + personsPerWrite));
  }
  return byJob.size > 0 ? [...waves.filter((wave) => wave.length > 0), [...byJob]] : waves;
}

/**
 * Writes the persons that have an intent, at most 200 or all of a job, and commits each outcome: link, base, audit entry, and the intent of the write to
 * HubSpot that must follow. A lost answer leaves its intent open, for the next look to find out. Contacts and persons that have changed
 * since they were read are not written but looked at again.
 * @returns the looks whose contact must now be written in HubSpot
 */
export async function writePersons(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly ReservedLook[],
): Promise<ContactLook[]> {
  if (looks.length === 0) return [];
  const { ledger, mappingVersion } = dependencies;
  const { fresh, changed } = await holdFresh(dependencies, batch, looks, keepFresh);
  const requests = fresh.flatMap((look) => toRequest(look) ?? []);
  const answers = await sendPersons(dependencies, batch, requests);
  const byJob = requests.length > personsPerWrite;
  const outcomes = fresh.map((look) => outcomeOf(dependencies, look, answers.get(look.contact.id)));
  const results = [...changed.map(grewOld), ...outcomes.map(({ result }) => result)];
  const { intentIds, stale, poisoned } = await ledger.commit(batch.claim.token, mappingVersion, results);
  await releaseHeldUp(dependencies, outcomes);
  const lost = new Set([...stale, ...poisoned]);
  return outcomes.flatMap(({ look, next }) => {
    const contactId = look.claimed.recordId;
    const intentId = look.plan.write === null ? look.intentId : (intentIds.get(contactId) ?? null);
    if (next === null || intentId === null || lost.has(contactId)) return [];
    return [{ ...(byJob ? afterJob(dependencies, look, next.changes) : look), ...next, intentId }];
  });
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

function grewOld({ claimed, pairId, intentId }: ReservedLook): RecordResult {
  const outcomes = intentId === null ? [] : [{ intentId, state: 'refused', errorCode: 'data_grew_old' } as const];
  return { ...lookAgainResult(claimed, 'data_grew_old'), pairId, outcomes };
}

/** `next`: what must be written to HubSpot after it; null: nothing. */
type Outcome = {
  look: ReservedLook;
  result: RecordResult;
  next: Pick<ContactLook, 'person' | 'changes'> | null;
};

function outcomeOf(
  dependencies: DrainDependencies,
  look: ReservedLook,
  answer: PersonWriteResult | undefined,
): Outcome {
  const { write, person } = look.plan;
  if (write === null) return written(dependencies, look, person, null);
  if (answer === undefined) return refused(dependencies, look, salesforceUnanswered);
  if (!answer.ok) return refused(dependencies, look, answer.error);
  return written(dependencies, look, { object: write.object, id: answer.id }, answer.held);
}

/** The person was converted, merged or deleted between our read and our write: the next look finds where it went. */
const movedOnCodes: ReadonlySet<string> = new Set(['salesforce_lead_converted', 'salesforce_person_gone']);

function refused({ clock }: DrainDependencies, look: ReservedLook, error: SyncError): Outcome {
  const { claimed, pairId, intentId } = look;
  const state = error.detail.mayHaveHappened === true ? 'unknown' : 'refused';
  const outcomes = intentId === null ? [] : [{ intentId, state, errorCode: error.code } as const];
  const result = movedOnCodes.has(error.code)
    ? movedOnResult(claimed, movedOn(error), clock)
    : faultResult(claimed, error, clock);
  return { look, result: { ...result, pairId, outcomes }, next: null };
}

function written(
  dependencies: DrainDependencies,
  look: ReservedLook,
  person: PersonReference | null,
  held: FieldValues | null,
): Outcome {
  const seen = withSeen(look, held);
  const { claimed, plan, pairId, intentId } = seen;
  const changes = contactChanges(seen, person);
  const isLast = changes.length === 0;
  const own =
    plan.write === null || intentId === null || person === null
      ? []
      : [{ intentId, state: 'done', recordId: person.id } as const];
  // A person that was linked before its contact passed the gate is not handed over.
  const isOrdinary = plan.revert === undefined;
  const handedOver = isOrdinary && person !== null && (plan.gate.passes || plan.outcome === 'paused');
  const facts = pairFacts(seen);
  const replaced = person === null ? [] : replacedPersons(claimed.pair?.person ?? null, person);
  const result: RecordResult = {
    ...resultFor(claimed),
    ...facts,
    ...contactRelations(dependencies, seen),
    pairId,
    ...(person === null ? {} : { person }),
    ...(handedOver ? { handedOver } : {}),
    outcomes: [...judgedOutcomes(plan.intents, true), ...own],
    agreed: joinBases(
      baseOfIntents(claimed.pair?.openIntents ?? [], plan.intents),
      baseAfter(plan, held ?? {}),
      isLast ? baseOfStage(plan) : null,
    ),
    retiredPersonIds: [...(facts.retiredPersonIds ?? []), ...replaced],
    decision: decisionOf(plan, false),
    ...(isLast ? endOf(plan) : {}),
    ...(!isLast && plan.write !== null ? { nextIntent: contactIntent(seen, changes) } : {}),
  };
  return { look: seen, result, next: isLast ? null : { person, changes } };
}

/** A look of a revert agrees on what the person holds now that some of it was put back. */
function withSeen(look: ReservedLook, held: FieldValues | null): ReservedLook {
  const { plan } = look;
  if (plan.revert === undefined || held === null) return look;
  return { ...look, plan: { ...plan, contact: seenAfter(plan.revert, plan.contact, held) } };
}

/** Contacts that failed because these persons were another contact's are looked at again: email or id has moved on. */
async function releaseHeldUp({ ledger }: DrainDependencies, outcomes: readonly Outcome[]): Promise<void> {
  const moved = outcomes.filter(({ look: { plan }, result }) => {
    const { write } = plan;
    // A refused write names no person.
    return (
      result.person !== undefined &&
      write?.operation === 'update' &&
      write.changes.some(({ field }) => identifyingFields.has(field))
    );
  });
  const ids = moved.flatMap(({ result }) => result.person?.id ?? []);
  if (ids.length > 0) await ledger.markHeldUp(ids);
}
