import type { Finding, Place } from '../domain/finding.ts';
import type { CompiledMapping, MappedField } from '../domain/mapping/types.ts';
import { type PersonObject, personIdProperty, stageProperty } from '../domain/record.ts';
import { checkContacts } from './check-contacts.ts';
import { compileFields } from './compile-fields.ts';
import { compileOwners } from './compile-owners.ts';
import { namesByObject } from './field-entry.ts';
import type { MappingFiles } from './schema.ts';
import type { YamlSource } from './yaml-source.ts';

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

/** The mapping of contacts, with every property and field that is read for it. */
export function compileContacts(
  source: YamlSource,
  file: Contacts,
  owners: MappingFiles['owners'] | undefined,
  also: AlsoRead,
  findings: Finding[],
): CompiledMapping['contact'] {
  const { fields, namedAt: ownNames } = compileFields(
    source,
    file.fields,
    { name: 'contacts', subject: 'contact', fieldsOf: ({ salesforce }) => namesByObject(salesforce) },
    findings,
  );
  findings.push(...checkContacts(source, file));
  const namedAt = new Map([...also.namedAt, ...ownNames]);
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

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
