import {
  contactIdField,
  type FieldValue,
  type FieldValues,
  type PersonObject,
  type SalesforcePerson,
} from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { Row } from './composite.ts';
import { toLongId } from './ids.ts';

const commonFields = ['Id', contactIdField, 'Email', 'IsDeleted', 'MasterRecordId', 'SystemModstamp'] as const;

/** Contact has neither of the two conversion fields. */
export const personFields: Readonly<Record<PersonObject, readonly string[]>> = {
  Lead: [...commonFields, 'IsConverted', 'ConvertedContactId'],
  Contact: commonFields,
};

function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function toId(value: unknown): string | null {
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

/** Epoch milliseconds of `SystemModstamp` (`2026-01-31T10:00:00.000+0000`); null where it is missing. */
export function toModifiedAtMs(row: Row): number | null {
  const parsed = typeof row.SystemModstamp === 'string' ? Date.parse(row.SystemModstamp) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** @throws SyncError retryable when the row has no id or no time: an answer that cannot be trusted */
export function toPerson(object: PersonObject, row: Row, fields: readonly string[]): SalesforcePerson {
  const id = toId(row.Id);
  const modifiedAtMs = toModifiedAtMs(row);
  if (id === null || modifiedAtMs === null) {
    throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a record without its id or time.');
  }
  return {
    object,
    id,
    fields: toFieldValues(row, fields),
    externalId: toText(row[contactIdField]),
    email: toText(row.Email),
    isDeleted: row.IsDeleted === true,
    masterRecordId: toId(row.MasterRecordId),
    isConverted: row.IsConverted === true,
    convertedContactId: toId(row.ConvertedContactId),
    modifiedAtMs,
  };
}
