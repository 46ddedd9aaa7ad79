import type { MappedField } from '../mapping/types.ts';
import type { FieldValue, PersonObject } from '../record.ts';
import type { PlanInput, PlanProblem, Reason } from './types.ts';

/** HubSpot's value of a field as Salesforce shall hold it; without `value` nothing can be sent, and the reason or problem tells why. */
export type ConvertedField = { value?: FieldValue; reason?: Reason; problem?: PlanProblem };

const noteText = {
  truncated: 'The value is longer than Salesforce allows and was cut.',
  unmapped_default: "The value map does not know HubSpot's value: its default is used.",
};

const skipText: Readonly<Record<string, string>> = {
  property_not_read: 'HubSpot did not return the property; is it missing there?',
  value_unmapped: "The value map does not know HubSpot's value: the field is left alone.",
  too_long: 'The value is longer than Salesforce allows: the field is left alone.',
};

/** Runs the conversion of one field and puts what it says into words. */
export function convertField(input: PlanInput, mapped: MappedField, object: PersonObject): ConvertedField {
  const field = mapped.salesforce[object] ?? mapped.hubspot;
  const conversion = mapped.convert(input.contact.properties, {
    object,
    maxLength: (name) => input.fieldFacts(object, name)?.maxLength ?? undefined,
  });
  if (conversion.kind === 'value') {
    const { value, note } = conversion;
    return note === undefined ? { value } : { value, reason: reasonFor(field, note, noteText[note]) };
  }
  if (conversion.kind === 'skip') {
    return { reason: reasonFor(field, conversion.code, skipText[conversion.code] ?? 'The field is left alone.') };
  }
  const { code, message, advice } = conversion;
  return { problem: { code, message, advice, fields: [field], recordIds: [] } };
}

/** A reason about one field: its name, then the sentence. */
export function reasonFor(field: string, code: string, sentence: string): Reason {
  return { code, text: `${field}: ${sentence}`, field };
}
