/** A text is taken whole, so that digits inside it are left alone; outside of texts, digits are numbers (RFC 8259). */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
/** No number without such a run has more digits than every double carries. Most answers have none and are left as they are. */
const MAY_BE_LONG = /[-:,[\s][\d.]{16}/;
/** Decimal digits that survive the way into a double and back (IEEE 754: 15.95). */
const SAFE_DIGITS = 15;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Sign, digits without leading and trailing zeros, and the power of ten they stand at: equal for equal numbers, however written. */
function toParts(literal: string): { sign: string; digits: string; power: number } | null {
  const [matched, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(literal) ?? [];
  if (matched === undefined) return null;
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { sign, digits, power: Number(exponent) - fraction.length + (all.length - digits.length) };
}

/** The number in plain digits, as amounts are kept: `1.5E3` is `1500`. */
function toPlain({ sign, digits, power }: { sign: string; digits: string; power: number }): string {
  if (power >= 0) return `${sign}${digits}${'0'.repeat(power)}`;
  const padded = digits.padStart(1 - power, '0');
  return `${sign}${padded.slice(0, power)}.${padded.slice(power)}`;
}

function toToken(token: string): string {
  if (token.startsWith('"')) return token;
  const parts = toParts(token);
  if (parts === null || parts.digits.length <= SAFE_DIGITS) return token;
  const carried = toParts(String(Number(token)));
  const isCarried = carried !== null && carried.digits === parts.digits && carried.power === parts.power;
  return isCarried ? token : `"${toPlain(parts)}"`;
}

/**
 * A JSON text in which every number that a double would change is a text of the same digits: an amount of 18 digits comes through the parser
 * of jsforce as it stands in Salesforce. All other numbers stay numbers.
 */
export function keepDigits(json: string): string {
  return MAY_BE_LONG.test(json) ? json.replace(TOKENS, toToken) : json;
}

/** A number's literal as it comes out of a JSON answer: a number, or the text of its digits; null for what is no number. */
export function toExactNumber(literal: string): number | string | null {
  if (!NUMBER.test(literal)) return null;
  const [value]: unknown[] = JSON.parse(keepDigits(`[${literal}]`));
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
