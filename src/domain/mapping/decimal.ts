const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i;

/**
 * A number's text in plain decimal form: no exponent, no needless zeros, `-0` as `0`. Worked out on the digits, so that no amount is ever
 * rounded. HubSpot writes large numbers with an exponent; neither CRM writes separators of thousands.
 *
 * @returns null for what is no number
 */
export function decimalOf(value: string | number): string | null {
  const match = shape.exec(String(value));
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = point < 0 ? '0'.repeat(-point) + digits : digits.padEnd(point, '0');
  const left = padded.slice(0, Math.max(0, point)).replace(/^0+/, '') || '0';
  const right = padded.slice(Math.max(0, point)).replace(/0+$/, '');
  const text = right === '' ? left : `${left}.${right}`;
  return sign === '-' && text !== '0' ? `-${text}` : text;
}
