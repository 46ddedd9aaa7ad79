import { describe, expect, it } from 'vitest';
import { keepDigits } from '../../src/salesforce/exact-numbers.ts';

describe('numbers on their way through JSON', () => {
  it.each([
    { literal: '9999999999999999.99', read: '9999999999999999.99' },
    { literal: '-9999999999999999.99', read: '-9999999999999999.99' },
    { literal: '123456789012345678', read: '123456789012345678' },
    { literal: '1234567890123456.70', read: '1234567890123456.7' },
    { literal: '1.23456789012345678E17', read: '123456789012345678' },
    { literal: '1.23456789012345678e2', read: '123.456789012345678' },
    { literal: '0.000123456789012345678', read: '0.000123456789012345678' },
    { literal: '-1.2345678901234567891E-3', read: '-0.0012345678901234567891' },
  ])('keeps the digits of $literal as a text', ({ literal, read }) => {
    expect(JSON.parse(keepDigits(`{"Amount": ${literal}}`))).toEqual({ Amount: read });
  });

  it.each([
    { literal: '0', read: 0 },
    { literal: '1.0E7', read: 10_000_000 },
    { literal: '123456789012345', read: 123_456_789_012_345 },
    { literal: '1000000000000000000', read: 1e18 },
    { literal: '0.1000000000000000', read: 0.1 },
    { literal: '9007199254740993.0', read: '9007199254740993' },
    { literal: '9007199254740992', read: 9_007_199_254_740_992 },
    // What a double says of itself in 17 digits is carried by a double.
    { literal: '37.793457890123456', read: 37.793457890123456 },
  ])('leaves $literal a number where a double carries it', ({ literal, read }) => {
    expect(JSON.parse(keepDigits(`[1,${literal}, {"a":${literal}}]`))).toEqual([1, read, { a: read }]);
  });

  it('changes nothing inside of texts', () => {
    const value = { a: 'costs: 12345678901234567890', b: '"\\": 12345678901234567890, "', c: ['\\\\', 5], d: '\\"-1' };
    const text = JSON.stringify({ ...value, n: '@' }).replace('"@"', '12345678901234567890');

    expect(JSON.parse(keepDigits(text))).toEqual({ ...value, n: '12345678901234567890' });
  });

  it('leaves what is no JSON as it is', () => {
    expect(keepDigits('<html>: 1234567890123456789.1.2 "</html>')).toBe('<html>: 1234567890123456789.1.2 "</html>');
  });
});
