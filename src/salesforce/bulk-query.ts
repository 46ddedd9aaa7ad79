import { toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { RowCursor } from '../ports/salesforce.ts';
import { abortJob, isFinal, type JobInfo, readJob, stalledMs, toJobFault, toPollGapMs } from './bulk-job.ts';
import { readResultPage } from './bulk-results.ts';
import { toBulkFields, toRestRows } from './bulk-rows.ts';
import type { SalesforceClient } from './client.ts';
import type { Row } from './composite.ts';
import type { Describer } from './directory.ts';
import { toLastId, toWalkStatement, type WalkPlan } from './walk-statements.ts';

export type BulkCursor = Extract<RowCursor, { kind: 'bulk' }>;
export type Rows = { rows: readonly Row[]; next: RowCursor | null; waitMs: number };
type Scope = { client: SalesforceClient; describe: Describer; spend: Spend; progress: JobProgress };

/**
 * How many rows each unfinished job had worked off when that number last rose, epoch milliseconds. Kept by the process alone: one that takes
 * over grants a job that stands still another ten minutes.
 */
export type JobProgress = Map<string, { records: number; atMs: number }>;

/** Rows of one page of a result: they are held in memory. */
const RESULT_ROWS = 10_000;

function giveUp({ client }: Scope, facts: Readonly<Record<string, unknown>>): null {
  client.warn(facts, 'a bulk query of Salesforce came to nothing: its rows are read by REST');
  return null;
}

/**
 * Makes a job for the whole walk. ORDER BY Id lets REST go on behind the last row where the job is lost; it also keeps Salesforce from
 * cutting the query into chunks, so a walk of very many rows may time out there, and then goes by REST.
 * @returns null where Salesforce would not have it
 * @see https://developer.salesforce.com/docs/platform/api-asynch/guide/queries.html
 */
export async function startBulkQuery(scope: Scope, plan: WalkPlan): Promise<Rows | null> {
  const { client, describe, spend } = scope;
  const fields = toBulkFields(plan.fields, await describe(plan.object, spend));
  const body = {
    operation: 'query',
    query: toWalkStatement({ ...plan, fields }, null),
    contentType: 'CSV',
    columnDelimiter: 'COMMA',
    lineEnding: 'LF',
  };
  try {
    const { id } = readJob(await client.send({ method: 'POST', path: '/jobs/query', body }, spend));
    return { rows: [], next: { kind: 'bulk', jobId: id, locator: null, afterId: null }, waitMs: toPollGapMs(0) };
  } catch (thrown) {
    const fault = toJobFault(toSyncError(thrown));
    if (fault === null) throw thrown;
    return giveUp(scope, { errorCode: fault.code, vendorCode: fault.detail.vendorCode });
  }
}

/** One page of the job's result, or a wait for it. @returns null where the job came to nothing: REST goes on behind `cursor.afterId` */
export async function readBulkQuery(scope: Scope, plan: WalkPlan, cursor: BulkCursor): Promise<Rows | null> {
  try {
    const waiting = cursor.locator === null ? await waitForJob(scope, cursor) : 'done';
    if (waiting === 'done') return await readResult(scope, plan, cursor);
    return waiting;
  } catch (thrown) {
    const fault = toJobFault(toSyncError(thrown));
    if (fault === null) throw thrown;
    return giveUp(scope, { jobId: cursor.jobId, errorCode: fault.code, vendorCode: fault.detail.vendorCode });
  }
}

async function waitForJob(scope: Scope, cursor: BulkCursor): Promise<Rows | 'done' | null> {
  const { client, spend, progress } = scope;
  const { jobId } = cursor;
  const path = `/jobs/query/${jobId}`;
  const job = readJob(await client.send({ method: 'GET', path }, spend));
  const isStuck = standsStill(progress, job, client.now());
  if (!isStuck && !isFinal(job)) {
    return { rows: [], next: cursor, waitMs: toPollGapMs(client.serverNow() - Date.parse(job.createdDate)) };
  }
  progress.delete(jobId);
  if (job.state === 'JobComplete') return 'done';
  if (isStuck) await abortJob(client, path, spend);
  return giveUp(scope, { jobId, state: job.state });
}

function standsStill(progress: JobProgress, job: JobInfo, nowMs: number): boolean {
  const seen = progress.get(job.id);
  if (seen === undefined || job.numberRecordsProcessed > seen.records) {
    progress.set(job.id, { records: job.numberRecordsProcessed, atMs: nowMs });
    return false;
  }
  return !isFinal(job) && nowMs - seen.atMs > stalledMs;
}

async function readResult(scope: Scope, plan: WalkPlan, cursor: BulkCursor): Promise<Rows | null> {
  const { client, spend } = scope;
  const { jobId, locator, afterId } = cursor;
  const behind = locator === null ? '' : `&locator=${encodeURIComponent(locator)}`;
  const path = `/jobs/query/${jobId}/results?maxRecords=${RESULT_ROWS}${behind}`;
  const page = await readResultPage(client, path, spend);
  if (page === null) return giveUp(scope, { jobId, errorCode: 'salesforce_bad_answer' });
  const rows = toRestRows(page.rows, await scope.describe(plan.object, scope.spend));
  const last = toLastId(rows, afterId);
  const next = page.locator === null ? null : { ...cursor, locator: page.locator, afterId: last };
  return { rows, next, waitMs: 0 };
}
