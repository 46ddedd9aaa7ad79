import { createHash } from 'node:crypto';
import type { SandboxAnswer } from '../server.ts';
import { type ApiCall, methodNotAllowed, notFound, requireType } from './call.ts';
import { RequestFault } from './fault.ts';
import { normaliseId } from './ids.ts';
import { findStage } from './opportunities.ts';
import { describeRecordTypes, MASTER_RECORD_TYPE, recordTypesOf, valuesFor } from './record-types.ts';
import { describeDuplicates } from './rule-rows.ts';
import type { FieldDefinition, PicklistValue } from './types.ts';

/**
 * `GET /ui-api/duplicates/{T}`, `GET /ui-api/object-info/{T}`, `.../picklist-values/{recordTypeId}` and `.../picklist-values/{recordTypeId}/{field}`. Source: User Interface
 * API guide, "Get Values for All Picklist Fields of a Record Type", "Picklist Values", "Picklist Value". Not offered inside a composite call.
 */
export function answerUiApi(call: ApiCall): SandboxAnswer {
  const [, resource, name, part, recordTypeId, fieldName] = call.segments;
  if (resource === 'duplicates' && name !== undefined && call.method === 'GET')
    return { status: 200, body: describeDuplicates(call.org, requireType(call.org, name)) };
  if (resource !== 'object-info' || name === undefined) throw notFound();
  if (call.method !== 'GET') throw methodNotAllowed(call.method);
  const type = requireType(call.org, name);
  if (part === undefined || part === '') return answerObjectInfo(call, type);
  if (part !== 'picklist-values' || recordTypeId === undefined) throw notFound();
  const id = requireRecordType(call, type, recordTypeId);
  if (fieldName === undefined || fieldName === '') return answerAll(call, type, id);
  const field = picklistsOf(call, type).find((item) => item.name.toLowerCase() === fieldName.toLowerCase());
  if (field === undefined) throw new RequestFault(400, 'INVALID_FIELD', `No picklist field ${fieldName} on ${type}`);
  return { status: 200, body: writeValues(call, type, id, field) };
}

function requireRecordType(call: ApiCall, type: string, asked: string): string {
  const id = normaliseId(asked);
  if (id === MASTER_RECORD_TYPE) return id;
  if (id !== undefined && recordTypesOf(call.org, type).some((row) => row.Id === id)) return id;
  throw new RequestFault(404, 'NOT_FOUND', 'The requested resource does not exist');
}

function answerObjectInfo(call: ApiCall, type: string): SandboxAnswer {
  const infos = describeRecordTypes(call.org, type, call.version);
  const byDefault = infos.find((info) => info.defaultRecordTypeMapping === true);
  const recordTypeInfos = infos.map(({ recordTypeId, name, master, available, defaultRecordTypeMapping }) => [
    recordTypeId,
    { available, defaultRecordTypeMapping, master, name, recordTypeId },
  ]);
  const body = {
    apiName: type,
    label: type,
    defaultRecordTypeId: byDefault?.recordTypeId ?? null,
    recordTypeInfos: Object.fromEntries(recordTypeInfos),
  };
  return { status: 200, body: { eTag: tagOf(body), ...body } };
}

function picklistsOf(call: ApiCall, type: string): FieldDefinition[] {
  const { schema } = call.org;
  return (schema.object(type)?.fields ?? []).filter(
    (field) => field.type === 'picklist' && field.isCreateable && schema.canRead(type, field),
  );
}

function answerAll(call: ApiCall, type: string, id: string): SandboxAnswer {
  const entries = picklistsOf(call, type).map((field) => [field.name, writeValues(call, type, id, field)]);
  const picklistFieldValues: Record<string, unknown> = Object.fromEntries(entries);
  return { status: 200, body: { eTag: tagOf(picklistFieldValues), picklistFieldValues } };
}

function writeValues(call: ApiCall, type: string, id: string, field: FieldDefinition): Record<string, unknown> {
  const offered = valuesFor(call.org, id, field.name, field.picklist ?? []);
  const values = offered.map((item) => writeValue(call, type, field, item));
  const preset = offered.findIndex((item) => item.defaultValue);
  const url = `/services/data/v${call.version}/ui-api/object-info/${type}/picklist-values/${id}/${field.name}`;
  return { controllerValues: {}, defaultValue: values[preset] ?? null, eTag: tagOf(values), url, values };
}

function writeValue(call: ApiCall, type: string, field: FieldDefinition, { label, value }: PicklistValue) {
  const isStage = type === 'Opportunity' && field.name === 'StageName';
  return { attributes: isStage ? stageAttributes(call, value) : null, label, validFor: [], value };
}

/** The attributes of a stage; the misspelt key is the platform's. */
function stageAttributes(call: ApiCall, value: string): Record<string, unknown> {
  const stage = findStage(call.org, value);
  return {
    picklistAtrributesValueType: 'OpportunityStage',
    closed: stage?.IsClosed === true,
    defaultProbability: stage?.DefaultProbability ?? null,
    forecastCategoryName: stage?.ForecastCategoryName ?? null,
    won: stage?.IsWon === true,
  };
}

function tagOf(body: unknown): string {
  return createHash('md5').update(JSON.stringify(body)).digest('hex');
}
