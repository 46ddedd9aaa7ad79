import { z } from 'zod';
import {
  contactIdField,
  type FieldValue,
  type FieldValues,
  type OpportunityFact,
  type PersonObject,
  type SalesforcePerson,
} from '../domain/record.ts';
import { toLongId } from '../domain/salesforce-ids.ts';
import { SyncError } from '../errors.ts';
import type { Row } from './composite.ts';

const commonFields = [
  'Id',
  contactIdField,
  'Email',
  'IsDeleted',
  'MasterRecordId',
  'SystemModstamp',
  'LastModifiedById',
  'LastModifiedBy.Name',
] as const;

/** Contact has neither of the two conversion fields. */
export const personFields: Readonly<Record<PersonObject, readonly string[]>> = {
  Lead: [...commonFields, 'IsConverted', 'ConvertedContactId'],
  Contact: commonFields,
};

/** The relationship from a Contact to its roles in opportunities, as it is called in the row of an answer. */
export const rolesField = 'OpportunityContactRoles';

/** Read with each Contact: `queryAll` would show deleted roles and opportunities too. */
export const rolesSelection = `(SELECT Opportunity.IsClosed,Opportunity.IsWon FROM ${rolesField} WHERE IsDeleted=false AND Opportunity.IsDeleted=false)`;

const roleRow = z.object({ Opportunity: z.object({ IsClosed: z.boolean(), IsWon: z.boolean() }) });
const rolesAnswer = z.object({ records: z.array(z.unknown()) });
const modifier = z.object({ Name: z.string().min(1) });

/** A text of a row; null where it is empty. */
export function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An id of a row in its long form. */
export function toId(value: unknown): string | null {
  return typeof value === 'string' ? toLongId(value) : null;
}

function isFieldValue(value: unknown): value is FieldValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** The fields as they stand in the row. A field that is absent or compound (an address) was not read. */
export function toFieldValues(row: Row, fields: readonly string[]): FieldValues {
  const entries = fields.map((field) => [field, row[field]] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, FieldValue] => isFieldValue(entry[1])));
}

/** Epoch milliseconds of a dateTime of Salesforce's (`2026-01-31T10:00:00.000+0000`); null for anything else. */
export function toEpochMs(value: unknown): number | null {
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** Epoch milliseconds of `SystemModstamp`; null where it is missing. */
export function toModifiedAtMs(row: Row): number | null {
  return toEpochMs(row.SystemModstamp);
}

/** Who changed the record last; null where Salesforce does not say. */
export function toLastModifiedBy(row: Row): SalesforcePerson['lastModifiedBy'] {
  const id = toId(row.LastModifiedById);
  if (id === null) return null;
  const named = modifier.safeParse(row.LastModifiedBy);
  return { id, name: named.success ? named.data.Name : null };
}

/** Without roles the nested answer is null. A role whose opportunity this user may not see says nothing of a stage. */
function toOpportunities(row: Row): OpportunityFact[] {
  const answer = rolesAnswer.safeParse(row[rolesField]);
  if (!answer.success) return [];
  const roles = answer.data.records.map((role) => roleRow.safeParse(role));
  return roles.flatMap(({ data }) =>
    data === undefined ? [] : [{ isClosed: data.Opportunity.IsClosed, isWon: data.Opportunity.IsWon }],
  );
}

/** @throws SyncError retryable when the row has no id or no time: an answer that cannot be trusted */
export function toStamp(row: Row): { id: string; modifiedAtMs: number } {
  const id = toId(row.Id);
  const modifiedAtMs = toModifiedAtMs(row);
  if (id !== null && modifiedAtMs !== null) return { id, modifiedAtMs };
  throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a record without its id or time.');
}

/** @throws SyncError as `toStamp` does */
export function toPerson(object: PersonObject, row: Row, fields: readonly string[]): SalesforcePerson {
  return {
    object,
    ...toStamp(row),
    fields: toFieldValues(row, fields),
    externalId: toText(row[contactIdField]),
    email: toText(row.Email),
    isDeleted: row.IsDeleted === true,
    masterRecordId: toId(row.MasterRecordId),
    isConverted: row.IsConverted === true,
    convertedContactId: toId(row.ConvertedContactId),
    lastModifiedBy: toLastModifiedBy(row),
    opportunities: object === 'Contact' ? toOpportunities(row) : [],
  };
}
