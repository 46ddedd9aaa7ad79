import { z } from 'zod';
import { contactIdField, type PersonObject } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { PersonWriteRequest, WriteOptions } from '../ports/salesforce.ts';
import type { Subanswer, Subrequest } from './composite.ts';
import { rowFor, toAnswerError, toLostError, toSyncErrorOf, toVendorErrors, type VendorError } from './errors.ts';
import { toLongId } from './ids.ts';

/** Records that go in one collection request: at most 200; creates are of one object, updates may mix (sorted by object). */
export type Collection = {
  operation: 'create' | 'update';
  object: PersonObject;
  writes: readonly PersonWriteRequest[];
  /** Sent as a call of its own: a text in it would be taken for a reference inside a composite call. */
  isAlone?: true;
  /** Why its records are sent again. */
  because?: SyncError;
};

export type RowOutcome =
  | { write: PersonWriteRequest; id: string; created: boolean }
  | { write: PersonWriteRequest; error: SyncError };

/** What a collection came to: outcomes of records, and collections to be sent again. */
export type CollectionOutcome = { rows: RowOutcome[]; again: Collection[] };

const maxRecords = 200;

const saveResults = z.array(
  z.object({
    id: z.string().nullish(),
    success: z.boolean(),
    created: z.boolean().optional(),
    errors: z.array(z.unknown()).optional().default([]),
  }),
);

function chunk(base: Omit<Collection, 'writes'>, writes: readonly PersonWriteRequest[]): Collection[] {
  const chunks: Collection[] = [];
  for (let start = 0; start < writes.length; start += maxRecords) {
    chunks.push({ ...base, writes: writes.slice(start, start + maxRecords) });
  }
  return chunks;
}

/** `@{part1.id}` in a body is a reference to another sub-request (resources_composite_composite_post), and no escape is documented. */
function holdsReference(write: PersonWriteRequest): boolean {
  return Object.values(write.fields).some((value) => typeof value === 'string' && value.includes('@{'));
}

/**
 * Creates per object (an upsert has one type), updates together with Leads first: at most two runs of a type. Records with a text that a
 * composite call would misread come last, apart.
 */
export function toCollections(writes: readonly PersonWriteRequest[]): Collection[] {
  return [
    ...toCollectionsOf(writes.filter((write) => !holdsReference(write))),
    ...toCollectionsOf(writes.filter(holdsReference)).map((each): Collection => ({ ...each, isAlone: true })),
  ];
}

function toCollectionsOf(writes: readonly PersonWriteRequest[]): Collection[] {
  const pick = (operation: 'create' | 'update', object: PersonObject) =>
    writes.filter((write) => write.operation === operation && write.object === object);
  return [
    ...chunk({ operation: 'create', object: 'Lead' }, pick('create', 'Lead')),
    ...chunk({ operation: 'create', object: 'Contact' }, pick('create', 'Contact')),
    ...chunk({ operation: 'update', object: 'Lead' }, [...pick('update', 'Lead'), ...pick('update', 'Contact')]),
  ];
}

/** Both headers always, because REST reassigns owners and ignores the mapping's word on duplicates unless it is told. */
export function toWriteHeaders(operation: 'create' | 'update', options: WriteOptions): Record<string, string> {
  const rule = operation === 'create' && options.assignmentRule !== false ? options.assignmentRule : 'FALSE';
  return {
    'Sforce-Auto-Assign': rule,
    'Sforce-Duplicate-Rule-Header': `allowSave=${options.allowDuplicates}; includeRecordDetails=false; runAsCurrentUser=false`,
  };
}

function toRecord(write: PersonWriteRequest): Record<string, unknown> {
  const attributes = { type: write.object };
  if (write.operation === 'update') return { attributes, id: write.id, ...write.fields };
  return { attributes, ...write.fields, [contactIdField]: write.contactId };
}

/** The sub-request of a collection: creates as upserts by our external id, updates by Salesforce id. */
export function toCollectionPart(collection: Collection, headers: Readonly<Record<string, string>>): Subrequest {
  const target = collection.operation === 'create' ? `/${collection.object}/${contactIdField}` : '';
  return {
    method: 'PATCH',
    path: `/composite/sobjects${target}`,
    headers,
    body: { allOrNone: false, records: collection.writes.map(toRecord) },
  };
}

function halve(collection: Collection, because: SyncError): Collection[] {
  const middle = Math.ceil(collection.writes.length / 2);
  const { writes } = collection;
  return [writes.slice(0, middle), writes.slice(middle)].map((half) => ({ ...collection, writes: half, because }));
}

/** Faults of one record's content that Salesforce lets fall on the whole collection. */
function isSharedFault(error: SyncError): boolean {
  if (error.detail.pausesConnection === true) return false;
  return ['permanent', 'needs-human'].includes(error.kind) || error.code === 'salesforce_automation_failed';
}

/** What becomes of a collection that was refused as a whole: sent again in halves where one record may be the cause. */
export function failOrHalve(collection: Collection, error: SyncError): CollectionOutcome {
  if (collection.writes.length > 1 && isSharedFault(error)) return { rows: [], again: halve(collection, error) };
  return failAll(collection, error);
}

function failAll(collection: Collection, error: SyncError): CollectionOutcome {
  return { rows: collection.writes.map((write) => ({ write, error })), again: [] };
}

function toRowError(write: PersonWriteRequest, raw: readonly unknown[], now: number): SyncError {
  const errors = toVendorErrors(raw).map((error) => toTargetError(write, error));
  return toSyncErrorOf(errors, now, {});
}

/** An update of a purged record is answered as a broken reference that names no field: the record itself is meant. */
function toTargetError(write: PersonWriteRequest, error: VendorError): VendorError {
  const isTarget =
    write.operation === 'update' && error.code === 'INVALID_CROSS_REFERENCE_KEY' && error.fields.length === 0;
  return isTarget ? { ...error, code: 'NOT_FOUND' } : error;
}

/**
 * Reads a collection's answer record by record. Records that failed for another's sake are named to be sent again without it; a failure
 * of the whole collection that may be one record's fault is named to be sent again in halves.
 */
export function readCollection(collection: Collection, answer: Subanswer, now: number): CollectionOutcome {
  const isGood = answer.status >= 200 && answer.status < 300;
  if (!isGood && answer.status !== 0) {
    const error = toAnswerError({ status: answer.status, headers: {}, body: answer.body }, now);
    return failOrHalve(collection, error);
  }
  const results = saveResults.safeParse(answer.body);
  if (!results.success || results.data.length !== collection.writes.length) {
    return failAll(collection, toLostError(new TypeError('the collection was not answered record by record')));
  }
  return sortOut(collection, results.data, now);
}

function sortOut(collection: Collection, results: z.infer<typeof saveResults>, now: number): CollectionOutcome {
  const rows = collection.writes.map((write, index): RowOutcome => {
    const result = results[index];
    const id = toLongId(result?.id ?? '');
    if (result?.success === true && id !== null) return { write, id, created: result.created === true };
    return { write, error: toRowError(write, result?.errors ?? [], now) };
  });
  const failures = rows.flatMap((row) => ('error' in row ? [row] : []));
  const first = failures[0];
  const brokeTogether = failures.length === rows.length && failures.every(({ error }) => isAutomation(error));
  if (first !== undefined && rows.length > 1 && brokeTogether) {
    return { rows: [], again: halve(collection, first.error) };
  }
  const innocent = failures.filter(({ error }) => error.code === rowFor('PROCESSING_HALTED').code);
  const because = failures.find((row) => !innocent.includes(row))?.error;
  if (innocent.length === 0 || because === undefined) return { rows, again: [] };
  const again = [{ ...collection, writes: innocent.map(({ write }) => write), because }];
  return { rows: rows.filter((row) => !innocent.some((other) => other.write === row.write)), again };
}

function isAutomation(error: SyncError): boolean {
  return error.code === 'salesforce_automation_failed';
}

/** For records that were held up by others so often that this call ends without having written them. */
export function toHeldUpError(because: SyncError | undefined): SyncError {
  return new SyncError(
    'retryable',
    'salesforce_rolled_back',
    'Salesforce did not write this record because others in the same call failed.',
    {
      advice: because?.detail.advice ?? 'Nothing: it is tried again by itself.',
      ...(because?.detail.vendorCode === undefined ? {} : { vendorCode: because.detail.vendorCode }),
    },
  );
}
