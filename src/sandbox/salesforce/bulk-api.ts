import { z } from 'zod';
import type { SandboxAnswer } from '../server.ts';
import { type CsvRow, readCsv, writeCsv } from './bulk-csv.ts';
import { advanceJobs, closeJob } from './bulk-jobs.ts';
import { readBulkSoql } from './bulk-query.ts';
import { type BulkJob, type IngestJob, type QueryJob, toNewJob } from './bulk-state.ts';
import { type ApiCall, methodNotAllowed, notFound, requireObject, requireType } from './call.ts';
import { RequestFault } from './fault.ts';
import { normaliseId } from './ids.ts';
import { toSfDateTime } from './time.ts';
import { requireKeyField } from './upsert.ts';

/** Largest upload, in bytes. */
const MAX_UPLOAD = 150_000_000;
/** Most rows of one result without `maxRecords`. */
const RESULT_ROWS = 50_000;
const finals = new Set(['JobComplete', 'Failed', 'Aborted']);

const queryBody = z.object({ operation: z.enum(['query', 'queryAll']), query: z.string() });
const ingestBody = z.object({
  object: z.string(),
  operation: z.enum(['insert', 'update', 'upsert', 'delete']),
  externalIdFieldName: z.string().optional(),
  assignmentRuleId: z.string().optional(),
});

function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(requireObject(body));
  if (parsed.success) return parsed.data;
  throw new RequestFault(400, 'INVALIDJOB', 'the request body is not that of a job');
}

/** `/jobs/query` and `/jobs/ingest`. Source: Bulk API 2.0 and Bulk API Developer Guide, "Bulk API 2.0 Query" and "Ingest". */
export function answerBulk(call: ApiCall): SandboxAnswer {
  advanceJobs(call.org);
  const [, name, id, part] = call.segments;
  if (name !== 'query' && name !== 'ingest') throw notFound();
  if (id === undefined || id === '') return call.method === 'POST' ? createJob(call, name) : listJobs(call, name);
  const job = call.org.bulk.jobs.get(normaliseId(id) ?? id);
  if (job === undefined || job.kind !== name) throw notFound();
  if (part === undefined) return answerJob(call, job);
  if (job.kind === 'query') return part === 'results' ? answerResults(call, job) : refuse();
  return part === 'batches' ? upload(call, job) : answerIngestResults(call, job, part);
}

function refuse(): never {
  throw notFound();
}

function createJob(call: ApiCall, name: 'query' | 'ingest'): SandboxAnswer {
  const { org, userId, version } = call;
  if (name === 'query') {
    const { operation, query: soql } = readBody(queryBody, call.body);
    const asked = readBulkSoql(org, soql);
    const base = { ...asked, ...toNewJob(org, userId, version) };
    const job: QueryJob = { ...base, kind: 'query', operation, state: 'Open', soql, rows: [] };
    org.bulk.jobs.set(job.id, job);
    closeJob(org, job, org.store.count(asked.object));
    return { status: 200, body: describe(org.now(), job) };
  }
  const { operation, externalIdFieldName = null, assignmentRuleId = null, ...asked } = readBody(ingestBody, call.body);
  const object = requireType(org, asked.object);
  if (operation === 'upsert') requireKeyField(org, object, externalIdFieldName ?? '');
  const base = { ...toNewJob(org, userId, version), object, operation, externalIdFieldName, assignmentRuleId };
  const job: IngestJob = { ...base, kind: 'ingest', state: 'Open', columns: [], rows: [], done: [], refused: [] };
  org.bulk.jobs.set(job.id, job);
  return { status: 200, body: describe(org.now(), job) };
}

function listJobs(call: ApiCall, name: 'query' | 'ingest'): SandboxAnswer {
  if (call.method !== 'GET') throw methodNotAllowed(call.method);
  const jobs = [...call.org.bulk.jobs.values()].filter(({ kind }) => kind === name);
  return { status: 200, body: { done: true, records: jobs.map((job) => describe(call.org.now(), job)) } };
}

function describe(now: number, job: BulkJob): Record<string, unknown> {
  const batches = { contentUrl: `services/data/v${job.version}/jobs/ingest/${job.id}/batches` };
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.userId,
    createdDate: toSfDateTime(job.createdAtMs),
    systemModstamp: toSfDateTime(now),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(job.version),
    lineEnding: 'LF',
    columnDelimiter: 'COMMA',
    jobType: job.kind === 'query' ? 'V2Query' : 'V2Ingest',
    ...(job.kind === 'ingest' && job.state === 'Open' ? batches : {}),
    ...(job.kind === 'ingest' && job.externalIdFieldName !== null
      ? { externalIdFieldName: job.externalIdFieldName }
      : {}),
    numberRecordsProcessed: job.processed,
    ...(job.kind === 'ingest' ? { numberRecordsFailed: job.refused.length } : {}),
    retries: 0,
    totalProcessingTime: 0,
    ...(job.errorMessage === null ? {} : { errorMessage: job.errorMessage }),
  };
}

const patchBody = z.object({ state: z.enum(['UploadComplete', 'Aborted']) });

function answerJob(call: ApiCall, job: BulkJob): SandboxAnswer {
  const { org, method } = call;
  if (method === 'DELETE') {
    if (!finals.has(job.state)) throw wrongState(job);
    org.bulk.jobs.delete(job.id);
    return { status: 204 };
  }
  if (method === 'PATCH') {
    const { state } = readBody(patchBody, call.body);
    if (state === 'Aborted' && !finals.has(job.state)) job.state = 'Aborted';
    else if (state === 'UploadComplete' && job.kind === 'ingest' && job.state === 'Open') {
      closeJob(org, job, job.rows.length);
    } else throw wrongState(job);
  } else if (method !== 'GET') throw methodNotAllowed(method);
  return { status: 200, body: describe(org.now(), job) };
}

function wrongState({ state }: BulkJob): RequestFault {
  return new RequestFault(400, 'INVALIDJOBSTATE', `the job is in state ${state}`);
}

function upload(call: ApiCall, job: IngestJob): SandboxAnswer {
  if (call.method !== 'PUT') throw methodNotAllowed(call.method);
  if (job.state !== 'Open' || job.columns.length > 0) throw wrongState(job);
  if (typeof call.body !== 'string') throw new RequestFault(415, 'UNSUPPORTED_MEDIA_TYPE', 'text/csv is needed');
  if (Buffer.byteLength(call.body) > MAX_UPLOAD)
    throw new RequestFault(400, 'EXCEEDEDQUOTA', 'the upload is too large');
  job.rows = readCsv(call.body);
  job.columns = Object.keys(job.rows[0] ?? {});
  return { status: 201 };
}

/** Cut where a fault says so: the header still tells of all rows. */
function answerCsv(
  { org }: ApiCall,
  columns: readonly string[],
  rows: readonly CsvRow[],
  locator: string | null,
): SandboxAnswer {
  const whole = writeCsv(columns, rows);
  const isCut = org.bulk.cutResults > 0;
  if (isCut) org.bulk.cutResults -= 1;
  const headers = {
    'content-type': 'text/csv',
    'sforce-numberofrecords': String(rows.length),
    'sforce-locator': locator ?? 'null',
  };
  return { status: 200, headers, raw: isCut ? whole.slice(0, Math.floor(whole.length / 2)) : whole };
}

function answerResults(call: ApiCall, job: QueryJob): SandboxAnswer {
  if (job.version !== call.version) throw new RequestFault(409, 'API_ERROR', 'use the API version of the job');
  if (job.state !== 'JobComplete') throw wrongState(job);
  const start = Number(Buffer.from(call.query.get('locator') ?? '', 'base64url').toString() || '0');
  const end = start + Math.min(RESULT_ROWS, Number(call.query.get('maxRecords') ?? RESULT_ROWS));
  const locator = end < job.rows.length ? Buffer.from(String(end)).toString('base64url') : null;
  return answerCsv(call, job.columns, job.rows.slice(start, end), locator);
}

/** Not in the order of the upload. */
function answerIngestResults(call: ApiCall, job: IngestJob, part: string): SandboxAnswer {
  if (!finals.has(job.state)) throw wrongState(job);
  const { columns } = job;
  switch (part) {
    case 'successfulResults': {
      const rows = job.done.map(({ row, id, created }) => ({ ...row, sf__Id: id, sf__Created: String(created) }));
      return answerCsv(call, ['sf__Id', 'sf__Created', ...columns], rows.reverse(), null);
    }
    case 'failedResults': {
      const rows = job.refused.map(({ row, id, error }) => ({ ...row, sf__Id: id, sf__Error: error }));
      return answerCsv(call, ['sf__Id', 'sf__Error', ...columns], rows.reverse(), null);
    }
    case 'unprocessedrecords':
      return answerCsv(call, columns, job.rows.slice(job.processed), null);
    default:
      throw notFound();
  }
}
