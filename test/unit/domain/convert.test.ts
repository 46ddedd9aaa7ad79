import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConversionBackSpec,
  type ConversionSpec,
  createConversion,
  createConversionBack,
} from '../../../src/domain/mapping/convert.ts';
import { compileExpression } from '../../../src/domain/mapping/expression.ts';
import { sameValue } from '../../../src/domain/mapping/normalise.ts';
import type { FieldType, ValueMap } from '../../../src/domain/mapping/types.ts';
import type { FieldValue } from '../../../src/domain/record.ts';

function convert(value: string | null | undefined, values: Partial<ConversionSpec> = {}, maxLength?: number) {
  const spec: ConversionSpec = {
    file: 'contacts.yaml',
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

function convertBack(value: FieldValue, type?: FieldType, values: Partial<ConversionBackSpec> = {}) {
  const spec = { hubspot: 'source', back: null, values: null, valuesBack: null, isTransformed: false, ...values };
  return createConversionBack(spec)(value, type);
}

describe('a Salesforce value on its way to HubSpot', () => {
  it.each<{ type?: FieldType; given: FieldValue; becomes: FieldValue }>([
    { given: null, becomes: null },
    { given: '  ', becomes: null },
    { given: ' Ada ', becomes: 'Ada' },
    { given: true, becomes: 'true' },
    { given: false, becomes: 'false' },
    { given: 0, becomes: '0' },
    { given: 1e21, becomes: '1000000000000000000000' },
    { type: 'number', given: 1.5, becomes: '1.5' },
    { type: 'number', given: '1.50', becomes: '1.5' },
    { type: 'date', given: '2026-11-04', becomes: '2026-11-04' },
    { type: 'datetime', given: '2026-11-04T12:00:00.000+0200', becomes: '2026-11-04T10:00:00Z' },
    { type: 'datetime', given: '2026-11-04T10:00:00.120+0000', becomes: '2026-11-04T10:00:00.120Z' },
    { type: 'datetime', given: 'tomorrow', becomes: 'tomorrow' },
    { type: 'multi', given: 'b;a', becomes: 'b;a' },
  ])('$given as $type becomes $becomes', ({ type, given, becomes }) => {
    expect(convertBack(given, type)).toStrictEqual({ kind: 'value', value: becomes });
  });

  const manyToOne = new Map([
    ['NEW', 'Open'],
    ['OPEN', 'Open'],
    ['DONE', 'Closed'],
  ]);
  const map = (unmapped: ValueMap['unmapped']): ValueMap => ({ entries: manyToOne, unmapped });

  it.each<{ name: string; given: string; spec: Partial<ConversionBackSpec>; becomes: string | null }>([
    { name: 'one entry alone leads back', given: 'Closed', spec: { values: map('fail') }, becomes: 'DONE' },
    { name: 'of several entries none is guessed', given: 'Open', spec: { values: map('pass') }, becomes: null },
    {
      name: 'what is stated for the way back wins',
      given: 'Open',
      spec: { values: map('fail'), valuesBack: new Map([['Open', 'OPEN']]) },
      becomes: 'OPEN',
    },
    { name: 'a value that no entry knows is left', given: 'Lost', spec: { values: map('skip') }, becomes: null },
    { name: 'a default leads nowhere back', given: 'X', spec: { values: map({ default: 'X' }) }, becomes: null },
    { name: 'a value passes back where values pass', given: 'Lost', spec: { values: map('pass') }, becomes: 'Lost' },
  ])('$name', ({ given, spec, becomes }) => {
    const skipped = { kind: 'skip', code: 'value_unmapped' };

    expect(convertBack(given, 'picklist', spec)).toStrictEqual(
      becomes === null ? skipped : { kind: 'value', value: becomes },
    );
  });

  it('a transform without a way back leaves HubSpot alone', () => {
    expect(convertBack('x', 'text', { isTransformed: true })).toStrictEqual({ kind: 'skip', code: 'no_way_back' });
  });

  it.each([
    { back: 'upper(value)', becomes: { kind: 'value', value: 'AB' } },
    { back: 'number("x" + value, 5)', becomes: { kind: 'value', value: '5' } },
    { back: '100 / (size(value) - 2)', becomes: { kind: 'skip', code: 'way_back_failed' } },
  ])('$back computes what HubSpot shall hold', ({ back, becomes }) => {
    const compiled = compileExpression(back, 'value');
    if (!compiled.ok) throw new Error(compiled.fault.message);

    expect(convertBack('ab', 'text', { back: compiled.expression, isTransformed: true })).toStrictEqual(becomes);
  });

  it('is never another value, whatever its type', () => {
    const type = fc.constantFrom<FieldType>(
      'text',
      'phone',
      'number',
      'boolean',
      'date',
      'datetime',
      'picklist',
      'multi',
    );
    const value = fc.oneof(
      fc.string(),
      fc.integer().map((number) => number / 4),
      fc.boolean(),
    );
    fc.assert(
      fc.property(value, type, (given, as) => {
        const outcome = convertBack(given, as);
        if (outcome.kind !== 'value') throw new Error('not a value');
        expect(sameValue(outcome.value, given, as)).toBe(true);
      }),
    );
  });
});
