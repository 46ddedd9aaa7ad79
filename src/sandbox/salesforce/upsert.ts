import { RequestFault, recordError } from './fault.ts';
import type { Org } from './org.ts';
import type { FieldDefinition, SaveResult, WriteContext } from './types.ts';
import { findByKey, insertRecord, updateRecord } from './write.ts';

/** `ambiguous`: several live records hold the key (a field that is an external id but not unique); nothing is written. */
export type UpsertResult = SaveResult | { ok: 'ambiguous'; ids: string[] };

/** The key field of an upsert; only external ids can be one (REST API guide, upsert). Throws 404 as the API answers. */
export function requireKeyField(org: Org, type: string, name: string): FieldDefinition {
  const field = org.schema.field(type, name);
  if (field === undefined || !field.isExternalId || !org.schema.canRead(type, field)) {
    const message = `Provided external ID field does not exist or is not accessible: ${name}`;
    throw new RequestFault(404, 'NOT_FOUND', message);
  }
  return field;
}

/**
 * No match: insert; one: update; several: nothing. A converted lead that holds the key is found and refuses the update
 * (CANNOT_UPDATE_CONVERTED_LEAD); a merged loser is not found, so a second person is inserted.
 */
export function upsertRecord(
  org: Org,
  type: string,
  field: FieldDefinition,
  key: string,
  input: Record<string, unknown>,
  context: WriteContext,
): UpsertResult {
  const ids = findByKey(org, type, field, key);
  const [only] = ids;
  if (only === undefined) return insertRecord(org, type, { ...withoutKey(input, field), [field.name]: key }, context);
  if (ids.length > 1) return { ok: 'ambiguous', ids };
  return updateRecord(org, type, only, withoutKey(input, field), context);
}

function withoutKey(input: Record<string, unknown>, field: FieldDefinition): Record<string, unknown> {
  const lower = field.name.toLowerCase();
  return Object.fromEntries(Object.entries(input).filter(([name]) => name.toLowerCase() !== lower));
}

/** The result of an ambiguous row inside a collection, where no 300 can be answered. */
export function ambiguousError(field: FieldDefinition, key: string): SaveResult {
  const message = `${field.name}: more than one record found for external id field: [${key}]`;
  return { ok: false, errors: [recordError('DUPLICATE_EXTERNAL_ID', message, [field.name])] };
}
