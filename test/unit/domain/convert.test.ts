import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConversionSpec, createConversion } from '../../../src/domain/mapping/convert.ts';
import { compileExpression } from '../../../src/domain/mapping/expression.ts';

function convert(value: string | null | undefined, values: Partial<ConversionSpec> = {}, maxLength?: number) {
  const spec: ConversionSpec = {
    hubspot: 'source',
    salesforce: { Lead: 'Target' },
    transform: null,
    values: null,
    tooLong: { policy: 'truncate', max: null },
    ...values,
  };
  const properties: Record<string, string | null> = value === undefined ? {} : { source: value };
  return createConversion(spec)(properties, { object: 'Lead', maxLength: () => maxLength });
}

const entries = new Map([['NEW', 'Open']]);

describe('a HubSpot value on its way to Salesforce', () => {
  it.each([
    {
      given: undefined,
      becomes: { kind: 'skip', code: 'property_not_read' },
      because: 'what was not read is not known',
    },
    { given: null, becomes: { kind: 'value', value: null }, because: 'null is empty' },
    { given: '', becomes: { kind: 'value', value: null }, because: "'' is empty" },
    { given: ' \n', becomes: { kind: 'value', value: null }, because: 'blanks are empty' },
    { given: '0', becomes: { kind: 'value', value: '0' }, because: '0 is a value' },
    { given: 'false', becomes: { kind: 'value', value: 'false' }, because: 'false is a value' },
    { given: ' Ada ', becomes: { kind: 'value', value: 'Ada' }, because: 'Salesforce would trim it as well' },
  ])('$given becomes $becomes.kind, because $because', ({ given, becomes }) => {
    expect(convert(given)).toStrictEqual(becomes);
  });

  it.each([
    { given: 'NEW', unmapped: 'fail', becomes: { kind: 'value', value: 'Open' } },
    { given: 'X', unmapped: 'fail', becomes: { kind: 'fault', code: 'value_unmapped' } },
    { given: 'X', unmapped: 'skip', becomes: { kind: 'skip', code: 'value_unmapped' } },
    { given: 'X', unmapped: 'pass', becomes: { kind: 'value', value: 'X' } },
    { given: 'X', unmapped: { default: 'Y' }, becomes: { kind: 'value', value: 'Y', note: 'unmapped_default' } },
    { given: '', unmapped: 'fail', becomes: { kind: 'value', value: null } },
  ] as const)('with a value map, $given ends as $becomes.kind under $unmapped', ({ given, unmapped, becomes }) => {
    expect(convert(given, { values: { entries, unmapped } })).toMatchObject(becomes);
  });

  it.each([
    { policy: 'truncate', becomes: { kind: 'value', value: 'abcd', note: 'truncated' } },
    { policy: 'skip', becomes: { kind: 'skip', code: 'too_long' } },
    { policy: 'fail', becomes: { kind: 'fault', code: 'too_long' } },
  ] as const)('a text too long ends as $becomes.kind under $policy', ({ policy, becomes }) => {
    expect(convert('abcdef', { tooLong: { policy, max: null } }, 4)).toMatchObject(becomes);
    expect(convert('abcdef', { tooLong: { policy, max: 4 } }, 80)).toMatchObject(becomes);
    expect(convert('abcd', { tooLong: { policy, max: 4 } })).toStrictEqual({ kind: 'value', value: 'abcd' });
  });

  it('never cuts through the middle of a character', () => {
    expect(convert('ab\u{1F600}', {}, 3)).toStrictEqual({ kind: 'value', value: 'ab', note: 'truncated' });
  });

  it('a transform may fill an empty property, and runs before the value map', () => {
    const compiled = compileExpression("value == '' ? 'NEW' : value", 'value');
    if (!compiled.ok) throw new Error(compiled.fault.message);

    expect(convert('', { transform: compiled.expression, values: { entries, unmapped: 'fail' } })).toStrictEqual({
      kind: 'value',
      value: 'Open',
    });
  });

  it('a transform that does not work for a value is a fault that does not quote it', () => {
    const division = compileExpression('100 / size(value.trim())', 'value');
    if (!division.ok) throw new Error(division.fault.message);

    const outcome = convert('   ', { transform: division.expression });

    expect(outcome).toMatchObject({ kind: 'fault', code: 'transform_failed' });
  });

  it('never yields more than the length, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const outcome = convert(text, {}, max);
        if (outcome.kind !== 'value') throw new Error('not a value');
        expect(outcome.value === null || String(outcome.value).length <= max).toBe(true);
      }),
    );
  });
});
