import { findUnknownColumn, writeRows } from './bulk-ingest.ts';
import { runBulkQuery } from './bulk-query.ts';
import type { Bulk, BulkJob, IngestJob, QueryJob } from './bulk-state.ts';
import type { Org } from './org.ts';

/** How long a job and its results are kept (Salesforce, "Bulk API and Bulk API 2.0 Limits"). */
const KEPT_MS = 7 * 24 * 60 * 60 * 1_000;

/** How much of a day's bulk work is left: an upload is cut into batches of 10,000 rows (Salesforce, "Bulk API and Bulk API 2.0 Limits"). */
export function toBulkLimits({ jobs }: Bulk): Record<string, { Max: number; Remaining: number }> {
  const all = [...jobs.values()];
  const batches = all.map((job) => (job.kind === 'ingest' ? Math.ceil(job.rows.length / 10_000) : 0));
  const used = batches.reduce((sum, each) => sum + each, 0);
  const queries = all.filter(({ kind }) => kind === 'query').length;
  return {
    DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 - used },
    DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 - queries },
  };
}

/** Closed: the server begins with it. */
export function closeJob(org: Org, job: BulkJob, rows: number): void {
  job.state = 'UploadComplete';
  job.dueAtMs = org.now() + org.bulk.delayMs + org.bulk.rowMs * rows;
}

/** What happened to jobs by now; nobody needs to ask for it. */
export function advanceJobs(org: Org): void {
  for (const job of org.bulk.jobs.values()) {
    if (org.now() - job.createdAtMs > KEPT_MS) org.bulk.jobs.delete(job.id);
    if (job.state === 'UploadComplete') job.state = 'InProgress';
    else if (job.state !== 'InProgress' || job.hasRun) continue;
    if (org.now() < job.dueAtMs) continue;
    job.hasRun = true;
    if (job.kind === 'query') finishQuery(org, job);
    else finishIngest(org, job);
  }
}

function finishQuery(org: Org, job: QueryJob): void {
  if (job.fault === 'stall') return;
  if (job.fault !== null) {
    fail(job, 'InternalServerError : the query timed out');
    return;
  }
  job.rows = runBulkQuery(org, job);
  job.processed = job.rows.length;
  job.state = 'JobComplete';
}

function finishIngest(org: Org, job: IngestJob): void {
  const error = findUnknownColumn(org, job) ?? (job.fault === 'fail' ? 'InternalServerError : unexpected' : null);
  if (error !== null) {
    fail(job, error);
    return;
  }
  writeRows(org, job, job.fault === null ? job.rows : job.rows.slice(0, Math.ceil(job.rows.length / 2)));
  if (job.fault === 'fail-partly') fail(job, 'TooManyErrors : the job was retried too often');
  if (job.fault === null) job.state = 'JobComplete';
}

function fail(job: BulkJob, message: string): void {
  job.state = 'Failed';
  job.errorMessage = message;
}
