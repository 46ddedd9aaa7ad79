import type { SandboxAnswer } from '../server.ts';
import { type ApiCall, methodNotAllowed } from './call.ts';
import { RequestFault } from './fault.ts';
import { runSoql } from './soql-run.ts';
import type { QueryRun } from './types.ts';

const MAX_PAGE = 2_000;
const MIN_PAGE = 200;
const KEPT_CURSORS = 100;

/**
 * `GET /query?q=`, `/queryAll?q=` and `/query/{locator}`: pages of 2,000 (or the batchSize of `Sforce-Query-Options`, 200 to 2,000).
 * The next page of a queryAll says `/query/` too. Source: REST API guide, Query and QueryAll.
 */
export function answerQuery(call: ApiCall): SandboxAnswer {
  if (call.method !== 'GET') throw methodNotAllowed(call.method);
  const [resource, locator] = call.segments;
  if (locator !== undefined && locator !== '') return answerNextPage(call, locator);
  const soql = call.query.get('q');
  if (soql === null) throw new RequestFault(400, 'MALFORMED_QUERY', 'A query string has to be specified');
  const writeChildren = (run: QueryRun) => writePage(call, run, 0, undefined, call.org.behaviour.childPageSize);
  const scansAll = resource?.toLowerCase() === 'queryall';
  const run = runSoql(call.org, soql, { version: call.version, scansAll, writeChildren });
  if (run.isCount) return { status: 200, body: { totalSize: run.rows.length, done: true, records: [] } };
  return { status: 200, body: writePage(call, run, 0, undefined) };
}

function pageSize(call: ApiCall): number {
  const asked = /batchsize\s*=\s*(\d+)/i.exec(call.header('sforce-query-options') ?? '')?.[1];
  return asked === undefined ? MAX_PAGE : Math.min(MAX_PAGE, Math.max(MIN_PAGE, Number(asked)));
}

function writePage(
  call: ApiCall,
  run: QueryRun,
  start: number,
  known: string | undefined,
  size = pageSize(call),
): Record<string, unknown> {
  const end = start + size;
  const isDone = end >= run.rows.length;
  const page: Record<string, unknown> = { totalSize: run.rows.length, done: isDone };
  if (!isDone) page.nextRecordsUrl = `/services/data/v${call.version}/query/${known ?? keepCursor(call, run)}-${end}`;
  page.records = run.rows.slice(start, end).map(run.write);
  return page;
}

function keepCursor(call: ApiCall, run: QueryRun): string {
  const { org } = call;
  org.cursorCount += 1;
  const locator = `01g${String(org.cursorCount).padStart(12, '0')}`;
  org.cursors.set(locator, run);
  const [oldest] = org.cursors.keys();
  if (org.cursors.size > KEPT_CURSORS && oldest !== undefined) org.cursors.delete(oldest);
  return locator;
}

function answerNextPage(call: ApiCall, locator: string): SandboxAnswer {
  const [key = '', start = ''] = locator.split('-');
  const run = call.org.cursors.get(key);
  if (run === undefined || !/^\d+$/.test(start)) {
    throw new RequestFault(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  }
  return { status: 200, body: writePage(call, run, Number(start), key) };
}
