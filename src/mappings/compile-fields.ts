import type { Finding, Place } from '../domain/finding.ts';
import { createConversion, createConversionBack, type TooLong } from '../domain/mapping/convert.ts';
import type { Expression, Subject } from '../domain/mapping/expression.ts';
import { isBlank } from '../domain/mapping/normalise.ts';
import type { MappedField, MappingFile, ValueMap } from '../domain/mapping/types.ts';
import { checkFields } from './check-fields.ts';
import { checkWayBack } from './check-way-back.ts';
import { readExpression } from './compile-expression.ts';
import { definitionOf } from './definition.ts';
import { bothRules } from './field-entry.ts';
import type { FieldEntry, RecordFieldEntry } from './schema.ts';
import { placeOf, type YamlSource } from './yaml-source.ts';

type Entry = FieldEntry | RecordFieldEntry;

/** What tells the fields of one file from those of another. */
export type FieldsOf<Each extends Entry> = {
  name: MappingFile;
  /** Whose properties its expressions read. */
  subject: Subject;
  /** The Salesforce field of an entry, by object. */
  fieldsOf(entry: Each): MappedField['salesforce'];
};

/** The fields, and every HubSpot property that the entries name, with its first place: as a field, else in a transform. */
export type CompiledFields = { fields: readonly MappedField[]; namedAt: ReadonlyMap<string, Place> };

/** Compiles and checks the section `fields` of a file. */
export function compileFields<Each extends Entry>(
  source: YamlSource,
  entries: readonly Each[],
  { name, subject, fieldsOf }: FieldsOf<Each>,
  findings: Finding[],
): CompiledFields {
  const expressions = (key: 'transform' | 'transform_back') =>
    entries.map((_, index) => readExpression(source, ['fields', index, key], 'value', findings, subject));
  const transforms = expressions('transform');
  const backs = expressions('transform_back');
  findings.push(...checkFields(source, entries, transforms), ...checkWayBack(source, entries, backs));
  const fields = entries.map((entry, index) =>
    compileField(entry, {
      file: `${name}.yaml`,
      salesforce: fieldsOf(entry),
      transform: transforms[index] ?? null,
      back: backs[index] ?? null,
    }),
  );
  const namedAt = new Map([
    ...transformReads(source, transforms),
    ...standIns(source, entries),
    ...entries.map(({ hubspot }, index): [string, Place] => [hubspot, placeOf(source, ['fields', index, 'hubspot'])]),
  ]);
  return { fields, namedAt };
}

function transformReads(source: YamlSource, transforms: readonly (Expression | null)[]): [string, Place][] {
  return transforms.flatMap((transform, index) =>
    (transform?.reads ?? []).map((name): [string, Place] => [name, placeOf(source, ['fields', index, 'transform'])]),
  );
}

function standIns(source: YamlSource, entries: readonly Entry[]): [string, Place][] {
  return entries.flatMap((entry, index): [string, Place][] => {
    const property = standInOf(entry);
    return property === undefined ? [] : [[property, placeOf(source, ['fields', index, 'if_empty'])]];
  });
}

function standInOf(entry: Entry): string | undefined {
  return 'if_empty' in entry ? entry.if_empty : undefined;
}

type Parts = {
  file: string;
  salesforce: MappedField['salesforce'];
  transform: Expression | null;
  back: Expression | null;
};

function compileField(entry: Entry, { file, salesforce, transform, back }: Parts): MappedField {
  const { hubspot } = entry;
  const values = compileValues(entry);
  const isTransformed = transform !== null;
  const hasWayBack = !entry.one_way && (!isTransformed || back !== null);
  const convert = createConversion({
    file,
    hubspot,
    salesforce,
    transform,
    values,
    tooLong: tooLongOf(entry.too_long),
  });
  return {
    hubspot,
    salesforce,
    rule: bothRules(entry.rule),
    empty: entry.empty ?? 'clear',
    ...(entry.unit === undefined ? {} : { unit: entry.unit }),
    values,
    definition: definitionOf(entry),
    isTransformed,
    hasWayBack,
    fallback: entry.fallback ?? 'salesforce',
    convert: withStandIn(convert, hubspot, standInOf(entry)),
    convertBack: hasWayBack
      ? createConversionBack({ hubspot, back, values, valuesBack: valuesBackOf(entry), isTransformed })
      : () => ({ kind: 'skip', code: 'no_way_back' }),
  };
}

/** An empty property is converted as if it held what another one does. A property that was not read stays so. */
function withStandIn(
  convert: MappedField['convert'],
  hubspot: string,
  standIn: string | undefined,
): MappedField['convert'] {
  if (standIn === undefined) return convert;
  return (properties, context) => {
    const isEmpty = properties[hubspot] !== undefined && isBlank(properties[hubspot]);
    return convert(isEmpty ? { ...properties, [hubspot]: properties[standIn] ?? null } : properties, context);
  };
}

function valuesBackOf({ values_back }: Entry): ReadonlyMap<string, string> | null {
  return values_back === undefined ? null : new Map(Object.entries(values_back));
}

function compileValues({ values, unmapped = 'fail' }: Entry): ValueMap | null {
  return values === undefined ? null : { entries: new Map(Object.entries(values)), unmapped };
}

function tooLongOf(entry: Entry['too_long']): TooLong {
  if (typeof entry === 'object') return { policy: entry.do ?? 'truncate', max: entry.max };
  return { policy: entry ?? 'truncate', max: null };
}
