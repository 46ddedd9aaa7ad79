import { baseAfterWrite } from '../../domain/merge/base.ts';
import type { FieldChange, HubSpotKey } from '../../domain/plan/types.ts';
import { dealCompanyProperty, type FieldValues, type SalesforceRecord } from '../../domain/record.ts';
import type { RecordPlan } from '../../domain/records/types.ts';
import type { SyncError } from '../../errors.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import { keyOfRecord, type Relation } from '../../ports/ledger-relations.ts';
import type { Decision, RecordResult } from '../../ports/ledger-result.ts';
import { personOfReturned } from '../drain/pair-facts.ts';
import { doneResult, endOf, faultResult, judgedOutcomes, resultFor } from '../drain/results.ts';
import type { RecordDependencies } from './dependencies.ts';
import type { KindNames } from './kinds.ts';
import { contactOf } from './pseudo-fields.ts';
import type { PlannedRecord, ReservedRecord } from './record-look.ts';

/** What a plan decided, as `explain` shows it. */
export function decisionOf({ problem, reasons, outcome, write, changes }: RecordPlan, observedOnly: boolean): Decision {
  const first = problem === null ? reasons[0] : { code: problem.code, text: problem.message };
  const names = [...(write?.changes ?? []), ...changes].map(({ field }) => field);
  const { code, text } = first ?? { code: outcome, text: 'Both sides are as they should be.' };
  return { outcome, code, text, reasons, fields: [...new Set(names)], observedOnly };
}

/** What a look says of the pair and of what surrounds the record, besides its fields. Committed once per look. */
export function recordFacts(
  { kind }: KindNames,
  look: PlannedRecord,
  held: SalesforceRecord | null = null,
): Partial<RecordResult> {
  const { plan, claimed } = look;
  const { freezes, tombstone, wants, dealState } = plan;
  const waitsFor = [...plan.waitsFor, ...look.goneEnds];
  const hasEnded = (claimed.pair?.tombstone ?? null) !== tombstone;
  const deleted = tombstone === 'person_deleted' && hasEnded ? claimed.pair?.person : null;
  return {
    ...(hasEnded ? { tombstone, ...personOfReturned(claimed.pair, tombstone, plan.counterpart) } : {}),
    ...(deleted == null ? {} : { retiredPersonIds: [{ ...deleted, status: 'deleted' as const }] }),
    ...(freezes.length === 0 ? {} : { freezes }),
    ...(kind === 'deal' ? { relations: relationsOf(look, plan.changes), ...roleIdsOf(look, held) } : {}),
    // Where a plan says nothing of it, what was known stays true.
    ...(kind === 'deal' && (dealState !== null || tombstone !== null) ? { dealState } : {}),
    ...(waitsFor.length === 0 ? {} : { waitsFor }),
    marks: [...wants, ...look.goneEnds, ...leavingContacts(look), ...heldUpDeals(look)].map(markOf),
  };
}

/** Deals that waited for a company which cannot get an Account before a person acts: they say so from now on. */
function heldUpDeals({ plan: { problem, counterpart }, unpairedDeals }: PlannedRecord): HubSpotKey[] {
  if (problem === null || counterpart !== null) return [];
  return unpairedDeals.map((recordId) => ({ object: 'deal', recordId }));
}

/** Contacts that lose their part in the deal: what it came to is no part of their stage any more. */
function leavingContacts({ plan: { changes } }: PlannedRecord): HubSpotKey[] {
  const left = changes.filter(({ after }) => after === null).flatMap(({ field }) => contactOf(field) ?? []);
  return left.map((recordId) => ({ object: 'contact', recordId }));
}

/** The roles of the Opportunity as they were seen last; unknown where it was not read. */
function roleIdsOf({ matches, plan: { counterpart } }: PlannedRecord, held: SalesforceRecord | null) {
  const read = [...matches.byId, ...matches.byExternalId].find(({ id }) => id === counterpart?.id);
  const roles = (held ?? read)?.roles;
  return roles === undefined ? {} : { roleIds: roles.map(({ id }) => id) };
}

/**
 * Contacts and the primary company of a deal. `passedGate`: the deal is handed over, or needs nothing but the company to be so.
 * @param written associations that were changed since the deal was read
 */
function relationsOf(
  { associations, record, plan, claimed }: PlannedRecord,
  written: readonly FieldChange[] = [],
): Relation[] {
  const contacts = new Set(associations.flatMap(({ toObject, toId }) => (toObject === 'contact' ? toId : [])));
  for (const { field, after } of written) {
    const contactId = contactOf(field);
    if (contactId !== null && after === null) contacts.delete(contactId);
    else if (contactId !== null) contacts.add(contactId);
  }
  const moved = written.find(({ field }) => field === dealCompanyProperty);
  const companyId = String((moved === undefined ? record.properties[dealCompanyProperty] : moved.after) ?? '').trim();
  const waitsForCompany = plan.outcome === 'waiting' && plan.waitsFor.some(({ object }) => object === 'company');
  const isThere = plan.counterpart !== null && claimed.pair?.handedOverAtMs != null;
  const passedGate = waitsForCompany || plan.handsOver || isThere;
  return [
    ...[...contacts].map((recordId) => ({ to: { object: 'contact', recordId } as const, passedGate: false })),
    ...(companyId === '' ? [] : [{ to: { object: 'company', recordId: companyId } as const, passedGate }]),
  ];
}

/** What a deal is related to once its associations were written. Whoever is new to it beyond the plan is looked at. */
export function relationsAfter(
  { kind }: KindNames,
  look: PlannedRecord,
  written: readonly FieldChange[],
): Pick<RecordResult, 'relations' | 'marks'> {
  if (kind !== 'deal') return {};
  const before = new Set(relationsOf(look, look.plan.changes).map(({ to }) => keyOfRecord(to)));
  const relations = relationsOf(look, written);
  return { relations, marks: relations.flatMap(({ to }) => (before.has(keyOfRecord(to)) ? [] : markOf(to))) };
}

function markOf({ object, recordId }: HubSpotKey): Mark {
  return { system: 'hubspot', object, recordId, priority: 2, source: 'parent' };
}

/** A look that writes nothing ends here. */
export function settledRecord(names: KindNames, look: PlannedRecord, observedOnly: boolean): RecordResult {
  const { claimed, plan } = look;
  const { marks, ...facts } = recordFacts(names, look);
  const decided = { ...doneResult(claimed, decisionOf(plan, observedOnly)), ...endOf(plan) };
  // Whoever waits is looked at again in observe mode too; what is only observed sets nothing else going.
  if (observedOnly) return { ...decided, ...(plan.waitsFor.length === 0 ? {} : { waitsFor: plan.waitsFor }) };
  const around = { relations: facts.relations, waitsFor: facts.waitsFor, marks };
  if (claimed.pairId === null) return { ...decided, ...defined(around) };
  return {
    ...decided,
    ...facts,
    marks,
    ...handover(look),
    pairId: claimed.pairId,
    agreed: plan.agreed,
    outcomes: judgedOutcomes(plan.intents, false),
  };
}

/** A pair that was linked below the gate is handed over with the first look after somebody has passed it, written or not. */
function handover({ plan: { handsOver, counterpart }, claimed: { pair } }: PlannedRecord): Partial<RecordResult> {
  return handsOver && counterpart !== null && pair?.handedOverAtMs == null ? { handedOver: true } : {};
}

function defined(part: Partial<RecordResult>): Partial<RecordResult> {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
}

/** A write that was refused, or whose answer was lost. */
export function refusedRecord(
  { clock }: RecordDependencies,
  { claimed, pairId, intentId }: ReservedRecord,
  error: SyncError,
): RecordResult {
  const state = error.detail.mayHaveHappened === true ? ('unknown' as const) : ('refused' as const);
  const outcomes = intentId === null ? [] : [{ intentId, state, errorCode: error.code }];
  return { ...faultResult(claimed, error, clock), pairId, outcomes };
}

/** How a look ends whose writes were made: as the plan says, unless Salesforce refused the roles that went with them. */
export function endOfWrites(
  { clock }: RecordDependencies,
  { claimed, plan }: PlannedRecord,
  roleError: SyncError | null,
): Pick<RecordResult, 'failure' | 'settle' | 'decision'> {
  return roleError === null ? endOf(plan) : faultResult(claimed, roleError, clock);
}

/** What was read is not true any more: nothing was sent. */
export function grewOld({ claimed, pairId, intentId }: ReservedRecord): RecordResult {
  const outcomes = intentId === null ? [] : [{ intentId, state: 'refused' as const, errorCode: 'data_grew_old' }];
  const settle = { kind: 'later', delayMs: 0, counts: false, code: 'data_grew_old' } as const;
  return { ...resultFor(claimed), settle, pairId, outcomes };
}

/** The base after Salesforce was written, by what it held when read back. */
export function baseAfterCounterpart({ write, agreed, blanks }: RecordPlan, held: FieldValues) {
  return baseAfterWrite(
    { operation: write?.operation ?? 'update', changes: write?.changes ?? [], agreed, blanks },
    held,
  );
}
