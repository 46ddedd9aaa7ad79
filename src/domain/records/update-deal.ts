import { isBlank } from '../mapping/normalise.ts';
import type { Comparison } from '../merge/compare.ts';
import { compareRelation } from '../merge/relation.ts';
import type { MergeInput } from '../merge/types.ts';
import type { FieldChange, PlanProblem, Reason } from '../plan/types.ts';
import { accountField, dealCompanyProperty, type SalesforceRecord } from '../record.ts';
import { ambiguousPrimary, compareRoles, roleWaits, takingPart, unpairedRoles } from './compare-roles.ts';
import { completeDealStage, completeOpportunityStage } from './complete-stage.ts';
import { primaryRole } from './create-deal.ts';
import { specialFields, stageContext } from './deal-sides.ts';
import { dealStateAfter } from './deal-state.ts';
import { doubleRoles } from './double-roles.ts';
import { compareFields, mergeRecord, sidesOf, sortOut } from './merge-record.ts';
import { moneyUnit } from './money-fields.ts';
import { gateReasons, pairUp, type RecordDecision } from './record-plan.ts';
import { closeDateField, stageUnit } from './stage-fields.ts';
import type { DealInput, RecordPlan } from './types.ts';

/** Fields that Salesforce sets anew with each move of the stage, unless they are sent with it. */
const resetByStage: ReadonlySet<string> = new Set(['Probability', 'ForecastCategoryName']);

type Merged = ReturnType<typeof mergeRecord>;

/** Keeps a deal and its Opportunity in step: fields, stage, money, owner, Account and roles. */
export function updateDeal(deal: DealInput, found: SalesforceRecord, how: readonly Reason[]): RecordDecision {
  const passes = hasPassed(deal, found);
  const sides = sidesOf('deal', deal, found, passes);
  const { comparisons, reasons } = compareDeal(deal, found, sides);
  const merge = complete(deal, { found, sides }, comparisons, mergeRecord(sides, comparisons));
  const roles = [...ambiguousPrimary(deal), ...unpairedRoles(deal, found)];
  const gate = passes ? [] : gateReasons(deal, found, 'this deal');
  const told = [...how, ...gate, ...reasons, ...merge.reasons, ...roles];
  const report = reportOf(sides, comparisons, merge);
  const decision = pairUp('deal', deal, { found, sides, merge, reasons: told, report });
  const people = sides.sendsToSalesforce ? roleWaits(deal, found) : gateWaits(deal, found);
  const waitsFor = [...people, ...accountWaits(deal, comparisons)];
  // Who waits for one that cannot become paired by itself does not set it going.
  const isComing = sides.sendsToSalesforce && deal.company.state === 'coming';
  const wants = waitsFor.flatMap(({ object, recordId }) =>
    isComing && object === 'company' ? [{ object, recordId }] : [],
  );
  return { ...decision, waitsFor, wants, dealState: dealStateAfter(deal, found, decision.write?.changes ?? []) };
}

/** All fields of a deal and its Opportunity, those that an association or a role tells of too. */
export function compareDeal(deal: DealInput, found: SalesforceRecord, sides: MergeInput) {
  const { stage, money } = specialFields(deal);
  const fields = compareFields(deal, sides, [...stage, ...money], ['Name', 'StageName', closeDateField]);
  const roles = compareRoles(deal, sides, takingPart(deal, found));
  const account = sortOut([compareRelation(sides, dealCompanyProperty, deal.company, deal.mapping.accountRule)]);
  return {
    comparisons: [...fields.comparisons, ...account.comparisons, ...roles.comparisons],
    reasons: [...fields.reasons, ...account.reasons, ...roles.reasons],
  };
}

/** What goes with a move of the stage goes in the same write; a unit that cannot be decided is left alone on both sides. */
function complete(
  deal: DealInput,
  { found, sides }: { found: SalesforceRecord; sides: MergeInput },
  comparisons: readonly Comparison[],
  merged: Merged,
): Merged {
  const context = stageContext(deal);
  const both = { properties: sides.hubspot.properties, fields: sides.salesforce.fields };
  const faulty = new Set(merged.decided.flatMap(([{ unit }, { kind }]) => (kind === 'problem' ? [unit] : [])));
  const isFaulty = (change: FieldChange) =>
    comparisons.some(({ source, unit }) => source === change.field && faulty.has(unit));
  const toHubSpot = merged.toHubSpot.filter((change) => !isFaulty(change));
  const toSalesforce = completeOpportunityStage(context, both, merged.toSalesforce);
  return {
    ...merged,
    toHubSpot: completeDealStage(context, both, toHubSpot),
    toSalesforce: [
      ...toSalesforce,
      ...keptFromReset(comparisons, toSalesforce),
      ...firstPrimary(deal, found, toSalesforce),
      ...(sides.sendsToSalesforce ? doubleRoles(deal, found, toSalesforce) : []),
    ],
  };
}

/** Where nobody has a role yet, the first one is the primary one; from then on that is left to sales, or to the label that stands for it. */
function firstPrimary(deal: DealInput, { roles }: SalesforceRecord, changes: readonly FieldChange[]): FieldChange[] {
  return roles.length > 0 || deal.mapping.roles.primaryLabel !== null ? [] : primaryRole(deal, changes);
}

/** A probability that HubSpot owns goes with the stage, or Salesforce would set that of the stage. */
function keptFromReset(comparisons: readonly Comparison[], changes: readonly FieldChange[]): FieldChange[] {
  const isWritten = (name: string) => changes.some(({ field }) => field === name);
  if (!isWritten('StageName')) return [];
  return comparisons.flatMap(({ field, source, hubspot, salesforce, there, rule, writtenAs }) => {
    const isKept = resetByStage.has(field) && rule === 'hubspot' && !isWritten(field);
    if (!isKept || there.kind !== 'value' || isBlank(there.value)) return [];
    return [{ field, before: salesforce, after: there.value, rule: writtenAs, source, sourceValue: hubspot }];
  });
}

/** A stage, date or amount that cannot be carried is told also where nobody has moved it lately. */
function reportOf(
  { sendsToSalesforce }: MergeInput,
  comparisons: readonly Comparison[],
  { toHubSpot, toSalesforce }: Merged,
): PlanProblem | null {
  const isMoving = ({ source, field }: Comparison) =>
    toHubSpot.some((change) => change.field === source) || toSalesforce.some((change) => change.field === field);
  for (const comparison of comparisons) {
    if (comparison.equal || comparison.rule === 'never' || isMoving(comparison)) continue;
    const ways = [...(sendsToSalesforce ? [comparison.there] : []), comparison.back];
    const way = ways.find(({ kind }) => kind === 'problem');
    if (way?.kind === 'problem' && isSpecial(comparison)) return way.problem;
  }
  return null;
}

function isSpecial({ unit }: Comparison): boolean {
  return unit === stageUnit || unit === moneyUnit;
}

/** Somebody who takes part has passed the gate. Where nobody does, as in many a deal of sales, somebody of the company has. */
function hasPassed(deal: DealInput, found: SalesforceRecord): boolean {
  const ids = takingPart(deal, found);
  return ids.length === 0 ? deal.company.handedOver : ids.some((id) => deal.contacts.get(id)?.passedGate);
}

/** Below the gate whoever of them passes it first brings the fields, those too who have a role already. */
function gateWaits(deal: DealInput, found: SalesforceRecord): RecordPlan['waitsFor'] {
  const waits = roleWaits(deal, found);
  const ids = takingPart(deal, found);
  const others = ids.filter((id) => !waits.some(({ recordId }) => recordId === id));
  const company = ids.length === 0 && deal.company.id !== null ? [deal.company.id] : [];
  return [
    ...waits,
    ...others.map((recordId) => ({ object: 'contact', recordId }) as const),
    ...company.map((recordId) => ({ object: 'company', recordId }) as const),
  ];
}

/** The company or Account whose pairing brings the other side's into agreement. */
function accountWaits({ company }: DealInput, comparisons: readonly Comparison[]): RecordPlan['waitsFor'] {
  const relation = comparisons.find(({ field }) => field === accountField);
  if (relation === undefined || relation.equal || relation.rule === 'never') return [];
  const { there, back, salesforce } = relation;
  return [
    ...(there.kind === 'obstacle' && company.id !== null ? [{ object: 'company', recordId: company.id } as const] : []),
    ...(back.kind === 'obstacle' ? [{ object: 'Account', recordId: String(salesforce) } as const] : []),
  ];
}
