import type { Finding, Place } from '../domain/finding.ts';
import { createConversion, type TooLong } from '../domain/mapping/convert.ts';
import type { Expression } from '../domain/mapping/expression.ts';
import type { CompiledMapping, MappedField, OwnerMapping, ValueMap } from '../domain/mapping/types.ts';
import { type PersonObject, personIdProperty } from '../domain/record.ts';
import { checkContacts } from './check-contacts.ts';
import { readExpression } from './compile-expression.ts';
import { bothRules, namesByObject } from './field-entry.ts';
import { type FieldEntry, type MappingFiles, mappingSchemas } from './schema.ts';
import { placeOf, type YamlSource } from './yaml-source.ts';

/** Read for every contact, whatever is mapped: to decide the stage, to find the person, to follow merges. */
const alwaysRead = [
  'lifecyclestage',
  'email',
  'hs_additional_emails',
  'hs_merged_object_ids',
  'hubspot_owner_id',
  personIdProperty,
];

type Contacts = MappingFiles['contacts'];

export function compileContacts(
  source: YamlSource,
  file: Contacts,
  owners: MappingFiles['owners'] | undefined,
  gateReads: ReadonlyMap<string, Place>,
  findings: Finding[],
): CompiledMapping['contact'] {
  const transforms = file.fields.map((_, index) =>
    readExpression(source, ['fields', index, 'transform'], 'value', findings),
  );
  findings.push(...checkContacts(source, file, transforms));
  const fields = file.fields.map((entry, index) => compileField(entry, transforms[index] ?? null));
  const namedAt = new Map([...gateReads, ...transformReads(source, transforms), ...fieldNames(source, file)]);
  return {
    fields,
    owner: compileOwners(owners),
    create: file.create === 'lead' ? 'Lead' : 'Contact',
    defaults: { Lead: file.defaults.lead, Contact: file.defaults.contact },
    required: { Lead: file.required.lead, Contact: file.required.contact },
    assignmentRule: file.assignment_rule,
    allowDuplicates: file.allow_duplicates,
    hubspotProperties: unique([...alwaysRead, ...namedAt.keys()]),
    namedAt,
    salesforceFields: { Lead: salesforceFields(fields, 'Lead'), Contact: salesforceFields(fields, 'Contact') },
  };
}

function salesforceFields(fields: readonly MappedField[], object: PersonObject): string[] {
  return unique([...fields.flatMap(({ salesforce }) => salesforce[object] ?? []), 'OwnerId']);
}

function fieldNames(source: YamlSource, { fields }: Contacts): [string, Place][] {
  return fields.map(({ hubspot }, index) => [hubspot, placeOf(source, ['fields', index, 'hubspot'])]);
}

function transformReads(source: YamlSource, transforms: readonly (Expression | null)[]): [string, Place][] {
  return transforms.flatMap((transform, index) =>
    (transform?.reads ?? []).map((name): [string, Place] => [name, placeOf(source, ['fields', index, 'transform'])]),
  );
}

function compileField(entry: FieldEntry, transform: Expression | null): MappedField {
  const salesforce = namesByObject(entry.salesforce);
  const values = compileValues(entry);
  return {
    hubspot: entry.hubspot,
    salesforce,
    rule: bothRules(entry.rule),
    empty: entry.empty ?? 'clear',
    ...(entry.unit === undefined ? {} : { unit: entry.unit }),
    values,
    isTransformed: transform !== null,
    convert: createConversion({
      hubspot: entry.hubspot,
      salesforce,
      transform,
      values,
      tooLong: tooLongOf(entry.too_long),
    }),
  };
}

function compileValues({ values, unmapped = 'fail' }: FieldEntry): ValueMap | null {
  return values === undefined ? null : { entries: new Map(Object.entries(values)), unmapped };
}

function tooLongOf(entry: FieldEntry['too_long']): TooLong {
  if (typeof entry === 'object') return { policy: entry.do ?? 'truncate', max: entry.max };
  return { policy: entry ?? 'truncate', max: null };
}

/** Without a readable owners.yaml only the fields are worth compiling: for the faults in them. */
function compileOwners(file: MappingFiles['owners'] = mappingSchemas.owners.parse({})): OwnerMapping {
  const emails = Object.entries(file.emails).map(([from, to]) => [from.toLowerCase(), to.toLowerCase()] as const);
  return {
    rule: bothRules(file.rule),
    fallbackEmail: file.fallback?.toLowerCase() ?? null,
    emails: new Map(emails),
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
