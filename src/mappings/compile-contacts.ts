import type { Finding, Place } from '../domain/finding.ts';
import { createConversion, createConversionBack, type TooLong } from '../domain/mapping/convert.ts';
import type { Expression } from '../domain/mapping/expression.ts';
import type { CompiledMapping, MappedField, ValueMap } from '../domain/mapping/types.ts';
import { type PersonObject, personIdProperty, stageProperty } from '../domain/record.ts';
import { checkContacts } from './check-contacts.ts';
import { checkWayBack } from './check-way-back.ts';
import { readExpression } from './compile-expression.ts';
import { compileOwners } from './compile-owners.ts';
import { bothRules, namesByObject } from './field-entry.ts';
import type { FieldEntry, MappingFiles } from './schema.ts';
import { placeOf, type YamlSource } from './yaml-source.ts';

/** Read for every contact, whatever is mapped: to decide the stage, to find the person, to follow merges. */
const alwaysRead = [
  stageProperty,
  'email',
  'hs_additional_emails',
  'hs_merged_object_ids',
  'hubspot_owner_id',
  personIdProperty,
];

type Contacts = MappingFiles['contacts'];

/** What other files and sections need besides the mapped fields. */
export type AlsoRead = {
  /** HubSpot properties that a file names, with the place of each. */
  namedAt: ReadonlyMap<string, Place>;
  /** HubSpot properties that no file names. */
  properties: readonly string[];
  fields: Readonly<Record<PersonObject, readonly string[]>>;
};

export function compileContacts(
  source: YamlSource,
  file: Contacts,
  owners: MappingFiles['owners'] | undefined,
  also: AlsoRead,
  findings: Finding[],
): CompiledMapping['contact'] {
  const expressions = (key: 'transform' | 'transform_back') =>
    file.fields.map((_, index) => readExpression(source, ['fields', index, key], 'value', findings));
  const transforms = expressions('transform');
  const backs = expressions('transform_back');
  findings.push(...checkContacts(source, file, transforms), ...checkWayBack(source, file, backs));
  const fields = file.fields.map((entry, index) =>
    compileField(entry, transforms[index] ?? null, backs[index] ?? null),
  );
  const namedAt = new Map([...also.namedAt, ...transformReads(source, transforms), ...fieldNames(source, file)]);
  return {
    fields,
    owner: compileOwners(owners),
    create: file.create === 'lead' ? 'Lead' : 'Contact',
    defaults: { Lead: file.defaults.lead, Contact: file.defaults.contact },
    required: { Lead: file.required.lead, Contact: file.required.contact },
    assignmentRule: file.assignment_rule,
    allowDuplicates: file.allow_duplicates,
    hubspotProperties: unique([...alwaysRead, ...namedAt.keys(), ...also.properties]),
    namedAt,
    salesforceFields: {
      Lead: unique([...salesforceFields(fields, 'Lead'), ...also.fields.Lead]),
      Contact: unique([...salesforceFields(fields, 'Contact'), ...also.fields.Contact]),
    },
  };
}

function salesforceFields(fields: readonly MappedField[], object: PersonObject): string[] {
  return [...fields.flatMap(({ salesforce }) => salesforce[object] ?? []), 'OwnerId'];
}

function fieldNames(source: YamlSource, { fields }: Contacts): [string, Place][] {
  return fields.map(({ hubspot }, index) => [hubspot, placeOf(source, ['fields', index, 'hubspot'])]);
}

function transformReads(source: YamlSource, transforms: readonly (Expression | null)[]): [string, Place][] {
  return transforms.flatMap((transform, index) =>
    (transform?.reads ?? []).map((name): [string, Place] => [name, placeOf(source, ['fields', index, 'transform'])]),
  );
}

function compileField(entry: FieldEntry, transform: Expression | null, back: Expression | null): MappedField {
  const salesforce = namesByObject(entry.salesforce);
  const values = compileValues(entry);
  const isTransformed = transform !== null;
  const hasWayBack = !entry.one_way && (!isTransformed || back !== null);
  return {
    hubspot: entry.hubspot,
    salesforce,
    rule: bothRules(entry.rule),
    empty: entry.empty ?? 'clear',
    ...(entry.unit === undefined ? {} : { unit: entry.unit }),
    values,
    isTransformed,
    hasWayBack,
    fallback: entry.fallback ?? 'salesforce',
    convert: createConversion({
      hubspot: entry.hubspot,
      salesforce,
      transform,
      values,
      tooLong: tooLongOf(entry.too_long),
    }),
    convertBack: hasWayBack
      ? createConversionBack({ hubspot: entry.hubspot, back, values, valuesBack: valuesBackOf(entry), isTransformed })
      : () => ({ kind: 'skip', code: 'no_way_back' }),
  };
}

function valuesBackOf({ values_back }: FieldEntry): ReadonlyMap<string, string> | null {
  return values_back === undefined ? null : new Map(Object.entries(values_back));
}

function compileValues({ values, unmapped = 'fail' }: FieldEntry): ValueMap | null {
  return values === undefined ? null : { entries: new Map(Object.entries(values)), unmapped };
}

function tooLongOf(entry: FieldEntry['too_long']): TooLong {
  if (typeof entry === 'object') return { policy: entry.do ?? 'truncate', max: entry.max };
  return { policy: entry ?? 'truncate', max: null };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
