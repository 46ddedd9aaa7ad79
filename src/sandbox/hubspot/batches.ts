import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { type ObjectAnswer, select, toObjectAnswer } from './answers.ts';
import { requireNewLinks } from './association-checks.ts';
import {
  batchCreateInput,
  batchIdsInput,
  batchKeyedInput,
  batchReadInput,
  type KeyedInput,
  parseBody,
} from './inputs.ts';
import { link } from './links.ts';
import { type ObjectType, type SandboxRecord, SINGULAR, TYPE_IDS } from './model.ts';
import { findRecord } from './objects.ts';
import type { Portal } from './portal.ts';
import { badRequest, contactExists, invalidValues, Refusal, toValueMessage, type ValueFault } from './refusal.ts';
import { checkValues } from './values.ts';
import {
  archiveRecord,
  createRecord,
  findConflict,
  findMissing,
  findStateFaults,
  toAppAuthor,
  updateRecord,
} from './writes.ts';

/** Most inputs of a batch, and of a batch read with history (using-object-apis page). */
const MAX_INPUTS = 100;
const MAX_INPUTS_WITH_HISTORY = 50;

/** One entry of `errors` in a 207: the members of the SDK's `StandardError`. */
type BatchError = {
  status: 'error';
  category: string;
  message: string;
  context: Record<string, string[]>;
  links: Record<string, string>;
  errors: { message: string; code?: string; context?: Record<string, string[]> }[];
};

/** Two inputs of one batch claim the same unique value: there is no id to name. */
function takenTwice(property: string): Refusal {
  return new Refusal(409, { message: `Two inputs have the same ${property}`, category: 'CONFLICT' });
}

function requireSize(count: number, max: number, what = 'a batch request'): void {
  if (count > max) throw badRequest(`The maximum number of inputs supported in ${what} is ${max}`);
}

function toBatchAnswer(portal: Portal, status: number, results: ObjectAnswer[], errors: BatchError[]): SandboxAnswer {
  const at = new Date(portal.now()).toISOString();
  const body = { status: 'COMPLETE', results, startedAt: at, completedAt: at };
  if (errors.length === 0) return { status, body };
  // `numErrors` counts groups of errors, not records.
  return { status: 207, body: { ...body, numErrors: errors.length, errors } };
}

function missing(type: ObjectType, ids: readonly string[], traceId?: string): BatchError {
  const message = `Could not get some ${SINGULAR[type].toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`;
  const context = { ids: [...ids], ...(traceId === undefined ? {} : { objectWriteTraceId: [traceId] }) };
  return { status: 'error', category: 'OBJECT_NOT_FOUND', message, context, links: {}, errors: [] };
}

function invalid(portal: Portal, faults: readonly ValueFault[], traceId: string): BatchError {
  return {
    status: 'error',
    category: 'VALIDATION_ERROR',
    message: toValueMessage(faults, portal.settings.portalId),
    context: { objectWriteTraceId: [traceId] },
    links: {},
    errors: faults.map(({ name, code, message }) => ({ message, code, context: { propertyName: [name] } })),
  };
}

/** `POST …/batch/read`: found records in no promised order, each once; the rest in one error of a 207 (contacts guide). */
export function batchRead(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const input = parseBody(request, batchReadInput);
  const hasHistory = input.propertiesWithHistory.length > 0;
  requireSize(input.inputs.length, MAX_INPUTS);
  if (hasHistory) requireSize(input.inputs.length, MAX_INPUTS_WITH_HISTORY, 'a batch request for property histories');
  const selection = select(portal, type, input.properties, input.propertiesWithHistory);
  const found = new Set<SandboxRecord>();
  const gone: string[] = [];
  for (const { id } of input.inputs) {
    if (portal.settings.mergedInBatchRead === 'omitted' && portal.stores[type].isMergedAway(id)) continue;
    const record = findRecord(portal, type, id, input.idProperty);
    if (record === undefined) gone.push(id);
    else found.add(record);
  }
  // Reversed, so that nobody pairs answers with inputs by position.
  const results = [...found].reverse().map((record) => toObjectAnswer(record, selection));
  return toBatchAnswer(portal, 200, results, gone.length === 0 ? [] : [missing(type, gone)]);
}

/** A write of one input that passed the checks of its values. `record` is absent for a create. */
type Write = {
  record?: SandboxRecord;
  values: Record<string, string>;
  traceId: string | undefined;
  links?: ReturnType<typeof requireNewLinks>;
};
type Tally = { writes: Write[]; errors: BatchError[] };

/**
 * Without trace ids one bad value fails the whole batch with 400; with one in every input the bad ones come back in a 207
 * (error-handling page, "multi-status errors").
 */
function refuseValues(portal: Portal, tally: Tally, faults: readonly ValueFault[], traceId: string | undefined): void {
  if (traceId === undefined) throw invalidValues(faults, portal.settings.portalId);
  tally.errors.push(invalid(portal, faults, traceId));
}

function addWrite(
  portal: Portal,
  type: ObjectType,
  tally: Tally,
  write: Omit<Write, 'values'>,
  properties: Record<string, string>,
): void {
  const { values, faults } = checkValues(portal, type, properties);
  const all = [...faults, ...findStateFaults(portal, type, values, write.record)];
  if (all.length > 0) refuseValues(portal, tally, all, write.traceId);
  else tally.writes.push({ ...write, values });
}

/** An email or unique value that is taken, by a stored record or earlier in the batch, answers 409 for all inputs, trace ids or not. */
function refuseConflicts(portal: Portal, type: ObjectType, writes: readonly Write[]): void {
  const seen = new Map<string, Write>();
  for (const write of writes) {
    const conflict = findConflict(portal, type, write.values, write.record);
    if (conflict !== undefined) throw conflict;
    for (const property of portal.properties.unique(type)) {
      const value = write.values[property]?.toLowerCase();
      if (value === undefined || value === '') continue;
      const earlier = seen.get(`${property} ${value}`);
      if (earlier !== undefined && (earlier.record === undefined || earlier.record !== write.record)) {
        throw earlier.record === undefined ? takenTwice(property) : contactExists(earlier.record.id);
      }
      seen.set(`${property} ${value}`, write);
    }
  }
}

function carryOut(portal: Portal, type: ObjectType, writes: readonly Write[], showNew: boolean): ObjectAnswer[] {
  const author = toAppAuthor(portal);
  // Two inputs for one record have no promised order: the later one is carried out first.
  return writes.toReversed().map((write) => {
    const isNew = write.record === undefined;
    const record = write.record ?? createRecord(portal, type, write.values, author);
    if (write.record !== undefined) updateRecord(portal, write.record, write.values, author);
    for (const { to, types } of write.links ?? []) link(portal, record, to, types, { teller: author });
    const answer = toObjectAnswer(record, select(portal, type, Object.keys(write.values)));
    if (write.traceId !== undefined) answer.objectWriteTraceId = write.traceId;
    if (!showNew) return answer;
    // An upsert answers only properties that have a value.
    const filled = Object.entries(answer.properties).filter(([, value]) => value !== null);
    return { ...answer, properties: Object.fromEntries(filled), new: isNew };
  });
}

/** `POST …/batch/create`: 201. */
export function batchCreate(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const { inputs } = parseBody(request, batchCreateInput);
  requireSize(inputs.length, MAX_INPUTS);
  const tally: Tally = { writes: [], errors: [] };
  for (const { properties, associations, objectWriteTraceId } of inputs) {
    const lacking = findMissing(type, properties);
    if (lacking !== undefined) throw lacking;
    const links = requireNewLinks(portal, type, associations);
    addWrite(portal, type, tally, { traceId: objectWriteTraceId, links }, properties);
  }
  refuseConflicts(portal, type, tally.writes);
  return toBatchAnswer(portal, 201, carryOut(portal, type, tally.writes, false), tally.errors);
}

function requireRecordIds(type: ObjectType, inputs: readonly KeyedInput[]): void {
  const isByEmail = inputs.some((input) => input.idProperty === 'email');
  if (isByEmail) throw badRequest(`Unable to perform update/upsert by non-unique ${TYPE_IDS[type]} property`);
}

/**
 * `POST …/batch/update`: an id that was merged away is left out without an error, one that never was or is in the recycle bin comes
 * back as OBJECT_NOT_FOUND in a 207 (using-object-apis page). Updates by email do not work.
 */
export function batchUpdate(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const { inputs } = parseBody(request, batchKeyedInput);
  requireSize(inputs.length, MAX_INPUTS);
  requireRecordIds(type, inputs);
  const tally: Tally = { writes: [], errors: [] };
  const untraced: string[] = [];
  for (const { id, idProperty, properties, objectWriteTraceId: traceId } of inputs) {
    if (idProperty === undefined && portal.stores[type].isMergedAway(id)) continue;
    const record = findRecord(portal, type, id, idProperty);
    if (record !== undefined) addWrite(portal, type, tally, { record, traceId }, properties);
    else if (traceId === undefined) untraced.push(id);
    else tally.errors.push(missing(type, [id], traceId));
  }
  if (untraced.length > 0) tally.errors.push(missing(type, untraced));
  refuseConflicts(portal, type, tally.writes);
  return toBatchAnswer(portal, 200, carryOut(portal, type, tally.writes, false), tally.errors);
}

/** `POST …/batch/upsert`: by a unique property creates what is not there; `new` tells which. Without `idProperty` it updates. */
export function batchUpsert(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const { inputs } = parseBody(request, batchKeyedInput);
  requireSize(inputs.length, MAX_INPUTS);
  const keys = new Set(inputs.map(({ id, idProperty }) => `${idProperty ?? ''} ${id.toLowerCase()}`));
  if (keys.size < inputs.length) throw badRequest('Duplicate IDs found in batch input');
  const tally: Tally = { writes: [], errors: [] };
  for (const { id, idProperty, properties, objectWriteTraceId: traceId } of inputs) {
    const record = findRecord(portal, type, id, idProperty);
    if (record === undefined && idProperty === undefined) tally.errors.push(missing(type, [id], traceId));
    else if (record !== undefined) addWrite(portal, type, tally, { record, traceId }, properties);
    else
      addWrite(
        portal,
        type,
        tally,
        { traceId },
        { ...(idProperty === undefined ? {} : { [idProperty]: id }), ...properties },
      );
  }
  refuseConflicts(portal, type, tally.writes);
  return toBatchAnswer(portal, 200, carryOut(portal, type, tally.writes, true), tally.errors);
}

/** `POST …/batch/archive`: 204, unknown ids included. */
export function batchArchive(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const { inputs } = parseBody(request, batchIdsInput);
  requireSize(inputs.length, MAX_INPUTS);
  for (const { id } of inputs) {
    const record = findRecord(portal, type, id);
    if (record !== undefined) archiveRecord(portal, record, toAppAuthor(portal));
  }
  return { status: 204 };
}
