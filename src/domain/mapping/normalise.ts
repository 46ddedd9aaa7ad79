import { decodeHTMLStrict } from 'entities';
import type { FieldValue } from '../record.ts';
import { decimalOf } from './decimal.ts';
import { dateOf, momentOf } from './moment.ts';
import { phoneOf } from './phone.ts';
import type { FieldFacts, FieldType } from './types.ts';

const emailShape = /^[^\s@]+@[^\s@]+$/;

/**
 * A text as both CRMs would keep it: HTML entities as the characters they stand for, line ends as `\n`, no blanks around it, one Unicode
 * form, an email address in lower case. Salesforce trims texts and keeps `\r\n` as `\n` or the other way round depending on the API; an
 * email differs by case to nobody. Repeated until nothing changes, as one step may bring out what another one changes: each step only
 * shortens a text or settles it.
 */
function canonicalText(text: string): string {
  let before = text;
  for (;;) {
    const decoded = before.includes('&') ? decodeHTMLStrict(before) : before;
    const clean = decoded.replaceAll(/\r\n?/g, '\n').trim().normalize('NFC');
    const after = emailShape.test(clean) ? clean.toLowerCase() : clean;
    if (after === before) return after;
    before = after;
  }
}

/** How each type is compared, given a clean text; null where the text is not of the type and is compared as it is. */
const canonicalOf: Readonly<Record<FieldType, (text: string) => string | null>> = {
  text: (text) => text,
  email: (text) => text.toLowerCase(),
  phone: phoneOf,
  number: decimalOf,
  boolean: (text) => (/^(?:true|false)$/i.test(text) ? text.toLowerCase() : null),
  date: dateOf,
  datetime: momentOf,
  picklist: (text) => text,
  multi: joinChoices,
};

/** The values of a multi-select, each once and in one order; HubSpot writes a separator in front at times. */
function joinChoices(text: string): string {
  const choices = text.split(';').map(canonicalText);
  const joined = [...new Set(choices.filter((choice) => choice !== ''))].sort().join(';');
  const clean = canonicalText(joined);
  return clean === joined ? joined : joinChoices(clean);
}

/**
 * The form of a value in which it is compared: null and a text of blanks are the same nothing; 0 and false are values. With a type, the
 * form of that type; a value that does not fit its type is compared as a text.
 */
export function normalise(value: FieldValue, type?: FieldType): FieldValue {
  if (value === null) return null;
  if (typeof value !== 'string' && (type === undefined || type === 'text')) return value;
  const text = canonicalText(String(value));
  const typed = type === undefined ? text : (canonicalOf[type](text) ?? text);
  return typed === '' ? null : typed;
}

/** True for null and for a text without a visible character. 0 and false are values. */
export function isBlank(value: FieldValue | undefined): boolean {
  return value === undefined || normalise(value) === null;
}

/**
 * Whether two sides hold the same, however each writes it. Without a type, HubSpot's texts are taken for what Salesforce holds: a number
 * equals its decimal text and a boolean the words `true` and `false`; two texts are equal only as texts, so that the postal code 01067
 * is not 1067.
 */
export function sameValue(one: FieldValue, other: FieldValue, type?: FieldType): boolean {
  const a = normalise(one, type);
  const b = normalise(other, type);
  if (typeof a === typeof b) return a === b;
  if (typeof a === 'string' && b !== null) return sameAsText(b, a);
  if (typeof b === 'string' && a !== null) return sameAsText(a, b);
  return false;
}

function sameAsText(value: number | boolean | string, text: string): boolean {
  if (typeof value === 'number') return decimalOf(value) === decimalOf(text) && decimalOf(text) !== null;
  return String(value) === text.toLowerCase();
}

/** A picklist's labels as the values they stand for; anything else as it is. */
export function resolveLabels(value: FieldValue, facts: FieldFacts | undefined): FieldValue {
  if (typeof value !== 'string' || facts === undefined || facts.valuesByLabel.size === 0) return value;
  if (facts.type === 'multi') {
    return value
      .split(';')
      .map((choice) => valueOfLabel(choice, facts))
      .join(';');
  }
  return valueOfLabel(value, facts);
}

function valueOfLabel(text: string, { valuesByLabel }: FieldFacts): string {
  // A label that is another entry's value is that value.
  if ([...valuesByLabel.values()].includes(text.trim())) return text;
  return valuesByLabel.get(text.trim()) ?? text;
}

/** Whether both hold the same value of one field, picklist labels taken for their values. */
export function sameHeld(one: FieldValue, other: FieldValue, facts: FieldFacts | undefined): boolean {
  return sameValue(resolveLabels(one, facts), resolveLabels(other, facts), facts?.type);
}
