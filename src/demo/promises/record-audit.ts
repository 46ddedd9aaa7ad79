import { auditedProperties, comparedRecordFields, trackedFields } from '../fields.ts';
import { type Row, rolesOf } from '../records.ts';
import type { Crms } from './findings.ts';
import { dayOf, kinds, type SyncedRecord } from './records.ts';

/** One value of ours, as the CRM or the log has it. */
type Value = { field: string; value: unknown };

type Looked = { records: readonly SyncedRecord[]; stage: Crms };

/** What our users wrote to companies, deals and roles, by the CRMs' own histories. */
export function recordsWrittenByUs({ records, stage }: Looked): Value[] {
  return [
    ...records.flatMap((record) => writtenToHubSpot(stage, record)),
    ...(['companies', 'deals'] as const).flatMap((kind) => writtenToSalesforce(stage, kind)),
    ...rolesOfOurs(stage),
  ].map(plain);
}

/** What the audit log tells of the same fields, and how many of its changes name no rule. */
export function recordsToldByTheLog(records: readonly SyncedRecord[]): { values: Value[]; withoutRule: number } {
  const changes = records.flatMap(({ kind, timeline }) =>
    timeline
      .filter((entry) => entry.kind === 'write' && !entry.code.includes('_'))
      .flatMap(({ system, changes: all }) => all.filter(({ field }) => isAudited(kind, system, field))),
  );
  const values = changes.map(({ field, after }) => plain({ field, value: after }));
  return { values, withoutRule: changes.filter(({ rule }) => rule === '').length };
}

function isAudited(kind: SyncedRecord['kind'], system: string | null, field: string): boolean {
  const properties: readonly string[] = auditedProperties[kind];
  const tracked: readonly string[] = trackedFields[kinds[kind].object];
  return system === 'hubspot' ? properties.includes(field) : tracked.includes(field) || /^roles\/\d+$/.test(field);
}

function writtenToHubSpot({ hubspot }: Crms, { kind, id }: SyncedRecord): Value[] {
  return auditedProperties[kind].flatMap((field) =>
    hubspot
      .getRecordHistory(kind, id, field)
      .filter(({ author }) => author.changeSource === 'INTEGRATION')
      .map(({ value }) => ({ field, value })),
  );
}

function writtenToSalesforce({ salesforce }: Crms, kind: SyncedRecord['kind']): Value[] {
  const { object, history } = kinds[kind];
  const ours = salesforce.runAsUserId;
  const tracked: readonly string[] = trackedFields[object];
  const rows = salesforce.all(history).filter(({ Field }) => tracked.includes(String(Field)));
  const changed = rows.filter(({ CreatedById }) => CreatedById === ours);
  const created = salesforce.all(object, { withDeleted: true }).filter(({ CreatedById }) => CreatedById === ours);
  const first = created.flatMap((row) =>
    tracked.flatMap((field) => {
      const earliest = rows.find((past) => past[`${object}Id`] === row.Id && past.Field === field);
      const value = earliest === undefined ? row[field] : earliest.OldValue;
      return value === null || value === undefined ? [] : [{ field, value }];
    }),
  );
  return [...changed.map(({ Field, NewValue }) => ({ field: String(Field), value: NewValue })), ...first];
}

function rolesOfOurs({ salesforce }: Crms): Value[] {
  const ours = salesforce
    .all('OpportunityContactRole')
    .filter(({ CreatedById }) => CreatedById === salesforce.runAsUserId);
  return ours.map(({ ContactId, Role }) => {
    const contact = salesforce.get('Contact', String(ContactId));
    return { field: `roles/${contact?.HubSpot_Contact_Id__c}`, value: Role ?? '*' };
  });
}

/** Numbers as decimal text without zeros at the end, moments without their thousandths: both are written in more than one way. */
function plain({ field, value }: Value): Value {
  const text = String(value ?? '');
  const amount = /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;
  return { field, value: amount.replace(/(T\d\d:\d\d:\d\d)\.000Z$/, '$1Z') };
}

/** What differs between the two sides of each pair; names `property of id`. */
export function compareRecords({ records, stage }: Looked): { pairs: number; fields: number; unequal: string[] } {
  const paired = records.flatMap((record) => record.counterparts.map((row) => ({ record, row })));
  const compared = paired.flatMap(({ record, row }) =>
    sidesOf(stage, record, row).map(({ field, value, other }) => ({ name: `${field} of ${record.id}`, value, other })),
  );
  const unequal = compared.filter(({ value, other }) => value !== other).map(({ name }) => name);
  return { pairs: paired.length, fields: compared.length, unequal };
}

type Sides = { field: string; value: string; other: string };

function sidesOf(stage: Crms, { kind, id, properties }: SyncedRecord, row: Row): Sides[] {
  const texts = comparedRecordFields[kind].map(({ property, field }) => ({
    field: property,
    value: (properties[property] ?? '').toLowerCase(),
    other: String(row[field] ?? '').toLowerCase(),
  }));
  return kind === 'companies' ? texts : [...texts, ...moneyAndTime(stage, id, properties, row)];
}

/** Amount to the digit, the day of the close date in the account's time zone, the stage by our own list, and how many people take part. */
function moneyAndTime(
  { hubspot, salesforce }: Crms,
  id: string,
  properties: SyncedRecord['properties'],
  row: Row,
): Sides[] {
  const contacts = hubspot.getAssociations({ type: 'deals', id }, 'contacts');
  const digits = (value: unknown) => String(plain({ field: '', value }).value);
  return [
    { field: 'amount', value: digits(properties.amount), other: digits(row.Amount) },
    { field: 'closedate', value: dayOf(properties.closedate ?? ''), other: String(row.CloseDate) },
    { field: 'dealstage', value: properties.dealstage ?? '', other: stageOf(String(row.StageName)) },
    { field: 'contacts', value: `${contacts.length}`, other: `${rolesOf({ hubspot, salesforce }, row.Id).length}` },
  ];
}

/** What the StageNames of the story are in HubSpot, as `mappings/deals.yaml` has it. */
function stageOf(stageName: string): string {
  return stageName === 'Closed Won' ? 'closedwon' : stageName;
}
