import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBlank, normalise, sameValue } from '../../../src/domain/mapping/normalise.ts';
import type { FieldValue } from '../../../src/domain/record.ts';

const values: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('', '  ', '0', 'true', 'FALSE', '5.0', '05', 'A@B.com'),
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
  ])('$one and $other: $same, because $because', ({ one, other, same }) => {
    expect(sameValue(one, other)).toBe(same);
  });

  it('is the same for any value with itself, in both directions, and after normalising', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        expect(sameValue(one, one)).toBe(true);
        expect(sameValue(one, other)).toBe(sameValue(other, one));
        expect(sameValue(one, normalise(one))).toBe(true);
        expect(normalise(normalise(one))).toStrictEqual(normalise(one));
        expect(isBlank(one)).toBe(sameValue(one, null));
      }),
    );
  });
});
