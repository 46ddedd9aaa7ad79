import { baseAfter } from '../../domain/plan/base.ts';
import { contactIdField, type FieldValue, type FieldValues, type PersonReference } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger.ts';
import type { PersonWriteRequest, PersonWriteResult } from '../../ports/salesforce.ts';
import type { DrainDependencies } from './dependencies.ts';
import { holdLease } from './hold-lease.ts';
import type { PairedLook, ReservedLook } from './look.ts';
import { linkBackIntent } from './reserve-writes.ts';
import { decisionOf, faultResult, judgedOutcomes, resultFor } from './results.ts';
import type { Batch } from './sync-batch.ts';

/**
 * Writes the persons that have an intent in one call and commits each outcome: link, base, audit entry, and the intent of the write-back
 * to HubSpot that must follow. A lost answer leaves its intent open, for the next look to find out.
 * @returns the looks whose id must now be written to HubSpot
 */
export async function writePersons(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly ReservedLook[],
): Promise<PairedLook[]> {
  if (looks.length === 0) return [];
  const { ledger, mappingVersion, salesforce, mapping } = dependencies;
  const toWrite = looks.filter(({ plan }) => plan.write !== null);
  await holdLease(dependencies, batch);
  const { assignmentRule, allowDuplicates, salesforceFields: readBack } = mapping.contact;
  const options = { assignmentRule, allowDuplicates, readBack };
  const answers =
    toWrite.length === 0
      ? new Map<string, PersonWriteResult>()
      : await salesforce.writePersons(toWrite.map(toRequest), options, batch.spend);

  const outcomes = looks.map((look) => outcomeOf(dependencies, look, answers.get(look.contact.id)));
  const { intentIds, stale } = await ledger.commit(
    batch.claim.token,
    mappingVersion,
    outcomes.map(({ result }) => result),
  );
  return outcomes.flatMap(({ look, person }) => {
    const contactId = look.claimed.recordId;
    const intentId = look.plan.write === null ? look.intentId : (intentIds.get(contactId) ?? null);
    const goesOn = person !== null && intentId !== null && !stale.includes(contactId);
    return goesOn ? [{ ...look, person, intentId }] : [];
  });
}

function toRequest({ contact, plan: { write } }: ReservedLook): PersonWriteRequest {
  if (write === null) throw new Error('a look without a write reached the write step');
  const { operation, object, id, changes } = write;
  const fields: Record<string, FieldValue> = {};
  for (const { field, after } of changes) {
    if (operation === 'update' || field !== contactIdField) fields[field] = after;
  }
  return { contactId: contact.id, operation, object, id, fields };
}

type Outcome = { look: ReservedLook; result: RecordResult; person: PersonReference | null };

const unanswered = new SyncError(
  'retryable',
  'salesforce_no_answer',
  'Salesforce did not answer for this person; it will be asked again.',
  {
    mayHaveHappened: true,
  },
);

function outcomeOf(
  dependencies: DrainDependencies,
  look: ReservedLook,
  answer: PersonWriteResult | undefined,
): Outcome {
  const { plan } = look;
  if (plan.write === null) return paired(look, plan.person, null);
  if (answer === undefined) return refused(dependencies, look, unanswered);
  if (!answer.ok) return refused(dependencies, look, answer.error);
  return paired(look, { object: plan.write.object, id: answer.id }, answer.held);
}

function refused({ clock }: DrainDependencies, look: ReservedLook, error: SyncError): Outcome {
  const state = error.detail.mayHaveHappened === true ? 'unknown' : 'refused';
  const outcomes = look.intentId === null ? [] : [{ intentId: look.intentId, state, errorCode: error.code } as const];
  return { look, result: { ...faultResult(look.claimed, error, clock), pairId: look.pairId, outcomes }, person: null };
}

function paired(look: ReservedLook, person: PersonReference | null, held: FieldValues | null): Outcome {
  const { claimed, contact, plan, pairId, intentId } = look;
  if (person === null) throw new Error('a look without a person reached the outcome step');
  const writesBack = plan.linkBack || contact.properties.salesforce_person_id !== person.id;
  const own =
    plan.write === null || intentId === null ? [] : [{ intentId, state: 'done', recordId: person.id } as const];
  const outcomes = [...judgedOutcomes(plan), ...own];
  const agreed = baseAfter(plan, held ?? {});
  const result: RecordResult = {
    ...resultFor(claimed),
    pairId,
    person,
    handedOver: true,
    outcomes,
    agreed,
    retiredPersonIds: replacedPersons(claimed.pair?.person ?? null, person),
    decision: decisionOf(plan, false),
    failure: null,
    ...(writesBack ? {} : { settle: { kind: 'done' } }),
    ...(writesBack && plan.write !== null ? { nextIntent: linkBackIntent(contact, person.id) } : {}),
  };
  return { look, result, person: writesBack ? person : null };
}

/** The lead that was converted, or the person that was merged away: kept as a memory that leads to the one that lives. */
function replacedPersons(before: PersonReference | null, now: PersonReference): RecordResult['retiredPersonIds'] {
  if (before === null || before.id === now.id) return [];
  return [{ ...before, status: before.object === now.object ? 'merged' : 'converted' }];
}
