import type { FieldValue } from '../record.ts';
import { decimalOf } from './decimal.ts';
import type { Expression, Properties } from './expression.ts';
import { dateOf, momentOf } from './moment.ts';
import { isBlank, normalise, sameValue } from './normalise.ts';
import type { Conversion, ConversionContext, FieldType, ValueMap } from './types.ts';

export type TooLong = { policy: 'truncate' | 'fail' | 'skip'; max: number | null };

/** How one HubSpot property becomes a Salesforce value. */
export type ConversionSpec = {
  /** The mapping file that says so, as messages name it. */
  file: string;
  hubspot: string;
  salesforce: Readonly<Partial<Record<ConversionContext['object'], string>>>;
  transform: Expression | null;
  values: ValueMap | null;
  tooLong: TooLong;
};

/** Builds the conversion of one mapped field: transform, then value map, then length. Pure, and total on any text. */
export function createConversion(
  spec: ConversionSpec,
): (properties: Properties, context: ConversionContext) => Conversion {
  return (properties, context) => {
    const raw = properties[spec.hubspot];
    if (raw === undefined) return { kind: 'skip', code: 'property_not_read' };
    const transformed = transform(spec, properties, raw);
    if (transformed.kind !== 'value' || isBlank(transformed.value)) return transformed;
    const mapped = mapValue(spec, transformed.value);
    return mapped.kind === 'value' ? fitLength(spec, mapped, context) : mapped;
  };
}

function transform(spec: ConversionSpec, properties: Properties, raw: string | null): Conversion {
  if (spec.transform === null) return { kind: 'value', value: clean(raw) };
  const result = spec.transform.evaluate(properties, raw ?? '');
  if (result.ok) return { kind: 'value', value: clean(result.value) };
  return {
    kind: 'fault',
    code: 'transform_failed',
    // The library's own sentence may quote a value.
    message: `The transform of ${spec.hubspot} does not work for the values that HubSpot holds.`,
    advice: `Correct the value of ${spec.hubspot} in HubSpot, or let the transform in ${spec.file} handle it.`,
  };
}

/** What is sent: texts without blanks around them, as Salesforce would store them anyway; nothing for a text of blanks. */
function clean(value: FieldValue): FieldValue {
  if (typeof value !== 'string') return value;
  return normalise(value) === null ? null : value.trim();
}

function mapValue(spec: ConversionSpec, value: FieldValue): Conversion {
  if (spec.values === null) return { kind: 'value', value };
  const { entries, unmapped } = spec.values;
  const mapped = entries.get(String(value));
  if (mapped !== undefined) return { kind: 'value', value: mapped };
  if (unmapped === 'pass') return { kind: 'value', value };
  if (unmapped === 'skip') return { kind: 'skip', code: 'value_unmapped' };
  if (unmapped !== 'fail') return { kind: 'value', value: unmapped.default, note: 'unmapped_default' };
  return {
    kind: 'fault',
    code: 'value_unmapped',
    message: `HubSpot's ${spec.hubspot} holds a value that the mapping does not know.`,
    advice: `Add the value under "values" of ${spec.hubspot} in ${spec.file}, or choose another "unmapped".`,
  };
}

function fitLength(
  spec: ConversionSpec,
  conversion: Extract<Conversion, { kind: 'value' }>,
  context: ConversionContext,
): Conversion {
  const field = spec.salesforce[context.object];
  const known = field === undefined ? undefined : context.maxLength(field);
  const max = Math.min(spec.tooLong.max ?? Number.POSITIVE_INFINITY, known ?? Number.POSITIVE_INFINITY);
  const { value } = conversion;
  if (typeof value !== 'string' || value.length <= max) return conversion;
  if (spec.tooLong.policy === 'skip') return { kind: 'skip', code: 'too_long' };
  if (spec.tooLong.policy === 'truncate') return { kind: 'value', value: truncate(value, max), note: 'truncated' };
  return {
    kind: 'fault',
    code: 'too_long',
    message: `HubSpot's ${spec.hubspot} is longer than the ${max} characters that Salesforce allows.`,
    advice: `Shorten ${spec.hubspot} in HubSpot, or set "too_long: truncate" in ${spec.file}.`,
  };
}

/** Cut to UTF-16 units, which is what Salesforce counts, but never through the middle of a character. */
function truncate(text: string, max: number): string {
  const cut = text.slice(0, max);
  const last = cut.charCodeAt(cut.length - 1);
  const halfCharacter = last >= 0xd800 && last <= 0xdbff;
  return (halfCharacter ? cut.slice(0, -1) : cut).trimEnd();
}

/** How a Salesforce value becomes the text of one HubSpot property. */
export type ConversionBackSpec = {
  hubspot: string;
  /** Computes HubSpot's text from `value`; null: none. */
  back: Expression | null;
  values: ValueMap | null;
  /** Salesforce value -> HubSpot value; goes before `values` read backwards. */
  valuesBack: ReadonlyMap<string, string> | null;
  /** The way there has a transform: without `back` there is no way back. */
  isTransformed: boolean;
};

/** Builds the way back of one mapped field: value map backwards, then `back`. Pure, and total on any value. */
export function createConversionBack(
  spec: ConversionBackSpec,
): (value: FieldValue, type: FieldType | undefined) => Conversion {
  return (value, type) => {
    if (spec.isTransformed && spec.back === null) return { kind: 'skip', code: 'no_way_back' };
    if (isBlank(value)) return { kind: 'value', value: null };
    const mapped = mapBack(spec, value, type);
    if (mapped.kind !== 'value' || spec.back === null) return mapped;
    const result = spec.back.evaluate({}, String(mapped.value));
    if (!result.ok) return { kind: 'skip', code: 'way_back_failed' };
    return { kind: 'value', value: clean(textOf(result.value, undefined)) };
  };
}

/**
 * What was stated for the way back wins. Else the value map is read backwards, which only works where one HubSpot value alone becomes this
 * Salesforce value: of several, any could have been meant.
 */
function mapBack(spec: ConversionBackSpec, value: FieldValue, type: FieldType | undefined): Conversion {
  const stated = [...(spec.valuesBack ?? [])].find(([salesforce]) => sameValue(salesforce, value, type));
  if (stated !== undefined) return { kind: 'value', value: clean(stated[1]) };
  const entries = [...(spec.values?.entries ?? [])].filter(([, salesforce]) => sameValue(salesforce, value, type));
  const [entry, ...others] = entries;
  if (entry !== undefined && others.length === 0) return { kind: 'value', value: clean(entry[0]) };
  const passes = spec.values === null || spec.values.unmapped === 'pass';
  if (entry !== undefined || !passes) return { kind: 'skip', code: 'value_unmapped' };
  return { kind: 'value', value: clean(textOf(value, type)) };
}

/** As HubSpot writes it: plain decimals, `YYYY-MM-DD`, moments in UTC, the words `true` and `false`. */
function textOf(value: FieldValue, type: FieldType | undefined): string {
  if (type === 'date') return dateOf(value) ?? String(value);
  if (type === 'datetime') return momentOf(value) ?? String(value);
  if (type === 'number' || typeof value === 'number') return decimalOf(String(value)) ?? String(value);
  return String(value);
}
