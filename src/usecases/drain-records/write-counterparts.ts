import { baseOfIntents, joinBases } from '../../domain/merge/base.ts';
import type { Base, FieldChange } from '../../domain/plan/types.ts';
import { type FieldValue, type FieldValues, idNames } from '../../domain/record.ts';
import { roleFields } from '../../domain/records/role-fields.ts';
import type { RecordPlan } from '../../domain/records/types.ts';
import { seenAfter } from '../../domain/revert/seen-after.ts';
import type { IntentOutcome, RecordResult } from '../../ports/ledger-result.ts';
import type { RecordWriteRequest, RecordWriteResult } from '../../ports/salesforce.ts';
import { holdLease } from '../drain/hold-lease.ts';
import { replacedPersons } from '../drain/pair-facts.ts';
import { judgedOutcomes, movedOn, movedOnResult, resultFor } from '../drain/results.ts';
import { salesforceUnanswered } from '../drain/unanswered.ts';
import type { RecordDependencies } from './dependencies.ts';
import { fieldsInPlay, keepRecordsFresh } from './keep-records-fresh.ts';
import type { KindNames } from './kinds.ts';
import { contactsIn, isAssociation, isRole, toRoleWrites } from './pseudo-fields.ts';
import type { HubSpotLook, RecordBatch, ReservedRecord } from './record-look.ts';
import {
  baseAfterCounterpart,
  decisionOf,
  endOfWrites,
  grewOld,
  recordFacts,
  refusedRecord,
} from './record-results.ts';
import { hubSpotIntent, nextChanges } from './reserve-records.ts';

/**
 * Writes the Accounts or Opportunities that have an intent, at most 200, with their roles, and commits each outcome: link, base, audit entry,
 * and the intent of the write to HubSpot that must follow. A lost answer leaves its intent open, for the next look to find out.
 * @returns the looks whose record must now be written in HubSpot
 */
export async function writeCounterparts(
  dependencies: RecordDependencies,
  batch: RecordBatch,
  names: KindNames,
  looks: readonly ReservedRecord[],
): Promise<HubSpotLook[]> {
  if (looks.length === 0) return [];
  const { ledger, mappingVersion, salesforce, mapping } = dependencies;
  const isHeld = await holdLease(dependencies, batch);
  const ours = looks.filter(({ claimed }) => isHeld(claimed.recordId));
  const { fresh, changed } = await keepRecordsFresh(dependencies, batch, names, ours, 'salesforce');
  const requests = fresh.flatMap((look) => toRequest(names, look) ?? []);
  const answers: ReadonlyMap<string, RecordWriteResult> =
    requests.length === 0
      ? new Map()
      : await salesforce.writeRecords(requests, fieldsInPlay(mapping, names, fresh), batch.spend);
  const outcomes = fresh.map((look) => outcomeOf(dependencies, names, look, answers.get(look.record.id)));
  const results = [...changed.map(grewOld), ...outcomes.map(({ result }) => result)];
  const of = { system: 'hubspot', object: names.kind } as const;
  const { intentIds, stale, poisoned } = await ledger.commit(batch.claim.token, mappingVersion, results, of);
  const lost = new Set([...stale, ...poisoned]);
  return outcomes.flatMap(({ look, next }) => {
    const id = look.claimed.recordId;
    const intentId = look.plan.write === null ? look.intentId : (intentIds.get(id) ?? null);
    return next !== null && intentId !== null && !lost.has(id) ? [{ ...look, ...next, intentId }] : [];
  });
}

function toRequest(
  { kind }: KindNames,
  { record, plan: { write }, matches, personOf }: ReservedRecord,
): RecordWriteRequest | null {
  if (write === null) return null;
  const { operation, object, id, changes } = write;
  const idField: string = idNames[kind].field;
  const fields: Record<string, FieldValue> = {};
  for (const change of changes) {
    if (!isRole(change) && (operation === 'update' || change.field !== idField)) fields[change.field] = change.after;
  }
  const held = [...matches.byId, ...matches.byExternalId].find((each) => each.id === id)?.roles ?? [];
  return { key: record.id, operation, object, id, fields, roles: toRoleWrites(changes, { held, personOf }) };
}

/** `next`: what must be written to HubSpot after it; null: nothing. */
type Outcome = {
  look: ReservedRecord;
  result: RecordResult;
  next: Pick<HubSpotLook, 'counterpart' | 'changes' | 'roleError'> | null;
};

/** The record was merged or deleted between our read and our write: the next look finds where it went. */
const movedOnCodes: ReadonlySet<string> = new Set(['salesforce_person_gone', 'salesforce_record_gone']);

function outcomeOf(
  dependencies: RecordDependencies,
  names: KindNames,
  look: ReservedRecord,
  answer: RecordWriteResult | undefined,
): Outcome {
  const { clock } = dependencies;
  const { plan } = look;
  if (plan.write === null) return written(dependencies, names, look, null);
  if (answer?.ok === true) return written(dependencies, names, look, answer);
  const error = answer?.error ?? salesforceUnanswered;
  const refused = refusedRecord(dependencies, look, error);
  if (!movedOnCodes.has(error.code)) return { look, result: refused, next: null };
  return { look, result: { ...refused, ...movedOnResult(look.claimed, movedOn(error), clock) }, next: null };
}

type Written = Extract<RecordWriteResult, { ok: true }>;

function written(
  dependencies: RecordDependencies,
  names: KindNames,
  look: ReservedRecord,
  answer: Written | null,
): Outcome {
  const { claimed, pairId, intentId } = look;
  const known = baseOfIntents(claimed.pair?.openIntents ?? [], look.plan.intents);
  const agreed = joinBases(known, baseAfterCounterpart(look.plan, heldAfter(look, answer)));
  const again = look.plan.revert === undefined ? planAgain(look, answer, agreed) : null;
  const changed =
    look.plan.revert === undefined
      ? look.plan.changes
      : seenAfter(look.plan.revert, look.plan.changes, heldAfter(look, answer));
  const plan =
    again === null
      ? { ...look.plan, changes: changed }
      : { ...look.plan, changes: again.changes, problem: again.problem };
  const counterpart = answer === null ? plan.counterpart : { object: names.object, id: answer.id };
  const seen = { ...look, plan };
  const changes = nextChanges(names, seen, counterpart);
  const isLast = changes.length === 0;
  const roleError = answer?.roleError ?? null;
  const own = answer === null || intentId === null ? [] : [{ intentId, ...ownOutcome(look, answer) }];
  const facts = recordFacts(names, seen, answer?.held ?? null);
  const replaced = counterpart === null ? [] : replacedPersons(claimed.pair?.person ?? null, counterpart);
  const result: RecordResult = {
    ...resultFor(claimed),
    ...facts,
    pairId,
    ...(counterpart === null ? {} : { person: counterpart, ...(plan.handsOver ? { handedOver: true } : {}) }),
    outcomes: [...judgedOutcomes(plan.intents, true), ...own],
    agreed: joinBases(agreed, again?.agreed ?? null),
    retiredPersonIds: [...(facts.retiredPersonIds ?? []), ...replaced],
    decision: decisionOf(plan, false),
    ...(isLast ? endOfWrites(dependencies, seen, roleError) : {}),
    ...(!isLast && plan.write !== null ? nextIntent(names, seen, changes) : {}),
  };
  return { look: seen, result, next: isLast ? null : { counterpart, changes, roleError } };
}

/**
 * What Salesforce sets by itself as we write is seen in the same look: a forecast category by the stage, what a flow fills in. Null: the plan
 * stands, as nothing was read back, or as more would have to be read to decide.
 */
function planAgain(look: ReservedRecord, answer: Written | null, agreed: Base | null): RecordPlan | null {
  if (answer === null || answer.held === null || answer.roleError !== null) return null;
  const again = look.replan(answer.held, agreed);
  if (again.asks !== null || again.counterpart?.id !== answer.id) return null;
  const isNewEnd = ({ field, after }: FieldChange) =>
    after === null && isAssociation({ field }) && !look.plan.changes.some((change) => change.field === field);
  return again.changes.some(isNewEnd) ? null : again;
}

function nextIntent(names: KindNames, look: ReservedRecord, changes: HubSpotLook['changes']) {
  const intent = hubSpotIntent(names, look, changes);
  return intent === null ? {} : { nextIntent: intent };
}

/** What was seen after the write, roles by their contacts; those that were refused were not seen. */
function heldAfter(look: ReservedRecord, answer: Written | null): FieldValues {
  if (answer === null || answer.held === null) return {};
  return answer.roleError === null ? { ...answer.held.fields, ...rolesAfter(look, answer) } : answer.held.fields;
}

function rolesAfter({ plan, personOf }: ReservedRecord, { held }: Written): FieldValues {
  const contactOf = new Map([...personOf].map(([contactId, person]) => [person, contactId]));
  return held === null ? {} : roleFields(held, contactOf, contactsIn(plan.write?.changes ?? []));
}

/** What became of the write: the record may be written although roles of it were refused. What was not read back is not told as done. */
function ownOutcome(look: ReservedRecord, answer: Written): Omit<IntentOutcome, 'intentId'> {
  const { id, roleError } = answer;
  if (roleError === null) return { state: 'done', recordId: id };
  const changes = look.plan.write?.changes ?? [];
  const held = rolesAfter(look, answer);
  const fields = changes
    .filter((change) => isRole(change) && held[change.field] !== change.after)
    .map(({ field }) => field);
  const state = roleError.detail.mayHaveHappened === true ? 'unknown' : 'refused';
  const about = { recordId: id, errorCode: roleError.code };
  if (fields.length === changes.length) return { state, ...about };
  return { state: 'done', ...about, ...(fields.length === 0 ? {} : { without: { fields, state } }) };
}
