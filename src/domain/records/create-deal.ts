import { isBlank } from '../mapping/normalise.ts';
import type { MappedField } from '../mapping/types.ts';
import { valueWay } from '../merge/convert-field.ts';
import type { FieldChange, PlanProblem } from '../plan/types.ts';
import {
  accountField,
  contactKey,
  dealCompanyProperty,
  primaryContactKey,
  primaryRoleKey,
  roleKey,
} from '../record.ts';
import { dayAfter } from './close-day.ts';
import { roleThere, roleWaits, takingPart } from './compare-roles.ts';
import { createRecord, type NewField, newField } from './create-record.ts';
import { specialFields } from './deal-sides.ts';
import { dealStateAfter } from './deal-state.ts';
import { askPerson, doNothing, type RecordDecision } from './record-plan.ts';
import { closeDateField } from './stage-fields.ts';
import type { DealInput } from './types.ts';

/** Creates the Opportunity of a deal, with its Account and with the roles of all who can have one. */
export function createDeal(deal: DealInput): RecordDecision {
  const { stage, money } = specialFields(deal);
  const closeDate = standInCloseDate(deal);
  const fields = [
    ...stage.flatMap((mapped) => newField(deal, 'Opportunity', always(mapped))),
    ...money.flatMap((mapped) => newField(deal, 'Opportunity', mapped)),
    ...deal.mapping.fields.flatMap((mapped) => newField(deal, 'Opportunity', mapped)),
    ...account(deal),
    ...roles(deal),
  ];
  const extras = closeDate === null || 'code' in closeDate ? [] : [closeDate];
  const creation = createRecord('deal', deal, fields, extras);
  if (creation.kind === 'problem') return askPerson(deal, creation.problem, creation.reasons);
  if (closeDate !== null && 'code' in closeDate) return askPerson(deal, closeDate, creation.reasons);
  const primary = primaryRole(deal, creation.write.changes);
  const write = { ...creation.write, changes: [...creation.write.changes, ...primary] };
  const text =
    'Nothing in Salesforce leads to this deal, and a contact of it has passed the gate: an Opportunity is created.';
  return {
    ...doNothing(deal),
    outcome: 'create',
    write,
    blanks: creation.blanks,
    tombstone: null,
    handsOver: true,
    linkBack: true,
    waitsFor: roleWaits(deal, null),
    reasons: [{ code: 'created', text }, ...accountReasons(deal), ...creation.reasons],
    dealState: dealStateAfter(deal, null, write.changes),
  };
}

/** Salesforce wants a stage and a close date whoever owns them afterwards. */
function always(mapped: MappedField): MappedField {
  const isOwned = mapped.rule.before === 'salesforce' || mapped.rule.before === 'never';
  return isOwned ? { ...mapped, rule: { ...mapped.rule, before: 'hubspot' } } : mapped;
}

function account({ company, mapping }: DealInput): NewField[] {
  const { accountRule: rule } = mapping;
  if (company.accountId === null || rule === 'salesforce' || rule === 'never') return [];
  const source = { source: dealCompanyProperty, sourceValue: company.id };
  return [{ field: accountField, ...source, rule, way: valueWay(company.accountId) }];
}

function accountReasons({ company }: DealInput) {
  if (company.state !== 'none') return [];
  if (company.id === null) {
    return [{ code: 'no_company', text: 'The deal has no primary company: its Opportunity has no Account.' }];
  }
  const text = 'No Account is created for the primary company of the deal (companies.yaml): its Opportunity has none.';
  return [{ code: 'no_account', text }];
}

function roles(deal: DealInput): NewField[] {
  const { rule } = deal.mapping.roles;
  if (rule === 'salesforce' || rule === 'never') return [];
  return takingPart(deal, null).map((id) => {
    const sourceValue = deal.record.properties[contactKey(id)] ?? null;
    const way = roleThere(deal, id, sourceValue, null);
    return { field: roleKey(id), source: contactKey(id), sourceValue, rule, way };
  });
}

/** The labelled contact, or, where no label stands for it, the first that gets a role: later it is left to Salesforce. */
export function primaryRole(deal: DealInput, made: readonly FieldChange[]): FieldChange[] {
  const { rule, primaryLabel } = deal.mapping.roles;
  const getsRole = (id: string) => made.some(({ field }) => field === roleKey(id));
  const labelled = deal.record.properties[primaryContactKey] ?? null;
  if (primaryLabel !== null) {
    if (labelled === null || !getsRole(labelled)) return [];
    const source = { source: primaryContactKey, sourceValue: labelled };
    return [{ field: primaryRoleKey, before: null, after: labelled, rule, ...source }];
  }
  const first = takingPart(deal, null).find(getsRole);
  return first === undefined ? [] : [{ field: primaryRoleKey, before: null, after: first, rule: 'default' }];
}

/** What stands in for a missing close date; the problem where nothing does; null where the deal has one. */
function standInCloseDate({ record, mapping, facts, now }: DealInput): FieldChange | PlanProblem | null {
  const sourceValue = record.properties.closedate ?? null;
  if (!isBlank(sourceValue)) return null;
  const days = mapping.closeDateDays;
  const after = days === null ? null : dayAfter(facts.timeZone, now, days);
  if (after === null) return closeDateMissing;
  return { field: closeDateField, before: null, after, rule: 'default', source: 'closedate', sourceValue };
}

const closeDateMissing: PlanProblem = {
  code: 'close_date_missing',
  message: 'The deal has no close date, which Salesforce requires, and deals.yaml names no default.',
  advice: 'Give the deal a close date in HubSpot, or set "close_date_days" in deals.yaml.',
  fields: [closeDateField],
  recordIds: [],
};
