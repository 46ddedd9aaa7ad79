import type { SandboxAnswer } from '../server.ts';
import { type ApiCall, methodNotAllowed, notFound, requireObject, requireType, toWriteContext } from './call.ts';
import { RequestFault, recordError } from './fault.ts';
import { normaliseId } from './ids.ts';
import { findLink, resolveByChunk } from './relations.ts';
import { compileWriter } from './soql-run.ts';
import type { SaveResult, WriteContext } from './types.ts';
import { ambiguousError, requireKeyField, upsertRecord } from './upsert.ts';
import { deleteRecord, insertRecord, updateRecord } from './write.ts';

const ID_IN_INSERT = 'cannot specify Id in an insert call';
const MAX_ROWS = 200;
const MAX_TYPE_RUNS = 10;
const MAX_RETRIEVED = 2_000;
const MAX_RETRIEVED_BY_URL = 800;

type Row = Record<string, unknown>;

/** `/composite/sobjects...`. Source: REST API guide, sObject Collections (create, update, upsert, delete, retrieve). */
export function answerCollections(call: ApiCall): SandboxAnswer {
  const [, , name, keyField] = call.segments;
  if (keyField !== undefined) return call.method === 'PATCH' ? upsertAll(call, name, keyField) : refuseMethod(call);
  if (name !== undefined) return retrieveAll(call, requireType(call.org, name));
  switch (call.method) {
    case 'POST':
      return writeAll(call, (type, row, context) => {
        if (readId(row) !== undefined) return failure('INVALID_FIELD_FOR_INSERT_UPDATE', ID_IN_INSERT, ['Id']);
        return insertRecord(call.org, type, row, context);
      });
    case 'PATCH':
      return updateAll(call);
    case 'DELETE':
      return deleteAll(call);
    default:
      return refuseMethod(call);
  }
}

function refuseMethod(call: ApiCall): never {
  throw methodNotAllowed(call.method);
}

function tooMany(limit: number): RequestFault {
  const message = `record limit reached. cannot submit more than ${limit} records in this call`;
  return new RequestFault(400, 'EXCEEDED_ID_LIMIT', message);
}

function readRows(call: ApiCall): { rows: Row[]; types: string[]; isAllOrNone: boolean } {
  const body = requireObject(call.body);
  if (!Array.isArray(body.records)) throw new RequestFault(400, 'JSON_PARSER_ERROR', 'records is required');
  if (body.records.length > MAX_ROWS) throw tooMany(MAX_ROWS);
  const rows = body.records.map((row: unknown) => requireObject(row));
  const types = rows.map((row) => typeOf(call, row));
  const runs = types.filter((type, index) => type !== types[index - 1]).length;
  if (runs > MAX_TYPE_RUNS) {
    const message =
      'Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking.';
    throw new RequestFault(400, 'LIMIT_EXCEEDED', message);
  }
  if (call.org.unknownFieldRefusesBatch) refuseUnknownFields(call, rows, types);
  return { rows, types, isAllOrNone: call.forcesAllOrNone || body.allOrNone === true };
}

function refuseUnknownFields(call: ApiCall, rows: readonly Row[], types: readonly string[]): void {
  const { schema } = call.org;
  for (const [index, row] of rows.entries()) {
    const type = types[index] ?? '';
    const unknown = Object.keys(row).find((name) => {
      if (findLink(call.org, type, name) !== undefined) return false;
      const field = schema.field(type, name);
      return name !== 'attributes' && (field === undefined || !schema.canRead(type, field));
    });
    if (unknown === undefined) continue;
    throw new RequestFault(400, 'INVALID_FIELD', `No such column '${unknown}' on sobject of type ${type}`);
  }
}

function typeOf(call: ApiCall, row: Row): string {
  const attributes = row.attributes;
  const type =
    typeof attributes === 'object' && attributes !== null && 'type' in attributes ? String(attributes.type) : undefined;
  if (type === undefined)
    throw new RequestFault(400, 'INVALID_INPUT', 'Include an sObject type for each record in attributes.');
  return requireType(call.org, type);
}

function writeAll(call: ApiCall, write: (type: string, row: Row, context: WriteContext) => SaveResult): SandboxAnswer {
  const { rows, types, isAllOrNone } = readRows(call);
  const context = toWriteContext(call);
  const resolve = resolveByChunk(call.org, rows, types);
  const results = runRows(call, rows, isAllOrNone, (_row, index) => {
    const { input, errors } = resolve(index);
    return errors.length > 0 ? { ok: false, errors } : write(types[index] ?? '', input, context);
  });
  return { status: 200, body: results.map((result) => toResult(result, false)) };
}

/** With `allOrNone` one failure takes all back, and the innocent rows say ALL_OR_NONE_OPERATION_ROLLED_BACK. */
function runRows<T>(
  call: ApiCall,
  rows: readonly T[],
  isAllOrNone: boolean,
  write: (row: T, index: number) => SaveResult,
) {
  let results: SaveResult[] = [];
  // Even without allOrNone a row that cannot be read refuses the call, so nothing of it may stay written.
  const isKept = call.org.store.atomically(() => {
    results = rows.map(write);
    return !isAllOrNone || results.every((result) => result.ok);
  });
  return isKept ? results : results.map((result): SaveResult => (result.ok ? rolledBack() : result));
}

function rolledBack(): SaveResult {
  const message = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
  return { ok: false, errors: [recordError('ALL_OR_NONE_OPERATION_ROLLED_BACK', message)] };
}

/** Per-record errors carry `statusCode` (top-level ones `errorCode`); whether they carry the duplicate detail is not documented: they do not. */
function toResult(result: SaveResult, withCreated: boolean): Record<string, unknown> {
  if (!result.ok) {
    const errors = result.errors.map(({ statusCode, message, fields }) => ({ statusCode, message, fields }));
    return { success: false, errors };
  }
  return { id: result.id, success: true, errors: [], ...(withCreated ? { created: result.created } : {}) };
}

function repeatedKeys(keys: readonly (string | undefined)[]): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const key of keys) {
    if (key === undefined) continue;
    if (seen.has(key)) repeated.add(key);
    seen.add(key);
  }
  return repeated;
}

function readId(row: Row): string | undefined {
  const id = row.id ?? row.Id;
  return typeof id === 'string' ? id : undefined;
}

function updateAll(call: ApiCall): SandboxAnswer {
  const body = requireObject(call.body);
  const ids = Array.isArray(body.records) ? body.records.map((row: unknown) => readId(requireObject(row))) : [];
  const repeated = repeatedKeys(ids);
  return writeAll(call, (type, row, context) => {
    const id = readId(row);
    if (id === undefined) return failure('MISSING_ARGUMENT', 'Id not specified in an update call');
    // Help article 000384876: an id twice in one batch fails with "Duplicate id specified".
    if (repeated.has(id)) return failure('DUPLICATE_VALUE', `Duplicate id specified: ${id}`);
    return updateRecord(call.org, type, id, row, context);
  });
}

function failure(statusCode: string, message: string, fields: string[] = []): SaveResult {
  return { ok: false, errors: [recordError(statusCode, message, fields)] };
}

function upsertAll(call: ApiCall, name: string | undefined, keyField: string): SandboxAnswer {
  const type = requireType(call.org, name);
  const field = requireKeyField(call.org, type, keyField);
  const { rows, types, isAllOrNone } = readRows(call);
  if (types.some((other) => other !== type))
    throw new RequestFault(400, 'INVALID_INPUT', `Only ${type} records are allowed here`);
  const keys = rows.map((row) => readKey(row, field.name));
  const repeated = repeatedKeys(keys.map((key) => key?.toLowerCase()));
  const context = toWriteContext(call);
  const resolve = resolveByChunk(call.org, rows, types);
  const results = runRows(call, rows, isAllOrNone, (row, index) => {
    const key = keys[index];
    if (readId(row) !== undefined)
      return failure('INVALID_FIELD', 'cannot specify Id in an upsert by external id', ['Id']);
    if (key === undefined || key === '') return failure('MISSING_ARGUMENT', `${field.name} not specified`);
    // The same key twice in one call fails (salesforce.stackexchange 296121).
    if (repeated.has(key.toLowerCase()))
      return failure('DUPLICATE_VALUE', `Duplicate external id specified: ${key}`, [field.name]);
    const { input, errors } = resolve(index);
    if (errors.length > 0) return { ok: false, errors };
    const result = upsertRecord(call.org, type, field, key, input, context);
    return result.ok === 'ambiguous' ? ambiguousError(field, key) : result;
  });
  return { status: 200, body: results.map((result) => toResult(result, true)) };
}

function readKey(row: Row, fieldName: string): string | undefined {
  const exact = row[fieldName];
  if (typeof exact === 'string') return exact;
  const entry = Object.entries(row).find(([name]) => name.toLowerCase() === fieldName.toLowerCase());
  return typeof entry?.[1] === 'string' || typeof entry?.[1] === 'number' ? String(entry[1]) : undefined;
}

function deleteAll(call: ApiCall): SandboxAnswer {
  const ids = (call.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length > MAX_ROWS) throw tooMany(MAX_ROWS);
  const isAllOrNone = call.forcesAllOrNone || call.query.get('allOrNone') === 'true';
  const context = toWriteContext(call);
  const results = runRows(call, ids, isAllOrNone, (id) => {
    const type = findTypeOfId(call, id);
    return type === undefined
      ? failure('MALFORMED_ID', `malformed id ${id}`)
      : deleteRecord(call.org, type, id, context);
  });
  return { status: 200, body: results.map((result) => toResult(result, false)) };
}

function findTypeOfId(call: ApiCall, id: string): string | undefined {
  const full = normaliseId(id);
  return full === undefined
    ? undefined
    : call.org.schema.objects().find(({ name }) => hasPrefix(call, name, full))?.name;
}

function hasPrefix(call: ApiCall, type: string, id: string): boolean {
  return call.org.store.get(type, id) !== undefined;
}

/** `GET ?ids=&fields=` or `POST { ids, fields }`: as many entries as ids, null where there is no live record. */
function retrieveAll(call: ApiCall, type: string): SandboxAnswer {
  const { ids, fields } = readRetrieve(call);
  const write = compileWriter(call.org, type, withId(fields), call.version);
  const body = ids.map((id) => {
    const full = normaliseId(id);
    const record = full === undefined ? undefined : call.org.store.get(type, full);
    return record === undefined || record.IsDeleted === true ? null : write(record);
  });
  return { status: 200, body };
}

function withId(fields: readonly string[]): string[] {
  return fields.some((name) => name.toLowerCase() === 'id') ? [...fields] : [...fields, 'Id'];
}

function readRetrieve(call: ApiCall): { ids: string[]; fields: string[] } {
  if (call.method === 'GET') {
    const ids = (call.query.get('ids') ?? '').split(',');
    if (ids.length > MAX_RETRIEVED_BY_URL) throw tooMany(MAX_RETRIEVED_BY_URL);
    return { ids, fields: (call.query.get('fields') ?? '').split(',').filter((name) => name !== '') };
  }
  if (call.method !== 'POST') throw notFound();
  const { ids, fields } = requireObject(call.body);
  if (!Array.isArray(ids) || !Array.isArray(fields))
    throw new RequestFault(400, 'JSON_PARSER_ERROR', 'ids and fields are required');
  if (ids.length > MAX_RETRIEVED) throw tooMany(MAX_RETRIEVED);
  return { ids: ids.map(String), fields: [...new Set(fields.map(String))] };
}
