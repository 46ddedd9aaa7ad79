import type { Finding } from '../domain/finding.ts';
import type { RecordMapping } from '../domain/mapping/record-types.ts';
import { type CounterpartObject, type HubSpotObject, idNames } from '../domain/record.ts';
import { checkRecordFields, type RecordNames } from './check-records.ts';
import { compileFields } from './compile-fields.ts';
import { compileOwners } from './compile-owners.ts';
import type { MappingFiles } from './schema.ts';
import type { YamlSource } from './yaml-source.ts';

/** The file of either kind, as the schema yields it. */
export type RecordFile = MappingFiles['companies'] | MappingFiles['deals'];

/** What is read and called otherwise for each kind. */
export type RecordKindNames = {
  subject: Exclude<HubSpotObject, 'contact'>;
  file: 'companies' | 'deals';
  object: CounterpartObject;
  names: RecordNames;
  /** Read for every record, whatever is mapped. */
  properties: readonly string[];
  fields: readonly string[];
};

/** Read of companies and deals alike: to find the counterpart, to follow merges, to map owners. */
const alwaysRead = ['hs_merged_object_ids', 'hubspot_owner_id'];

/** What companies.yaml and deals.yaml have in common. */
export function compileRecords(
  source: YamlSource,
  file: RecordFile,
  owners: MappingFiles['owners'] | undefined,
  kind: RecordKindNames,
  findings: Finding[],
): RecordMapping {
  const { subject, object, names } = kind;
  findings.push(...checkRecordFields(source, file, names));
  const { fields, namedAt } = compileFields(
    source,
    file.fields,
    { name: kind.file, subject, fieldsOf: ({ salesforce }) => ({ [object]: salesforce }) },
    findings,
  );
  const { events } = file;
  return {
    isOn: file.sync,
    fields,
    owner: compileOwners(owners, file.owner),
    defaults: file.defaults,
    required: file.required,
    hubspotProperties: unique([...kind.properties, ...alwaysRead, idNames[subject].property, ...namedAt.keys()]),
    namedAt,
    salesforceFields: unique([
      ...fields.flatMap(({ salesforce }) => salesforce[object] ?? []),
      ...kind.fields,
      'OwnerId',
    ]),
    events: {
      deletedInHubSpot: events.deleted_in_hubspot,
      deletedInSalesforce: events.deleted_in_salesforce,
      restoredInSalesforce: events.restored_in_salesforce,
      // Opportunities cannot be merged.
      mergedInSalesforce: 'merged_in_salesforce' in events ? events.merged_in_salesforce : 'follow',
    },
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
