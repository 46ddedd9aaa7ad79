import type { FieldValue } from '../record.ts';

const emailShape = /^[^\s@]+@[^\s@]+$/;
const numberShape = /^-?\d+(\.\d+)?$/;

/**
 * A text as both CRMs would keep it: line ends as `\n`, no blanks around it, one Unicode form, an email address in lower case.
 * Salesforce trims texts and keeps `\r\n` as `\n` or the other way round depending on the API; an email differs by case to nobody.
 */
function canonicalText(text: string): string {
  const clean = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').trim().normalize('NFC');
  return emailShape.test(clean) ? clean.toLowerCase() : clean;
}

/** The form of a value in which it is compared: null and a text of blanks are the same nothing; 0 and false are values. */
export function normalise(value: FieldValue): FieldValue {
  if (typeof value !== 'string') return value;
  const text = canonicalText(value);
  return text === '' ? null : text;
}

/** True for null and for a text without a visible character. 0 and false are values. */
export function isBlank(value: FieldValue | undefined): boolean {
  return value === undefined || normalise(value) === null;
}

/**
 * Whether two sides hold the same. HubSpot holds texts only, so a number equals its decimal text and a boolean the words `true` and
 * `false`; two texts are equal only as texts, so that the postal code 01067 is not 1067.
 */
export function sameValue(one: FieldValue, other: FieldValue): boolean {
  const a = normalise(one);
  const b = normalise(other);
  if (typeof a === typeof b) return a === b;
  if (typeof a === 'string' && b !== null) return sameAsText(b, a);
  if (typeof b === 'string' && a !== null) return sameAsText(a, b);
  return false;
}

function sameAsText(value: number | boolean | string, text: string): boolean {
  if (typeof value === 'number') return numberShape.test(text) && Number(text) === value;
  return String(value) === text.toLowerCase();
}
