import { recordError } from './fault.ts';
import { isExactLiteral, plainText } from './numbers.ts';
import type { Org } from './org.ts';
import type { FieldDefinition, RecordError } from './types.ts';
import { findByKey } from './write.ts';

type Input = Record<string, unknown>;

/** A body whose parents stand as ids, or why one of them could not be found. */
export type Resolved = { input: Input; errors: RecordError[] };

/**
 * Replaces parents named by an external id (`"Account": { "HubSpot_Company_Id__c": "7" }`) by their ids. Source: REST API guide, "Insert or
 * Update (Upsert) a Record Using an External ID", "associate records by foreign key"; messages as reported in public threads.
 */
export function resolveRelations(org: Org, type: string, input: Input): Resolved {
  const errors: RecordError[] = [];
  const output: Input = {};
  for (const [key, value] of Object.entries(input)) {
    const link = isReference(value) ? findLink(org, type, key) : undefined;
    if (link === undefined || !isReference(value)) {
      output[key] = value;
      continue;
    }
    const found = findParent(org, link, value);
    if ('error' in found) errors.push(found.error);
    else if (hasKey(input, link.name)) errors.push(bothGiven(key, link.name));
    else output[link.name] = found.id;
  }
  return { input: output, errors };
}

function isReference(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactLiteral(value);
}

/** The field behind a relationship name such as `Account`, if the object has one. */
export function findLink(org: Org, type: string, relation: string): FieldDefinition | undefined {
  const lower = relation.toLowerCase();
  if (lower === 'attributes') return undefined;
  return org.schema.object(type)?.fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === lower);
}

function hasKey(input: Input, name: string): boolean {
  return Object.keys(input).some((key) => key.toLowerCase() === name.toLowerCase());
}

function bothGiven(relation: string, name: string): RecordError {
  const message = `Cannot specify both an external ID reference ${relation} and a salesforce id, ${name}`;
  return recordError('INVALID_FIELD', message);
}

function findParent(org: Org, link: FieldDefinition, value: Input): { id: string } | { error: RecordError } {
  const attributes = value.attributes;
  const named =
    isReference(attributes) && typeof attributes.type === 'string'
      ? org.schema.object(attributes.type)?.name
      : undefined;
  const type = named ?? link.referenceTo?.[0] ?? '';
  const keys = Object.entries(value).filter(([name]) => name !== 'attributes' && name !== 'type');
  const [[name, raw] = ['', undefined]] = keys;
  if (keys.length !== 1) {
    const message = `More than 1 field provided in an external foreign key reference in entity: ${type}`;
    return { error: recordError('INVALID_FIELD', message) };
  }
  const field = org.schema.field(type, name);
  if (field === undefined || !field.isExternalId || !org.schema.canRead(type, field)) {
    const message = `Field name provided, ${name} is not an External ID or indexed field for ${type}`;
    return { error: recordError('INVALID_FIELD', message) };
  }
  return findOne(org, type, field, plainText(raw) ?? '');
}

function findOne(org: Org, type: string, field: FieldDefinition, key: string): { id: string } | { error: RecordError } {
  const ids = key === '' ? [] : findByKey(org, type, field, key);
  const [id] = ids;
  if (ids.length > 1) {
    const message = `${field.name}: more than one record found for external id field: [${ids.join(', ')}]`;
    return { error: recordError('DUPLICATE_EXTERNAL_ID', message, [field.name]) };
  }
  if (id !== undefined) return { id };
  const message = `Foreign key external ID: ${key} not found for field ${field.name} in entity ${type}`;
  return { error: recordError('INVALID_FIELD', message) };
}

/**
 * The rows of a collection with their parents found. Rows of one object that stand together are one chunk, whose parents are looked up before
 * any of it is written: a parent in the same chunk is not there yet, one in an earlier chunk is (REST API guide, sObject Collections).
 */
export function resolveByChunk(
  org: Org,
  rows: readonly Input[],
  types: readonly string[],
): (index: number) => Resolved {
  const resolved: Resolved[] = [];
  return (index) => {
    const type = types[index] ?? '';
    for (let at = index; resolved[at] === undefined && at < rows.length && types[at] === type; at += 1) {
      resolved[at] = resolveRelations(org, type, rows[at] ?? {});
    }
    return resolved[index] ?? { input: rows[index] ?? {}, errors: [] };
  };
}
