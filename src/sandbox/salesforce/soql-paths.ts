import { RequestFault } from './fault.ts';
import { ID_PREFIXES } from './ids.ts';
import type { Org } from './org.ts';
import type { FieldDefinition, FieldValue, SfRecord } from './types.ts';

/** A field path of a query, resolved: how to read it and what it is. */
export type ResolvedPath = {
  /** Canonical names, parents first: `['Owner', 'Email']`. */
  names: string[];
  field: FieldDefinition;
  read(record: SfRecord): FieldValue;
};

function noColumn(name: string, type: string): RequestFault {
  const message = `No such column '${name}' on entity '${type}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`;
  return new RequestFault(400, 'INVALID_FIELD', message);
}

function noRelation(name: string, type: string): RequestFault {
  const message = `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
  return new RequestFault(400, 'INVALID_FIELD', `${message} (${type})`);
}

/** The record a lookup field of this record points to, deleted or not. */
export function readParent(
  org: Org,
  record: SfRecord,
  field: FieldDefinition,
): { type: string; parent: SfRecord } | undefined {
  const id = record[field.name];
  if (typeof id !== 'string') return undefined;
  const type = field.referenceTo?.find((name) => id.startsWith(ID_PREFIXES[name] ?? ' '));
  const parent = type === undefined ? undefined : org.store.get(type, id);
  return type === undefined || parent === undefined ? undefined : { type, parent };
}

/** The lookup field behind a relationship name such as `Owner`. */
export function relationField(org: Org, type: string, relation: string): FieldDefinition {
  const lower = relation.toLowerCase();
  const field = org.schema.object(type)?.fields.find((item) => item.relationshipName?.toLowerCase() === lower);
  if (field === undefined) throw noRelation(relation, type);
  return field;
}

/** Resolves `Email` or `Owner.Email` on an object; hidden fields are unknown (INVALID_FIELD), as field-level security has it. */
export function resolvePath(org: Org, type: string, path: string): ResolvedPath {
  const parts = path.split('.');
  // `Lead.Email` in a query on Lead is the same as `Email`.
  if (parts.length > 1 && parts[0]?.toLowerCase() === type.toLowerCase()) parts.shift();
  return resolveParts(org, [type], parts);
}

function resolveParts(org: Org, types: readonly string[], parts: readonly string[]): ResolvedPath {
  const [name = '', ...rest] = parts;
  const type = types.find((candidate) => hasPart(org, candidate, name, rest.length > 0)) ?? types[0] ?? '';
  if (rest.length === 0) {
    const field = org.schema.field(type, name);
    if (field === undefined || !org.schema.canRead(type, field)) throw noColumn(name, type);
    return { names: [field.name], field, read: (record) => record[field.name] ?? null };
  }
  const link = relationField(org, type, name);
  if (link.referenceTo?.every((parent) => org.schema.isHidden(parent))) throw noRelation(name, type);
  const inner = resolveParts(org, link.referenceTo ?? [], rest);
  return {
    names: [link.relationshipName ?? name, ...inner.names],
    field: inner.field,
    read(record) {
      const found = readParent(org, record, link);
      return found === undefined ? null : inner.read(found.parent);
    },
  };
}

// A lookup to several objects (Owner of a lead: a user or a queue) offers the fields of each.
function hasPart(org: Org, type: string, name: string, isRelation: boolean): boolean {
  if (!isRelation) return org.schema.field(type, name) !== undefined;
  const lower = name.toLowerCase();
  return org.schema.object(type)?.fields.some((field) => field.relationshipName?.toLowerCase() === lower) ?? false;
}
