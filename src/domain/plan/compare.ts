import { isBlank, sameHeld } from '../mapping/normalise.ts';
import type { FieldFacts, FieldRule, MappedField } from '../mapping/types.ts';
import type { SalesforcePerson, SystemName } from '../record.ts';
import { convertField, convertFieldBack, obstacle, reasonFor, reasonOf, type Way } from './convert-field.ts';
import type { Situation } from './decide-field.ts';
import { type HeldField, type Legs, lastAgreed, situationOf } from './last-agreed.ts';
import { isQueue, mappedOwner, ownerField, ownerOf, ownerOfUser, ownerProperty } from './owner.ts';
import { sameId } from './trace.ts';
import type { FieldChange, PlanInput, Reason } from './types.ts';

/** One mapped field of a found person: what both sides hold, what each would have of the other one's value, and who moved. */
export type Comparison = HeldField & {
  rule: FieldRule;
  /** What the change will be called in the audit log. */
  writtenAs: FieldChange['rule'];
  empty: 'clear' | 'keep';
  /** Salesforce cannot do without a value. */
  required: boolean;
  unit: string;
  fallback: SystemName;
  facts: FieldFacts | undefined;
  base: Legs | null;
  situation: Situation;
  /** HubSpot's value on its way to Salesforce. */
  there: Way;
  /** Salesforce's value on its way to HubSpot. */
  back: Way;
  equal: boolean;
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
  const hubspot = input.contact.properties[mapped.hubspot];
  const salesforce = person.fields[field];
  if (salesforce === undefined) return reasonOf(field, 'field_not_read');
  if (hubspot === undefined) return reasonOf(field, 'property_not_read');
  const facts = input.fieldFacts(person.object, field);
  const leadField = person.object === 'Contact' ? mapped.salesforce.Lead : undefined;
  const held: HeldField = {
    source: mapped.hubspot,
    field,
    hubspot,
    salesforce,
    ...(leadField === undefined ? {} : { leadField }),
  };
  const there = convertField(input, mapped, person.object);
  const agreed = agreement(input, person, held, facts);
  const back = isDefault(input, person, held, agreed)
    ? obstacle(field, 'default_stays')
    : convertFieldBack(mapped, field, salesforce, facts);
  const rule = ruleNow(input, mapped.rule);
  return {
    ...held,
    ...agreed,
    rule,
    writtenAs: rule,
    empty: mapped.empty,
    // A checkbox cannot be empty.
    required: facts?.type === 'boolean' || input.mapping.contact.required[person.object].includes(field),
    unit: mapped.unit ?? field,
    fallback: mapped.fallback,
    there,
    back,
    equal: isEqual(held, there, back, facts),
  };
}

/** Without a base nobody knows whether a value that equals the mapping's default was typed or is ours. */
function isDefault(
  { mapping }: PlanInput,
  { object }: SalesforcePerson,
  held: HeldField,
  { base, facts }: Pick<Comparison, 'base' | 'facts'>,
): boolean {
  const standIn = mapping.contact.defaults[object][held.field];
  return base === null && !isBlank(standIn) && sameHeld(standIn ?? null, held.salesforce, facts);
}

/** What becomes of an empty property may be a value: that both are empty then does not make them equal. */
function isEqual(held: HeldField, there: Way, back: Way, facts: FieldFacts | undefined): boolean {
  if (there.kind === 'value' && sameHeld(there.value, held.salesforce, facts)) return true;
  if (back.kind !== 'value' || !sameHeld(back.value, held.hubspot, facts)) return false;
  return !isBlank(back.value) || there.kind !== 'value';
}

function compareOwner(input: PlanInput, person: SalesforcePerson): Comparison | Reason | null {
  const { owner } = input.mapping.contact;
  const hubspot = input.contact.properties[ownerProperty];
  const salesforce = person.fields[ownerField];
  if (hubspot === undefined) return null;
  if (salesforce === undefined) return reasonOf(ownerField, 'field_not_read');
  const held = { source: ownerProperty, field: ownerField, hubspot, salesforce };
  const there = ownerThere(input);
  const back = ownerBack(input, String(salesforce ?? ''));
  const isOwners = there.kind === 'value' && there.value !== null && sameId(String(salesforce), String(there.value));
  return {
    ...held,
    ...agreement(input, person, held, undefined),
    rule: ruleNow(input, owner.rule),
    writtenAs: 'owner',
    empty: 'keep',
    required: true,
    unit: ownerField,
    fallback: 'salesforce',
    there,
    back,
    equal: isOwners || (back.kind === 'value' && back.value === ownerOf(input.contact.properties)),
  };
}

function ownerThere({ mapping, owners, contact }: PlanInput): Way {
  const ownerId = ownerOf(contact.properties);
  if (ownerId === null) return { kind: 'value', value: null, note: null };
  const user = mappedOwner(mapping.contact.owner, owners, contact.properties);
  if (user !== null) return { kind: 'value', value: user, note: null };
  const sentence = `no active Salesforce user stands for the HubSpot owner ${ownerId}; the owner stays as it is.`;
  return { kind: 'obstacle', reason: reasonFor(ownerField, 'owner_unmapped', sentence) };
}

function ownerBack({ mapping, owners }: PlanInput, userId: string): Way {
  if (userId === '') return { kind: 'value', value: null, note: null };
  if (isQueue(userId)) return { kind: 'obstacle', reason: reasonOf(ownerField, 'owner_is_queue') };
  const owner = ownerOfUser(mapping.contact.owner, owners, userId);
  if (owner !== null) return { kind: 'value', value: owner, note: null };
  const sentence = `no HubSpot owner stands for the Salesforce user ${userId}; the owner stays as it is.`;
  return { kind: 'obstacle', reason: reasonFor(ownerField, 'owner_unmapped', sentence) };
}

function agreement(input: PlanInput, person: SalesforcePerson, held: HeldField, facts: FieldFacts | undefined) {
  const base = lastAgreed(input.pair, person, held, facts);
  return { facts, base, situation: situationOf(base, held, facts) };
}

function ruleNow({ pair }: PlanInput, rule: { before: FieldRule; after: FieldRule }): FieldRule {
  return pair?.handedOverAtMs == null ? rule.before : rule.after;
}
