import { isBlank, sameValue } from '../mapping/normalise.ts';
import type { FieldRule, MappedField } from '../mapping/types.ts';
import type { FieldValue, SalesforcePerson } from '../record.ts';
import { convertField, reasonFor } from './convert-field.ts';
import type { Situation } from './decide-field.ts';
import { type HeldField, type Legs, lastAgreed, situationOf } from './last-agreed.ts';
import { mappedOwner, ownerField, ownerProperty } from './owner.ts';
import { sameId } from './resolve-person.ts';
import type { FieldChange, PlanInput, PlanProblem, Reason } from './types.ts';

/** One mapped field of a found person: what both sides hold, what Salesforce should hold, and who moved. */
export type Comparison = HeldField & {
  rule: FieldRule;
  /** What the change will be called in the audit log. */
  writtenAs: FieldChange['rule'];
  empty: 'clear' | 'keep';
  required: boolean;
  unit: string;
  base: Legs | null;
  situation: Situation;
  /** HubSpot's value, converted; undefined where a problem keeps it from being known. */
  desired: FieldValue | undefined;
  equal: boolean;
  note: Reason | null;
  problem: PlanProblem | null;
};

/** Compares all mapped fields of a person. Those that one side did not answer are left out, with a reason. */
export function compareFields(
  input: PlanInput,
  person: SalesforcePerson,
): { comparisons: Comparison[]; reasons: Reason[] } {
  const comparisons: Comparison[] = [];
  const reasons: Reason[] = [];
  const fields = input.mapping.contact.fields.map((mapped) => compareField(input, person, mapped));
  for (const result of [...fields, compareOwner(input, person)]) {
    if (result === null) continue;
    if ('text' in result) reasons.push(result);
    else comparisons.push(result);
  }
  return { comparisons, reasons };
}

function compareField(input: PlanInput, person: SalesforcePerson, mapped: MappedField): Comparison | Reason | null {
  const field = mapped.salesforce[person.object];
  if (field === undefined) return null;
  const current = person.fields[field];
  if (current === undefined) return notRead(field);
  const converted = convertField(input, mapped, person.object);
  if (converted.value === undefined && converted.problem === undefined) return converted.reason ?? null;
  const held = {
    source: mapped.hubspot,
    field,
    hubspot: input.contact.properties[mapped.hubspot] ?? null,
    salesforce: current,
  };
  const rule = ruleNow(input, mapped.rule);
  return {
    ...held,
    ...agreement(input, person, held),
    rule,
    writtenAs: rule,
    empty: mapped.empty,
    required: input.mapping.contact.required[person.object].includes(field),
    unit: mapped.unit ?? field,
    desired: converted.value,
    equal: converted.value !== undefined && sameValue(converted.value, current),
    note: converted.reason ?? null,
    problem: converted.problem ?? null,
  };
}

function compareOwner(input: PlanInput, person: SalesforcePerson): Comparison | Reason | null {
  const { owner } = input.mapping.contact;
  const property = input.contact.properties[ownerProperty] ?? null;
  const current = person.fields[ownerField];
  if (isBlank(property)) return null;
  if (current === undefined) return notRead(ownerField);
  const desired = mappedOwner(owner, input.owners, input.contact.properties);
  if (desired === null) {
    const sentence = "no active Salesforce user stands for the contact's owner; the owner stays as it is.";
    return reasonFor(ownerField, 'owner_unmapped', sentence);
  }
  const held = { source: ownerProperty, field: ownerField, hubspot: property, salesforce: current };
  return {
    ...held,
    ...agreement(input, person, held),
    rule: ruleNow(input, owner.rule),
    writtenAs: 'owner',
    empty: 'keep',
    required: true,
    unit: ownerField,
    desired,
    equal: typeof current === 'string' && sameId(current, desired),
    note: null,
    problem: null,
  };
}

function agreement(input: PlanInput, person: SalesforcePerson, held: HeldField) {
  const base = lastAgreed(input.pair, person, held);
  return { base, situation: situationOf(base, held) };
}

function ruleNow({ pair }: PlanInput, rule: { before: FieldRule; after: FieldRule }): FieldRule {
  return pair?.handedOverAtMs == null ? rule.before : rule.after;
}

function notRead(field: string): Reason {
  const sentence = 'Salesforce did not return the field; does the integration user see it?';
  return reasonFor(field, 'field_not_read', sentence);
}
