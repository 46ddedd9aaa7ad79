/** A decimal as a whole number and the count of its decimal places. */
function parse(text: string): { units: bigint; places: number } {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(`${whole}${fraction}` === '' ? '0' : `${whole}${fraction}`);
  return { units: text.startsWith('-') ? -units : units, places: fraction.length };
}

/** The exact product of two decimal numbers in text, without needless zeros; no floats, so that no digit is lost. */
export function multiplyDecimals(left: string, right: string): string {
  const one = parse(left);
  const other = parse(right);
  const product = one.units * other.units;
  const places = one.places + other.places;
  const digits = String(product < 0n ? -product : product).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  const sign = product < 0n ? '-' : '';
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
