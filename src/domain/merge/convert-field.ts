import { dateOf, momentOf } from '../mapping/moment.ts';
import { resolveLabels } from '../mapping/normalise.ts';
import type { Conversion, FieldFacts, MappedField } from '../mapping/types.ts';
import type { PlanProblem, Reason } from '../plan/types.ts';
import type { FieldValue, FieldValues, SalesforceObject } from '../record.ts';
import { type DecisionCode, decisionText } from './decision-text.ts';

/** What a value of one side is on the other one, or why it cannot be sent there. */
export type Way =
  | { kind: 'value'; value: FieldValue; note: Reason | null }
  | { kind: 'obstacle'; reason: Reason }
  | { kind: 'problem'; problem: PlanProblem };

/** The HubSpot record that is converted, and for which object of Salesforce. */
export type Convertible = {
  properties: Readonly<Record<string, string | null>>;
  object: SalesforceObject;
  fieldFacts(object: SalesforceObject, field: string): FieldFacts | undefined;
};

/** HubSpot's value of a field as Salesforce shall hold it. */
export function convertField({ properties, object, fieldFacts }: Convertible, mapped: MappedField): Way {
  const field = mapped.salesforce[object] ?? mapped.hubspot;
  const conversion = mapped.convert(properties, {
    object,
    maxLength: (name) => fieldFacts(object, name)?.maxLength ?? undefined,
  });
  const way = toWay(field, conversion);
  return way.kind === 'value' ? { ...way, value: shape(way.value, fieldFacts(object, field)) } : way;
}

/** Salesforce's value of a field as HubSpot shall hold it. @param fields all that was read of the Salesforce record */
export function convertFieldBack(mapped: MappedField, field: string, fields: FieldValues, facts?: FieldFacts): Way {
  if (!mapped.hasWayBack) return obstacle(field, 'no_way_back');
  return toWay(field, mapped.convertBack(fields[field] ?? null, facts?.type, fields));
}

/** As Salesforce wants to be told a value: it refuses milliseconds for a date, and a label that is not the value itself. */
function shape(value: FieldValue, facts: FieldFacts | undefined): FieldValue {
  if (value === null || facts === undefined) return value;
  if (facts.type === 'date') return dateOf(value) ?? value;
  if (facts.type === 'datetime') return momentOf(value) ?? value;
  return resolveLabels(value, facts);
}

/** A conversion as a way to the other side. @param field what reasons and problems name */
function toWay(field: string, conversion: Conversion): Way {
  if (conversion.kind === 'value') {
    const { value, note } = conversion;
    return { kind: 'value', value, note: note === undefined ? null : reasonOf(field, note) };
  }
  if (conversion.kind === 'skip') return obstacle(field, conversion.code);
  const { code, message, advice } = conversion;
  return { kind: 'problem', problem: { code, message, advice, fields: [field], recordIds: [] } };
}

/** A value that goes as it is. */
export function valueWay(value: FieldValue): Way {
  return { kind: 'value', value, note: null };
}

/** A field that cannot go to the other side, with the reason. */
export function obstacle(field: string, code: string): Way {
  const sentence = isDecisionCode(code) ? decisionText[code] : 'The field is left alone.';
  return { kind: 'obstacle', reason: reasonFor(field, code, sentence) };
}

function isDecisionCode(code: string): code is DecisionCode {
  return Object.hasOwn(decisionText, code);
}

/** A reason about one field: its name, then the sentence. */
export function reasonFor(field: string, code: string, sentence: string): Reason {
  return { code, text: `${field}: ${sentence}`, field };
}

/** The same with the sentence that every decision of this code has. */
export function reasonOf(field: string, code: DecisionCode): Reason {
  return reasonFor(field, code, decisionText[code]);
}
