import type { SandboxAnswer } from '../server.ts';
import { type ApiCall, methodNotAllowed, notFound, requireObject, requireType, toWriteContext } from './call.ts';
import { answerChanges } from './changes.ts';
import { answerDescribe, answerGlobalDescribe, answerObject } from './describe.ts';
import { answerRecordErrors, RequestFault } from './fault.ts';
import { normaliseId } from './ids.ts';
import { compileWriter, recordUrl } from './soql-run.ts';
import type { RecordError, SaveResult, SfRecord } from './types.ts';
import { requireKeyField, upsertRecord } from './upsert.ts';
import { deleteRecord, findByKey, insertRecord, updateRecord } from './write.ts';

/** `/sobjects/...`: describes, single records by id or external id, replication. Source: REST API guide, sObject resources. */
export function answerSobjects(call: ApiCall): SandboxAnswer {
  const [, name, second, third] = call.segments;
  if (name === undefined || name === '') return answerGlobalDescribe(call);
  const type = requireType(call.org, name);
  if (second === undefined || second === '')
    return call.method === 'POST' ? createOne(call, type) : answerObject(call, type);
  if (second === 'describe') return answerDescribe(call, type);
  if (second === 'updated' || second === 'deleted') return answerChanges(call, type, second);
  return third === undefined ? answerById(call, type, second) : answerByKey(call, type, second, third);
}

/** The body of a write, which may not repeat what the URL already says (the id, or the external id). */
function readBody(call: ApiCall, inUrl: string): Record<string, unknown> {
  const body = requireObject(call.body);
  const repeated = Object.keys(body).find((name) => name.toLowerCase() === inUrl.toLowerCase());
  if (repeated === undefined) return body;
  throw new RequestFault(400, 'INVALID_FIELD', `The ${repeated} field should not be specified in the sobject data.`);
}

function createOne(call: ApiCall, type: string): SandboxAnswer {
  const result = insertRecord(call.org, type, readBody(call, 'Id'), toWriteContext(call));
  return result.ok ? createdAnswer(call, type, result) : answerRecordErrors(result.errors);
}

function createdAnswer(call: ApiCall, type: string, result: Extract<SaveResult, { ok: true }>): SandboxAnswer {
  const headers = { location: recordUrl(call.version, type, result.id) };
  return { status: 201, headers, body: { id: result.id, success: true, errors: [] } };
}

function answerById(call: ApiCall, type: string, id: string): SandboxAnswer {
  const context = toWriteContext(call);
  switch (call.method) {
    case 'GET':
      return readOne(call, type, normaliseId(id));
    case 'PATCH':
      return answerWritten(updateRecord(call.org, type, id, readBody(call, 'Id'), context));
    case 'DELETE':
      return answerWritten(deleteRecord(call.org, type, id, context));
    default:
      throw methodNotAllowed(call.method);
  }
}

function answerWritten(result: SaveResult): SandboxAnswer {
  return result.ok ? { status: 204 } : answerRecordErrors(result.errors.map(asResourceError));
}

// A record named in the URL that is not there is a missing resource, not a bad reference.
function asResourceError(error: RecordError): RecordError {
  const isMissing = error.statusCode === 'INVALID_CROSS_REFERENCE_KEY' && error.fields.length === 0;
  return isMissing ? { statusCode: 'NOT_FOUND', message: 'The requested resource does not exist', fields: [] } : error;
}

function readOne(call: ApiCall, type: string, id: string | undefined): SandboxAnswer {
  const record = id === undefined ? undefined : call.org.store.get(type, id);
  if (record === undefined) throw notFound();
  if (record.IsDeleted === true) throw new RequestFault(404, 'ENTITY_IS_DELETED', 'entity is deleted', []);
  return { status: 200, body: writeRecord(call, type, record) };
}

function writeRecord(call: ApiCall, type: string, record: SfRecord): Record<string, unknown> {
  const { schema } = call.org;
  const asked = call.query.get('fields');
  const visible = () =>
    (schema.object(type)?.fields ?? []).filter((field) => schema.canRead(type, field)).map(({ name }) => name);
  const names = asked === null ? visible() : asked.split(',').map((name) => name.trim());
  return compileWriter(call.org, type, withId(names), call.version)(record);
}

function withId(names: readonly string[]): string[] {
  return names.some((name) => name.toLowerCase() === 'id') ? [...names] : [...names, 'Id'];
}

function answerByKey(call: ApiCall, type: string, fieldName: string, key: string): SandboxAnswer {
  const field = requireKeyField(call.org, type, fieldName);
  const ids = findByKey(call.org, type, field, key);
  if (ids.length > 1) return { status: 300, body: ids.map((id) => recordUrl(call.version, type, id)) };
  if (call.method === 'PATCH' || call.method === 'POST') return upsertOne(call, type, fieldName, key);
  const [id] = ids;
  if (id === undefined) throw notFound();
  return answerById(call, type, id);
}

/** 201 created, 200 updated (with a body and `created` from version 46.0), 300 ambiguous. Source: REST API guide, dome_upsert. */
function upsertOne(call: ApiCall, type: string, fieldName: string, key: string): SandboxAnswer {
  const field = requireKeyField(call.org, type, fieldName);
  const body = readBody(call, field.name);
  if (call.query.get('updateOnly') === 'true' && findByKey(call.org, type, field, key).length === 0) throw notFound();
  const result = upsertRecord(call.org, type, field, key, body, toWriteContext(call));
  if (result.ok === 'ambiguous')
    return { status: 300, body: result.ids.map((id) => recordUrl(call.version, type, id)) };
  if (!result.ok) return answerRecordErrors(result.errors);
  const status = result.created ? 201 : 200;
  return { status, body: { id: result.id, success: true, errors: [], created: result.created } };
}
