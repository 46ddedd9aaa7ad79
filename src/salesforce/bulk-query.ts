import { z } from 'zod';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { RowCursor } from '../ports/salesforce.ts';
import { toBulkFields, toRestRows } from './bulk-rows.ts';
import type { SalesforceClient } from './client.ts';
import type { Row } from './composite.ts';
import { readCsv } from './csv.ts';
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
/** A job that works nothing off for so long is given up. */
const STALLED_MS = 10 * 60_000;
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const PAGE_TRIES = 3;

const jobInfo = z.object({
  id: z.string().min(1),
  state: z.string(),
  createdDate: z.string(),
  numberRecordsProcessed: z.number().default(0),
  errorMessage: z.string().optional(),
});
type JobInfo = z.infer<typeof jobInfo>;

/**
 * Why a job cannot be had or used, where REST may still do: refused, gone, made under another API version. Null: the fault is not the
 * job's, and the same question holds again.
 */
function toJobFault(error: SyncError): SyncError | null {
  const { status = 0, pausesConnection } = error.detail;
  return status >= 400 && status < 500 && status !== 401 && status !== 429 && pausesConnection !== true ? error : null;
}

function readJob(answer: unknown): JobInfo {
  const parsed = jobInfo.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a bulk job in an unexpected form.');
}

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
    return { rows: [], next: { kind: 'bulk', jobId: id, locator: null, afterId: null }, waitMs: SHORTEST_WAIT_MS };
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
  if (!isStuck && !finalStates.has(job.state)) {
    const elapsedMs = client.serverNow() - Date.parse(job.createdDate);
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, elapsedMs || 0));
    return { rows: [], next: cursor, waitMs };
  }
  progress.delete(jobId);
  if (job.state === 'JobComplete') return 'done';
  if (isStuck) {
    const body = { state: 'Aborted' };
    // Nobody reads it any more: what becomes of the abortion does not matter.
    await client.send({ method: 'PATCH', path, body }, spend).catch((thrown: unknown) => toSyncError(thrown));
  }
  return giveUp(scope, { jobId, state: job.state });
}

const finalStates: ReadonlySet<string> = new Set(['JobComplete', 'Failed', 'Aborted']);

function standsStill(progress: JobProgress, { id, state, numberRecordsProcessed }: JobInfo, nowMs: number): boolean {
  const seen = progress.get(id);
  if (seen === undefined || numberRecordsProcessed > seen.records) {
    progress.set(id, { records: numberRecordsProcessed, atMs: nowMs });
    return false;
  }
  return !finalStates.has(state) && nowMs - seen.atMs > STALLED_MS;
}

/** The rows of one page; null where it came cut, which its header tells. */
async function readPage({ client, spend }: Scope, path: string) {
  const { text, headers } = await client.sendForText({ method: 'GET', path, headers: { accept: 'text/csv' } }, spend);
  const rows = await readCsv(text).catch(() => null);
  const stated = headers['sforce-numberofrecords'];
  if (rows === null || (stated !== undefined && Number(stated) !== rows.length)) return null;
  const locator = headers['sforce-locator'];
  return { rows, locator: locator === undefined || locator === 'null' ? null : locator };
}

async function readResult(scope: Scope, plan: WalkPlan, cursor: BulkCursor): Promise<Rows | null> {
  const { jobId, locator, afterId } = cursor;
  const behind = locator === null ? '' : `&locator=${encodeURIComponent(locator)}`;
  const path = `/jobs/query/${jobId}/results?maxRecords=${RESULT_ROWS}${behind}`;
  let page = await readPage(scope, path);
  for (let tries = 1; page === null && tries < PAGE_TRIES; tries += 1) page = await readPage(scope, path);
  if (page === null) return giveUp(scope, { jobId, errorCode: 'salesforce_bad_answer' });
  const rows = toRestRows(page.rows, await scope.describe(plan.object, scope.spend));
  const last = toLastId(rows, afterId);
  const next = page.locator === null ? null : { ...cursor, locator: page.locator, afterId: last };
  return { rows, next, waitMs: 0 };
}
