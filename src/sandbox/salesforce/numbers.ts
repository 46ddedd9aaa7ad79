import type { FieldDefinition, FieldType, FieldValue } from './types.ts';

/** JSON with number literals as they stand (ECMAScript, "JSON.parse source text access"); Node has it, the library of types does not yet. */
type ExactJson = {
  parse(text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { rawJSON: string };
};

declare global {
  interface JSON extends Pick<ExactJson, 'rawJSON' | 'isRawJSON'> {}
}

const exactJson: ExactJson = JSON;
const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Fewer digits than this always survive a float. */
const MAYBE_INEXACT = /[\d.]{16,}/;
const NUMERIC: ReadonlySet<FieldType> = new Set(['double', 'currency', 'percent', 'int']);
/** The greatest whole number that a field such as Account.NumberOfEmployees takes, as the page refuses the next one. */
const MAX_INT = 1_431_655_765;

export function isNumeric(field: FieldDefinition): boolean {
  return NUMERIC.has(field.type);
}

/** Parses JSON; a number that a float would change stays a raw literal, for `numberText`. */
export function parseExactJson(text: string): unknown {
  if (!MAYBE_INEXACT.test(text)) return JSON.parse(text);
  return exactJson.parse(text, (_key, value, context) => {
    const source = typeof value === 'number' ? context?.source : undefined;
    return source !== undefined && typeof toStoredNumber(source) === 'string' ? exactJson.rawJSON(source) : value;
  });
}

/** The literal of a number in a body, or of a text that holds one (the REST API takes both); undefined for anything else. */
export function numberText(raw: unknown): string | undefined {
  if (exactJson.isRawJSON(raw)) return raw.rawJSON;
  const text = typeof raw === 'number' ? String(raw) : typeof raw === 'string' ? raw.trim() : '';
  return NUMBER.test(text) ? text : undefined;
}

/** A literal without exponent, sign of nothing and superfluous zeros. */
function toPlain(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(literal) ?? [];
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const cut = Math.max(point, 1);
  const left = padded.slice(0, cut).replace(/^0+(?=\d)/, '');
  const right = padded.slice(cut).replace(/0+$/, '');
  const text = right === '' ? left : `${left}.${right}`;
  return sign === '-' && text !== '0' ? `-${text}` : text;
}

/** How a number is kept: as a number where a float holds every digit, else as its plain digits. */
export function toStoredNumber(literal: string): FieldValue {
  const plain = toPlain(literal);
  const number = Number(plain);
  return String(number) === plain ? number : plain;
}

/**
 * Whether a number fits its field. Only the digits before the point count: what the API sends beyond the field's decimal places is stored as it
 * is, never rounded (help articles 000385689 and 000387302).
 */
export function isInRange(field: FieldDefinition, literal: string): boolean {
  const plain = toPlain(literal);
  if (field.type === 'int') return !plain.includes('.') && Math.abs(Number(plain)) <= MAX_INT;
  const whole = plain.replace('-', '').split('.')[0] ?? '';
  return whole.length <= precisionOf(field) - scaleOf(field);
}

export function precisionOf(field: FieldDefinition): number {
  return field.precision ?? (field.type === 'int' ? 0 : 18);
}

export function scaleOf(field: FieldDefinition): number {
  return field.scale ?? (field.type === 'currency' ? 2 : 0);
}

/** A stored number as the API writes it: digit by digit, and with a point where the field is no whole number (`95.0`). */
export function writeNumber(field: FieldDefinition, value: FieldValue): unknown {
  if (value === null || (field.type === 'int' && typeof value === 'number')) return value;
  const plain = toPlain(String(value));
  return exactJson.rawJSON(field.type === 'int' || plain.includes('.') ? plain : `${plain}.0`);
}

/** So many percent of an amount, exactly; null where one of them is missing. */
export function percentOf(amount: FieldValue | undefined, percent: FieldValue | undefined): FieldValue {
  const [left, right] = [toScaled(amount), toScaled(percent)];
  if (left === undefined || right === undefined) return null;
  const scale = left.scale + right.scale + 2;
  const product = left.units * right.units;
  const digits = String(product < 0n ? -product : product).padStart(scale + 1, '0');
  const at = digits.length - scale;
  return toStoredNumber(`${product < 0n ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}`);
}

function toScaled(value: FieldValue | undefined): { units: bigint; scale: number } | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const [whole = '0', fraction = ''] = toPlain(String(value)).split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** A body's value as text, where it holds one plain value. */
export function plainText(value: unknown): string | undefined {
  if (exactJson.isRawJSON(value)) return value.rawJSON;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? String(value) : undefined;
}

export function isExactLiteral(value: unknown): boolean {
  return exactJson.isRawJSON(value);
}
