import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBlank, normalise, sameHeld, sameValue } from '../../../src/domain/mapping/normalise.ts';
import type { FieldFacts, FieldType } from '../../../src/domain/mapping/types.ts';
import type { FieldValue } from '../../../src/domain/record.ts';

const types = ['text', 'email', 'phone', 'number', 'boolean', 'date', 'datetime', 'picklist', 'multi'] as const;
const type: fc.Arbitrary<FieldType | undefined> = fc.constantFrom(undefined, ...types);
const values: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('&', 'amp;', '#38;', 'lt;', ' ', '\r', '\n', ';', 'B', 'a', '@', '\u037e', '0') }),
  fc.string({ unit: fc.constantFrom('0', '1', '+', '(', ')', ' ', '-', 'x', '.', 'e') }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('', '  ', '0', 'true', 'FALSE', '5.0', '05', 'A@B.com', '2026-02-30', '00 43 1', '1.0E7', ';b;a'),
);

describe('comparing what both sides hold', () => {
  it.each([
    { one: ' Ada ', other: 'Ada', same: true, because: 'blanks around a text are not kept' },
    { one: 'a\r\nb', other: 'a\nb', same: true, because: 'line ends differ by system' },
    { one: null, other: '', same: true, because: 'both are nothing' },
    { one: null, other: '   ', same: true, because: 'a text of blanks is nothing' },
    { one: 'Ada@Example.com', other: 'ada@example.com', same: true, because: 'an email has no case' },
    { one: 'Ada', other: 'ada', same: false, because: 'a name has a case' },
    { one: '5', other: 5, same: true, because: 'HubSpot holds numbers as texts' },
    { one: '5.0', other: 5, same: true, because: 'it is the same number' },
    { one: '', other: 0, same: false, because: '0 is a value' },
    { one: null, other: 0, same: false, because: '0 is a value' },
    { one: null, other: false, same: false, because: 'false is a value' },
    { one: 'false', other: false, same: true, because: 'HubSpot holds booleans as words' },
    { one: 'no', other: false, same: false, because: 'only true and false are booleans' },
    { one: '01067', other: '1067', same: false, because: 'a postal code is a text' },
    { one: 'e\u0301', other: '\u00e9', same: true, because: 'one letter has two Unicode forms' },
    { one: 1, other: true, same: false, because: 'a number is no boolean' },
    { one: 'R&amp;D', other: 'R&D', same: true, because: 'an entity stands for its character' },
    { one: 'R&amp;amp;D', other: 'R&D', same: true, because: 'what was escaped twice is the same text' },
    { one: 'O&#39;Brien', other: "O'Brien", same: true, because: 'an entity may be a number' },
    { one: '?a=1&copy=2', other: '?a=1\u00a9=2', same: false, because: 'an entity ends with a semicolon' },
  ])('$one and $other: $same, because $because', ({ one, other, same }) => {
    expect(sameValue(one, other)).toBe(same);
  });

  it.each<{ type: FieldType; one: FieldValue; other: FieldValue; same: boolean }>([
    { type: 'email', one: 'Ada@Example.COM ', other: 'ada@example.com', same: true },
    { type: 'phone', one: '+43 (0)316 123-45', other: '0043 316 12345', same: true },
    { type: 'phone', one: '(415) 555-1234', other: '415.555.1234', same: true },
    { type: 'phone', one: '(415) 555-1234', other: '+1 415 555 1234', same: false },
    { type: 'phone', one: '+1 415 555 1234 ext. 7', other: '+14155551234;ext=7', same: true },
    { type: 'phone', one: '+1 415 555 1234 x7', other: '+1 415 555 1234 extension 7', same: true },
    { type: 'phone', one: '+1 415 555 1234 x7', other: '+1 415 555 1234', same: false },
    { type: 'phone', one: 'ask at the desk', other: 'Ask at the desk', same: false },
    { type: 'phone', one: '12345', other: 12345, same: true },
    { type: 'number', one: '1.50', other: 1.5, same: true },
    { type: 'number', one: '1.50', other: '1.5', same: true },
    { type: 'number', one: '1.0E7', other: 10_000_000, same: true },
    { type: 'number', one: '0.1', other: '0.10000000000000001', same: false },
    { type: 'number', one: '9007199254740993', other: '9007199254740992', same: false },
    { type: 'number', one: '1,000', other: 1000, same: false },
    { type: 'number', one: '-0', other: 0, same: true },
    { type: 'number', one: '007', other: '7', same: true },
    { type: 'boolean', one: 'TRUE', other: true, same: true },
    { type: 'boolean', one: 'yes', other: true, same: false },
    { type: 'boolean', one: null, other: false, same: false },
    { type: 'date', one: '1793750400000', other: '2026-11-04', same: true },
    { type: 'date', one: 1_793_750_400_000, other: '2026-11-04', same: true },
    { type: 'date', one: '2026-11-04T00:00:00Z', other: '2026-11-04', same: true },
    { type: 'date', one: '1793750400001', other: '2026-11-04', same: false },
    { type: 'date', one: '2026-02-30', other: '2026-03-02', same: false },
    { type: 'datetime', one: '2026-11-04T10:00:00.000+0000', other: '2026-11-04T10:00:00Z', same: true },
    { type: 'datetime', one: '2026-11-04T12:00:00+02:00', other: '2026-11-04T10:00:00.000Z', same: true },
    { type: 'datetime', one: '1793786400000', other: '2026-11-04T10:00:00Z', same: true },
    { type: 'datetime', one: '2026-11-04T10:00:00.001Z', other: '2026-11-04T10:00:00Z', same: false },
    { type: 'datetime', one: '2026-11-04T10:00:00', other: '2026-11-04T10:00:00Z', same: false },
    { type: 'multi', one: 'b;a', other: 'a; b', same: true },
    { type: 'multi', one: ';a;b;a', other: 'b;a', same: true },
    { type: 'multi', one: 'a;b', other: 'a', same: false },
    { type: 'multi', one: ';', other: null, same: true },
    { type: 'picklist', one: 'Open', other: ' Open', same: true },
    { type: 'picklist', one: 'Open', other: 'open', same: false },
    { type: 'text', one: '01067', other: '1067', same: false },
  ])('as $type, $one and $other: $same', ({ type: given, one, other, same }) => {
    expect(sameValue(one, other, given)).toBe(same);
  });

  it.each<{ facts: Partial<FieldFacts>; one: string; other: string; same: boolean }>([
    { facts: { type: 'picklist' }, one: 'Germany', other: 'DE', same: true },
    { facts: { type: 'picklist' }, one: 'Germany', other: 'AT', same: false },
    { facts: { type: 'picklist' }, one: 'AT', other: 'DE', same: false },
    { facts: { type: 'multi' }, one: 'Germany; Austria', other: 'AT;DE', same: true },
  ])('$one and $other by their labels: $same', ({ facts, one, other, same }) => {
    const labels = new Map([
      ['Germany', 'DE'],
      ['Austria', 'AT'],
    ]);

    expect(sameHeld(one, other, { type: 'picklist', maxLength: null, valuesByLabel: labels, ...facts })).toBe(same);
  });

  it('is the same for any value with itself, in both directions, and after normalising', () => {
    fc.assert(
      fc.property(values, values, type, (one, other, given) => {
        const normal = normalise(one, given);
        expect(sameValue(one, one, given)).toBe(true);
        expect(sameValue(one, other, given)).toBe(sameValue(other, one, given));
        expect(sameValue(one, normal, given)).toBe(true);
        expect(normalise(normal, given)).toStrictEqual(normal);
        expect(sameValue(normal, normalise(other, given), given)).toBe(sameValue(one, other, given));
      }),
      { numRuns: 3000 },
    );
  });

  it('knows a blank', () => {
    fc.assert(
      fc.property(values, (one) => {
        expect(isBlank(one)).toBe(sameValue(one, null));
      }),
    );
  });

  it('never takes another form of a value for a change', () => {
    const written = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') });
    fc.assert(
      fc.property(written, fc.integer({ min: -14, max: 14 }), (date, hours) => {
        const shifted = new Date(date.getTime() + hours * 3_600_000).toISOString().slice(0, -1);
        const zone = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}`;
        fc.pre(/^\d{4}-/.test(shifted));
        for (const offset of [`${zone}00`, `${zone}:00`]) {
          expect(sameValue(date.toISOString(), `${shifted}${offset}`, 'datetime')).toBe(true);
        }
        expect(sameValue(date.toISOString(), String(date.getTime()), 'datetime')).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(sameValue(number, number.toExponential(), 'number')).toBe(true);
        expect(sameValue(number, String(number))).toBe(true);
      }),
    );
  });
});
