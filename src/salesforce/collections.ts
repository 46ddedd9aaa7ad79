import { z } from 'zod';
import { toLongId } from '../domain/salesforce-ids.ts';
import { SyncError } from '../errors.ts';
import type { Subanswer, Subrequest } from './composite.ts';
import { rowFor, toAnswerError, toLostError, toSyncErrorOf, toVendorErrors, type VendorError } from './errors.ts';

/** `upsert`: by an external id, which can only be a create here. `insert`: of what has no external id. */
type CollectionOperation = 'upsert' | 'insert' | 'update' | 'delete';

/** One record of a collection. `id`: of the record that is updated or deleted; null for the others. */
export type CollectionRow = { operation: CollectionOperation; object: string; id: string | null; body: object };

/** Records that go in one collection request: at most 200; upserts are of one object, updates may mix (sorted by object). */
export type Collection<R extends CollectionRow> = {
  operation: CollectionOperation;
  object: string;
  /** By which field an upsert finds its records. */
  idField?: string;
  rows: readonly R[];
  /** Sent as a call of its own: a text in it would be taken for a reference inside a composite call. */
  isAlone?: true;
  /** Why its records are sent again. */
  because?: SyncError;
};

export type RowOutcome<R> = { row: R; id: string; created: boolean } | { row: R; error: SyncError };

/** What a collection came to: outcomes of records, and collections to be sent again. */
export type CollectionOutcome<R extends CollectionRow> = { rows: RowOutcome<R>[]; again: Collection<R>[] };

const maxRecords = 200;

/** The record is in the recycle bin, or purged: what a deletion wanted. A malformed id is one that nobody has. */
const goneCodes = new Set(['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'NOT_FOUND', 'MALFORMED_ID']);

const saveResults = z.array(
  z.object({
    id: z.string().nullish(),
    success: z.boolean(),
    created: z.boolean().optional(),
    errors: z.array(z.unknown()).optional().default([]),
  }),
);

type SaveResult = z.infer<typeof saveResults>[number];

/** `@{part1.id}` in a body is a reference to another sub-request (resources_composite_composite_post), and no escape is documented. */
function holdsReference({ body }: CollectionRow): boolean {
  return Object.values(body).some((value) => typeof value === 'string' && value.includes('@{'));
}

function chunk<R extends CollectionRow>(base: Omit<Collection<R>, 'rows'>, rows: readonly R[]): Collection<R>[] {
  const chunks: Collection<R>[] = [];
  for (let start = 0; start < rows.length; start += maxRecords) {
    chunks.push({ ...base, rows: rows.slice(start, start + maxRecords) });
  }
  return chunks;
}

/** What goes in composite calls, and what holds a text that such a call would misread. */
export type Parted<R extends CollectionRow> = { together: Collection<R>[]; alone: Collection<R>[] };

/** Cuts rows of one operation into collections, in their order. */
export function toCollections<R extends CollectionRow>(
  base: Omit<Collection<R>, 'rows'>,
  rows: readonly R[],
): Parted<R> {
  return {
    together: chunk(
      base,
      rows.filter((row) => !holdsReference(row)),
    ),
    alone: chunk({ ...base, isAlone: true }, rows.filter(holdsReference)),
  };
}

/** Both headers always, because REST reassigns owners and ignores the mapping's word on duplicates unless it is told. */
export function toWriteHeaders(assignmentRule: false | string, allowDuplicates: boolean): Record<string, string> {
  return {
    'Sforce-Auto-Assign': assignmentRule === false ? 'FALSE' : assignmentRule,
    'Sforce-Duplicate-Rule-Header': `allowSave=${allowDuplicates}; includeRecordDetails=false; runAsCurrentUser=false`,
  };
}

function toBody({ operation, object, id, body }: CollectionRow): Record<string, unknown> {
  return { attributes: { type: object }, ...(operation === 'update' ? { id } : {}), ...body };
}

/** The sub-request of a collection: upserts by external id, updates and deletions by Salesforce id. */
export function toCollectionPart<R extends CollectionRow>(
  { operation, object, idField, rows }: Collection<R>,
  headers: Readonly<Record<string, string>>,
): Subrequest {
  if (operation === 'delete') {
    const ids = rows.map(({ id }) => id).join(',');
    return { method: 'DELETE', path: `/composite/sobjects?ids=${ids}&allOrNone=false`, headers };
  }
  const target = operation === 'upsert' && idField !== undefined ? `/${object}/${idField}` : '';
  const method = operation === 'insert' ? 'POST' : 'PATCH';
  const body = { allOrNone: false, records: rows.map(toBody) };
  return { method, path: `/composite/sobjects${target}`, headers, body };
}

function halve<R extends CollectionRow>(collection: Collection<R>, because: SyncError): Collection<R>[] {
  const { rows } = collection;
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)].map((half) => ({ ...collection, rows: half, because }));
}

/** Faults of one record's content that Salesforce lets fall on the whole collection. */
function isSharedFault(error: SyncError): boolean {
  if (error.detail.pausesConnection === true) return false;
  return ['permanent', 'needs-human'].includes(error.kind) || error.code === 'salesforce_automation_failed';
}

/** What becomes of a collection that was refused as a whole: sent again in halves where one record may be the cause. */
export function failOrHalve<R extends CollectionRow>(
  collection: Collection<R>,
  error: SyncError,
): CollectionOutcome<R> {
  if (collection.rows.length > 1 && isSharedFault(error)) return { rows: [], again: halve(collection, error) };
  return failAll(collection, error);
}

function failAll<R extends CollectionRow>({ rows }: Collection<R>, error: SyncError): CollectionOutcome<R> {
  return { rows: rows.map((row) => ({ row, error })), again: [] };
}

function toOutcome<R extends CollectionRow>(row: R, result: SaveResult | undefined, now: number): RowOutcome<R> {
  const id = toLongId(result?.id ?? '');
  if (result?.success === true && id !== null)
    return { row, id, created: result.created ?? row.operation === 'insert' };
  const errors = toVendorErrors(result?.errors ?? []);
  const isGone = errors.length > 0 && errors.every(({ code }) => goneCodes.has(code));
  if (row.operation === 'delete' && isGone) return { row, id: row.id ?? '', created: false };
  const stated = errors.map((error) => toTargetError(row.operation, error));
  return { row, error: toSyncErrorOf(stated, now, {}) };
}

/** An update of a purged record is answered as a broken reference that names no field: the record itself is meant. */
export function toTargetError(operation: CollectionOperation, error: VendorError): VendorError {
  const isTarget = operation === 'update' && error.code === 'INVALID_CROSS_REFERENCE_KEY' && error.fields.length === 0;
  return isTarget ? { ...error, code: 'NOT_FOUND' } : error;
}

/**
 * Reads a collection's answer record by record. Records that failed for another's sake are named to be sent again without it; a failure
 * of the whole collection that may be one record's fault is named to be sent again in halves.
 */
export function readCollection<R extends CollectionRow>(
  collection: Collection<R>,
  answer: Subanswer,
  now: number,
): CollectionOutcome<R> {
  const isGood = answer.status >= 200 && answer.status < 300;
  if (!isGood && answer.status !== 0) {
    const error = toAnswerError({ status: answer.status, headers: {}, body: answer.body }, now);
    return failOrHalve(collection, error);
  }
  const results = saveResults.safeParse(answer.body);
  if (!results.success || results.data.length !== collection.rows.length) {
    return failAll(collection, toLostError(new TypeError('the collection was not answered record by record')));
  }
  return sortOut(collection, results.data, now);
}

function sortOut<R extends CollectionRow>(
  collection: Collection<R>,
  results: readonly SaveResult[],
  now: number,
): CollectionOutcome<R> {
  const rows = collection.rows.map((row, index) => toOutcome(row, results[index], now));
  const failures = rows.flatMap((row) => ('error' in row ? [row] : []));
  const first = failures[0];
  const brokeTogether = failures.length === rows.length && failures.every(({ error }) => isAutomation(error));
  if (first !== undefined && rows.length > 1 && brokeTogether) {
    return { rows: [], again: halve(collection, first.error) };
  }
  const innocent = failures.filter(({ error }) => error.code === rowFor('PROCESSING_HALTED').code);
  const because = failures.find((row) => !innocent.includes(row))?.error;
  if (innocent.length === 0 || because === undefined) return { rows, again: [] };
  const again = [{ ...collection, rows: innocent.map(({ row }) => row), because }];
  return { rows: rows.filter((outcome) => !innocent.some((other) => other.row === outcome.row)), again };
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
