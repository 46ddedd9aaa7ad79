import { defaultCurrency } from './currencies.ts';
import { findDuplicateError } from './duplicates.ts';
import { checkAccountDelete } from './families.ts';
import { recordError } from './fault.ts';
import { ID_PREFIXES, normaliseId } from './ids.ts';
import { applyStage } from './opportunities.ts';
import type { Org } from './org.ts';
import { checkSetupWrite, QUERY_ONLY_TYPES, refreshGrants, SETUP_TYPES } from './permissions.ts';
import { checkRecordType, defaultRecordType } from './record-types.ts';
import { resolveRelations } from './relations.ts';
import { isRefused, takeLock } from './rules.ts';
import { runFlows, save, trash } from './save.ts';
import type { FieldDefinition, RecordError, SaveResult, SfRecord, WriteContext } from './types.ts';
import { type Patch, readPatch } from './values.ts';

type Input = Record<string, unknown>;

function failed(errors: RecordError[]): SaveResult {
  return { ok: false, errors };
}

/** Creates a record; per-record errors come back as data, an unreadable body is thrown as a `RequestFault`. */
export function insertRecord(org: Org, type: string, input: Input, context: WriteContext): SaveResult {
  if (QUERY_ONLY_TYPES.has(type)) return failed([notSupported(type, 'create')]);
  const { input: body, errors: unknown } = resolveRelations(org, type, input);
  if (unknown.length > 0) return failed(unknown);
  const { patch, errors } = readPatch(org, type, body, true, context);
  if (errors.length > 0) return failed(errors);
  const fresh: SfRecord = { ...defaults(org, type, context), ...withoutNulls(patch), Id: '' };
  if (type === 'Lead' && context.assigns && org.rules.leadAssignment !== undefined) {
    fresh.OwnerId = org.rules.leadAssignment.ownerId;
  }
  runFlows(org, type, fresh, undefined, context);
  if (type === 'Opportunity') applyStage(org, fresh, undefined, patch);
  const refused = check(org, type, fresh, undefined, patch, context);
  if (refused.length > 0) return failed(refused);
  fresh.Id = org.store.nextId(type);
  save(org, type, fresh, undefined, context);
  if (type === 'Opportunity' && typeof fresh.ContactId === 'string') addPrimaryRole(org, fresh, context);
  return { ok: true, id: fresh.Id, created: true };
}

/** "If ContactId is given on create, a primary contact role is made of it" (Object Reference, Opportunity). */
function addPrimaryRole(org: Org, { Id: OpportunityId, ContactId = null }: SfRecord, context: WriteContext): void {
  insertRecord(org, 'OpportunityContactRole', { OpportunityId, ContactId, IsPrimary: true }, context);
}

function notSupported(type: string, operation: string): RecordError {
  return recordError('INVALID_TYPE_FOR_OPERATION', `entity type ${type} does not support ${operation}`);
}

function withoutNulls(patch: Patch): Patch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));
}

/** What a new record of this user holds before anything is said. */
export function defaults(org: Org, type: string, context: WriteContext): Patch {
  const values: Patch = {};
  for (const field of org.schema.object(type)?.fields ?? []) {
    if (field.type === 'boolean') values[field.name] = false;
    const preset = field.picklist?.find((item) => item.defaultValue);
    if (preset !== undefined) values[field.name] = preset.value;
    if (field.name === 'OwnerId') values.OwnerId = context.userId;
    if (field.name === 'CurrencyIsoCode') values.CurrencyIsoCode = defaultCurrency(org, context.userId);
    if (field.name === 'RecordTypeId') values.RecordTypeId = defaultRecordType(org, type) ?? null;
  }
  return values;
}

/** Updates a record by its Salesforce id. */
export function updateRecord(org: Org, type: string, id: string, input: Input, context: WriteContext): SaveResult {
  if (QUERY_ONLY_TYPES.has(type)) return failed([notSupported(type, 'update')]);
  const found = findWritable(org, type, id, context);
  if ('error' in found) return failed([found.error]);
  const { input: body, errors: unknown } = resolveRelations(org, type, input);
  if (unknown.length > 0) return failed(unknown);
  const { patch, errors } = readPatch(org, type, body, false, context);
  if (errors.length > 0) return failed(errors);
  const next: SfRecord = { ...found.record, ...patch, Id: found.record.Id };
  // REST runs the active assignment rule on updates as well, unless the header says FALSE (help article 000395506).
  if (type === 'Lead' && context.assigns && org.rules.leadAssignment !== undefined) {
    next.OwnerId = org.rules.leadAssignment.ownerId;
  }
  runFlows(org, type, next, found.record, context);
  if (type === 'Opportunity') applyStage(org, next, found.record, patch);
  const refused = check(org, type, next, found.record, patch, context);
  if (refused.length > 0) return failed(refused);
  save(org, type, next, found.record, context);
  return { ok: true, id: found.record.Id, created: false };
}

/** Moves a record to the recycle bin. */
export function deleteRecord(org: Org, type: string, id: string, context: WriteContext): SaveResult {
  if (QUERY_ONLY_TYPES.has(type)) return failed([notSupported(type, 'delete')]);
  const found = findWritable(org, type, id, { ...context, isHuman: true });
  if ('error' in found) return failed([found.error]);
  const locked = takeLock(org.rules, [found.record.Id, found.record.AccountId, found.record.OpportunityId]);
  if (locked !== undefined) return failed([lockedError(locked)]);
  const kept = type === 'Account' && !context.isHuman ? checkAccountDelete(org, found.record) : undefined;
  if (kept !== undefined) return failed([kept]);
  trash(org, type, found.record, context);
  if (SETUP_TYPES.has(type)) refreshGrants(org);
  return { ok: true, id: found.record.Id, created: false };
}

function findWritable(
  org: Org,
  type: string,
  id: string,
  context: WriteContext,
): { record: SfRecord } | { error: RecordError } {
  const full = normaliseId(id);
  if (full === undefined || !full.startsWith(ID_PREFIXES[type] ?? ' ')) {
    return { error: recordError('MALFORMED_ID', `${type} ID: id value of incorrect type: ${id}`, ['Id']) };
  }
  const record = org.store.get(type, full);
  if (record === undefined) return { error: recordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id') };
  if (record.IsDeleted === true) return { error: recordError('ENTITY_IS_DELETED', 'entity is deleted') };
  if (record.IsConverted === true && !context.isHuman) {
    return { error: recordError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead') };
  }
  return { record };
}

function check(
  org: Org,
  type: string,
  next: SfRecord,
  before: SfRecord | undefined,
  patch: Patch,
  context: WriteContext,
): RecordError[] {
  const fields = org.schema.object(type)?.fields ?? [];
  const missing = fields
    .filter((field) => field.isRequired && (next[field.name] ?? null) === null)
    .map(({ name }) => name);
  if (missing.length > 0) {
    return [recordError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing)];
  }
  const references = fields.flatMap((field) => checkReference(org, type, field, next, before));
  if (references.length > 0) return references;
  const recordType = checkRecordType(org, type, next, before, context);
  if (recordType.length > 0) return recordType;
  const setup = SETUP_TYPES.has(type) ? checkSetupWrite(org, type, next) : undefined;
  if (setup !== undefined) return [setup];
  const locked = takeLock(org.rules, [next.Id, next.AccountId, before?.AccountId, next.OpportunityId]);
  if (locked !== undefined) return [lockedError(locked)];
  const refused = checkValidations(org, type, next);
  if (refused.length > 0) return refused;
  const duplicate = findDuplicateError(org, type, next, before, context);
  if (duplicate !== undefined) return [duplicate];
  return fields
    .filter((field) => field.isUnique && patch[field.name] != null)
    .flatMap((field) => checkUnique(org, type, field, next));
}

function lockedError(id: string): RecordError {
  const message = `unable to obtain exclusive access to this record or 1 records: ${id}`;
  return recordError('UNABLE_TO_LOCK_ROW', message);
}

function checkValidations(org: Org, type: string, next: SfRecord): RecordError[] {
  const errors: RecordError[] = [];
  for (const rule of org.rules.validations) {
    if (rule.object !== type || !isRefused(rule, next)) continue;
    errors.push(
      recordError('FIELD_CUSTOM_VALIDATION_EXCEPTION', rule.message, rule.field === undefined ? [] : [rule.field]),
    );
  }
  return errors;
}

function checkReference(
  org: Org,
  type: string,
  field: FieldDefinition,
  next: SfRecord,
  before: SfRecord | undefined,
): RecordError[] {
  const id = next[field.name];
  if (field.type !== 'reference' || typeof id !== 'string' || id === before?.[field.name]) return [];
  const target = field.referenceTo?.find((name) => id.startsWith(ID_PREFIXES[name] ?? ' '));
  const record = target === undefined ? undefined : org.store.get(target, id);
  if (record === undefined) return [recordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [])];
  if (record.IsDeleted === true) return [recordError('ENTITY_IS_DELETED', 'entity is deleted', [])];
  if (field.name === 'OwnerId' && record.IsActive === false) {
    const message = `operation performed with inactive user [${id}] as owner of ${type.toLowerCase()}`;
    return [recordError('INACTIVE_OWNER_OR_USER', message, ['OwnerId'])];
  }
  return [];
}

function checkUnique(org: Org, type: string, field: FieldDefinition, next: SfRecord): RecordError[] {
  const other = findByKey(org, type, field, String(next[field.name])).find((id) => id !== next.Id);
  if (other === undefined) return [];
  const message = `duplicate value found: ${field.name} duplicates value on record with id: ${other}`;
  return [recordError('DUPLICATE_VALUE', message, [])];
}

/**
 * Live records whose field holds the key. What lies in the recycle bin (a merge's loser too) does not count: that is why an upsert after a
 * merge inserts (REST API guide, upsert by external id; trap T6).
 */
export function findByKey(org: Org, type: string, field: FieldDefinition, key: string): string[] {
  const ids = org.store.idsBy(type, field.name, [key.trim()]) ?? [];
  return [...ids].filter((id) => {
    const record = org.store.get(type, id);
    const isSame = !field.isCaseSensitive || record?.[field.name] === key;
    return record !== undefined && record.IsDeleted !== true && isSame;
  });
}
