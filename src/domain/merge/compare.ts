import { isBlank, sameHeld } from '../mapping/normalise.ts';
import type { FieldFacts, FieldRule, MappedField } from '../mapping/types.ts';
import type { FieldChange, Reason } from '../plan/types.ts';
import type { FieldValue, SystemName } from '../record.ts';
import { convertField, convertFieldBack, obstacle, reasonOf, type Way } from './convert-field.ts';
import type { Situation } from './decide-field.ts';
import { type HeldField, type Legs, lastAgreed, situationOf } from './last-agreed.ts';
import type { MergeInput } from './types.ts';

/** One field of a pair: what both sides hold, what each would have of the other one's value, and who moved. */
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

/** How a mapped field is compared. */
type How = {
  /** The rule that holds now. */
  rule: FieldRule;
  /** What the change will be called in the audit log; the rule, where it is not said. */
  writtenAs?: FieldChange['rule'];
  /** Salesforce cannot do without a value. */
  required?: boolean;
  /** The default of the mapping: without a base Salesforce's value is nobody's where it equals this one. */
  standIn?: FieldValue;
  /** What the field was called on the Lead that a Contact may have been. */
  leadField?: string;
};

/**
 * Compares one mapped field of a pair as both sides were read.
 *
 * @returns null where the Salesforce object has no such field; a reason where one side did not answer it
 */
export function compareMapped(input: MergeInput, mapped: MappedField, how: How): Comparison | Reason | null {
  const { object, fields } = input.salesforce;
  const field = mapped.salesforce[object];
  if (field === undefined) return null;
  const held = heldOf(input, mapped.hubspot, field);
  if ('text' in held) return held;
  const facts = input.fieldFacts(object, field);
  const there = convertField({ ...input, object, properties: input.hubspot.properties }, mapped);
  const named = how.leadField === undefined ? held : { ...held, leadField: how.leadField };
  const agreed = agreementOf(input, named, facts);
  const isDefault =
    agreed.base === null && !isBlank(how.standIn) && sameHeld(how.standIn ?? null, held.salesforce, facts);
  const back = isDefault ? obstacle(field, 'default_stays') : convertFieldBack(mapped, field, fields, facts);
  return {
    ...named,
    ...agreed,
    rule: how.rule,
    writtenAs: how.writtenAs ?? how.rule,
    empty: mapped.empty,
    // A checkbox cannot be empty.
    required: facts?.type === 'boolean' || (how.required ?? false),
    unit: mapped.unit ?? field,
    fallback: mapped.fallback,
    there,
    back,
    equal: isEqual(named, there, back, facts),
  };
}

/** Both values of a property and a field; a reason where one of them was not read. */
export function heldOf({ hubspot, salesforce }: MergeInput, source: string, field: string): HeldField | Reason {
  const inHubSpot = hubspot.properties[source];
  const inSalesforce = salesforce.fields[field];
  if (inSalesforce === undefined) return reasonOf(field, 'field_not_read');
  if (inHubSpot === undefined) return reasonOf(field, 'property_not_read');
  return { source, field, hubspot: inHubSpot, salesforce: inSalesforce };
}

/** The base of a field, and who has moved away from it. */
export function agreementOf(
  input: MergeInput,
  held: HeldField,
  facts: FieldFacts | undefined,
): Pick<Comparison, 'facts' | 'base' | 'situation'> {
  const base = lastAgreed(input, held, facts);
  return { facts, base, situation: situationOf(base, held, facts) };
}

/** What becomes of an empty property may be a value: that both are empty then does not make them equal. */
export function isEqual(held: HeldField, there: Way, back: Way, facts: FieldFacts | undefined): boolean {
  if (there.kind === 'value' && sameHeld(there.value, held.salesforce, facts)) return true;
  if (back.kind !== 'value' || !sameHeld(back.value, held.hubspot, facts)) return false;
  return !isBlank(back.value) || there.kind !== 'value';
}
