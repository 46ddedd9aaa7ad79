import { toLongId } from '../domain/salesforce-ids.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { BulkWriteOptions, PersonWriteRequest } from '../ports/salesforce.ts';
import { abortJob, isFinal, type JobInfo, readJob, stalledMs, toJobFault, toPollGapMs } from './bulk-job.ts';
import { readAllResults } from './bulk-results.ts';
import { toKey, type Upload } from './bulk-upload.ts';
import type { SalesforceClient } from './client.ts';
import { toTargetError } from './collections.ts';
import { writeCsv } from './csv.ts';
import { toSyncErrorOf, toUnsentError, toVendorErrors } from './errors.ts';

export type IngestScope = { client: SalesforceClient; options: BulkWriteOptions; spend: Spend };

/** What became of a row. `undone`: certainly not carried out, for no fault of its own; `isFresh`: known at once, so that it may be sent now. */
export type IngestOutcome = { write: PersonWriteRequest } & (
  | { id: string; created: boolean }
  | { error: SyncError }
  | { undone: SyncError; isFresh: boolean }
);

/** Nobody sleeps longer on a lease. */
const LONGEST_SLEEP_MS = 2_000;
const ERROR_TEXT = /^([A-Z][A-Z0-9_]*):([\s\S]*?)(?::([\w., ]*?) ?--\s*)?$/;

/** `CODE:message:fields --` as Salesforce states it in `sf__Error`. */
function toRefusal(text: string, operation: Upload['operation'], now: number): SyncError {
  const [, statusCode = text, message = '', fields = ''] = ERROR_TEXT.exec(text) ?? [];
  const names = fields.split(', ').filter((name) => name !== '');
  const stated = toVendorErrors({ statusCode, message, fields: names });
  return toSyncErrorOf(
    stated.map((error) => toTargetError(operation, error)),
    now,
  );
}

function toUndone(cause?: SyncError): SyncError {
  const message = 'Salesforce ended a bulk job before it came to this record.';
  return new SyncError('retryable', 'salesforce_bulk_undone', message, {
    advice: 'Nothing: the record is looked at again.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function toUnknown(): SyncError {
  const message = 'A bulk job of Salesforce was given up, so nobody knows whether it wrote this record.';
  return new SyncError('retryable', 'salesforce_bulk_unfinished', message, {
    advice: 'Nothing: the record is looked at again as soon as the job can no longer write it.',
    mayHaveHappened: true,
  });
}

/** Makes the job and fills it. Nothing of it begins before it is closed, so whatever goes wrong here has written nothing. */
async function fillJob({ client, options, spend }: IngestScope, upload: Upload): Promise<JobInfo> {
  const { object, operation, keyColumn, columns, rows } = upload;
  const rule = operation === 'upsert' && object === 'Lead' ? options.assignmentRule : false;
  const body = {
    object,
    operation,
    contentType: 'CSV',
    columnDelimiter: 'COMMA',
    lineEnding: 'LF',
    ...(operation === 'upsert' ? { externalIdFieldName: keyColumn } : {}),
    ...(rule === false ? {} : { assignmentRuleId: rule }),
  };
  const job = readJob(await client.send({ method: 'POST', path: '/jobs/ingest', body }, spend));
  const path = `/jobs/ingest/${job.id}`;
  try {
    await client.sendForText({ method: 'PUT', path: `${path}/batches`, csv: writeCsv(columns, rows) }, spend);
  } catch (thrown) {
    await abortJob(client, path, spend);
    throw thrown;
  }
  return job;
}

/** Sleeps in steps, so that leases are renewed and a stop is heard. */
async function wait({ client, options }: IngestScope, delayMs: number): Promise<void> {
  for (let left = delayMs; left > 0 && !options.signal.aborted; left -= LONGEST_SLEEP_MS) {
    await client.sleep(Math.min(left, LONGEST_SLEEP_MS));
    await options.keepAlive();
  }
}

/** How often a closing may be refused before the job is given up. */
const CLOSING_TRIES = 3;

/** Closes the job and waits for its end. A closing whose answer was lost is seen in the job's state, and repeated. @returns null: given up */
async function finishJob(scope: IngestScope, path: string): Promise<JobInfo | null> {
  const { client, options, spend } = scope;
  const startedAtMs = client.now();
  let seen = { records: 0, atMs: startedAtMs };
  let isOpen = true;
  let refusals = 0;
  while (!options.signal.aborted && client.now() - seen.atMs <= stalledMs && refusals < CLOSING_TRIES) {
    try {
      const job = readJob(await client.send(isOpen ? toClosing(path) : { method: 'GET', path }, spend));
      isOpen = job.state === 'Open';
      if (isFinal(job)) return job;
      if (job.numberRecordsProcessed > seen.records) seen = { records: job.numberRecordsProcessed, atMs: client.now() };
    } catch (thrown) {
      const error = toSyncError(thrown);
      // No call is free any more: nobody will see the end.
      if (error.kind === 'wait' || error.detail.pausesConnection === true) return null;
      // Perhaps an answer was lost and it is closed already: its state will tell.
      if (toJobFault(error) !== null) refusals += 1;
      isOpen = false;
    }
    await wait(scope, toPollGapMs(client.now() - startedAtMs));
  }
  return null;
}

function toClosing(path: string) {
  return { method: 'PATCH', path, body: { state: 'UploadComplete' } } as const;
}

/** The rows of a kind of result by their key; null where they cannot be read, for whatever reason. */
async function readRows({ client, spend }: IngestScope, path: string, { keyColumn }: Upload) {
  const rows = await readAllResults(client, path, spend).catch(toSyncError);
  if (rows === null || rows instanceof SyncError) return null;
  return new Map(rows.map((row) => [toKey(keyColumn, row[keyColumn] ?? ''), row]));
}

/**
 * What became of each row. Salesforce lists what it has not come to, which is certain of a job that ended by itself; of one that is aborted a
 * part may still be under way.
 * @see https://developer.salesforce.com/docs/platform/api-asynch/guide/get-job-unprocessed-results.html
 */
async function readOutcomes(scope: IngestScope, path: string, upload: Upload, job: JobInfo | null) {
  const done = await readRows(scope, `${path}/successfulResults`, upload);
  const hasRefusals = job === null || job.numberRecordsFailed > 0;
  const refused = hasRefusals ? await readRows(scope, `${path}/failedResults`, upload) : null;
  const outcomes: IngestOutcome[] = [];
  const open: [string, PersonWriteRequest][] = [];
  for (const [key, write] of upload.byKey) {
    const id = toLongId(done?.get(key)?.sf__Id ?? '');
    const error = refused?.get(key)?.sf__Error;
    if (id !== null) outcomes.push({ write, id, created: done?.get(key)?.sf__Created === 'true' });
    else if (error !== undefined) {
      outcomes.push({ write, error: toRefusal(error, upload.operation, scope.client.now()) });
    } else open.push([key, write]);
  }
  if (open.length === 0) return outcomes;
  const endedItself = job?.state === 'JobComplete' || job?.state === 'Failed';
  const left = endedItself ? await readRows(scope, `${path}/unprocessedrecords`, upload) : null;
  const rest = open.map(([key, write]): IngestOutcome => {
    return left?.has(key) ? { write, undone: toUndone(), isFresh: false } : { write, error: toUnknown() };
  });
  return [...outcomes, ...rest];
}

/**
 * Runs one upload job to its end and tells what became of each of its rows.
 * @throws SyncError what `keepAlive` throws; the job was told to stop then
 * @see https://developer.salesforce.com/docs/platform/api-asynch/guide/create-job.html
 */
export async function runIngest(scope: IngestScope, upload: Upload): Promise<IngestOutcome[]> {
  const { client, spend } = scope;
  const job = await fillJob(scope, upload).catch(toSyncError);
  if (job instanceof SyncError) {
    const isRefused = toJobFault(job) !== null;
    const error = toUnsentError(job);
    return [...upload.byKey.values()].map((write) =>
      isRefused ? { write, undone: toUndone(error), isFresh: true } : { write, error },
    );
  }
  const path = `/jobs/ingest/${job.id}`;
  let isOver = false;
  try {
    const finished = await finishJob(scope, path);
    isOver = finished !== null;
    const facts = { jobId: job.id, state: finished?.state ?? 'given up' };
    if (finished?.state !== 'JobComplete') client.warn(facts, 'a bulk job of Salesforce did not come to its end');
    if (finished === null) await abortJob(client, path, spend);
    return await readOutcomes(scope, path, upload, finished);
  } catch (thrown) {
    if (!isOver) await abortJob(client, path, spend);
    throw thrown;
  }
}
