import type { SandboxAnswer } from '../server.ts';
import type { ApiCall } from './call.ts';
import { RequestFault } from './fault.ts';
import { parseSfDateTime, toComparable, toSfDateTime } from './time.ts';

const DAY_MS = 86_400_000;
const UPDATED_DAYS = 30;
const DELETED_DAYS = 15;
const MINUTE_MS = 60_000;

/**
 * `/sobjects/{T}/updated` and `/deleted` between `start` and `end`. `latestDateCovered` is where the next call should start. Source: REST API
 * guide, Get Updated and Get Deleted: 30 and 15 days back, start more than a minute before end.
 */
export function answerChanges(call: ApiCall, type: string, kind: 'updated' | 'deleted'): SandboxAnswer {
  const { org } = call;
  const start = readTime(call, 'start');
  const end = readTime(call, 'end');
  const spanMs = Date.parse(toIso(end)) - Date.parse(toIso(start));
  const oldestMs = org.now() - (kind === 'updated' ? UPDATED_DAYS : DELETED_DAYS) * DAY_MS;
  if (spanMs < MINUTE_MS) throw badRange('startDate must be more than one minute before endDate');
  if (Date.parse(toIso(start)) < oldestMs) throw badRange('startDate before org replication enabled date');
  const rows = [...org.store.all(type)].filter((record) => {
    const stamp = typeof record.SystemModstamp === 'string' ? toComparable(record.SystemModstamp) : '';
    const isWanted = (record.IsDeleted === true) === (kind === 'deleted');
    return isWanted && stamp >= toComparable(start) && stamp < toComparable(end);
  });
  const latestDateCovered = end;
  if (kind === 'updated') return { status: 200, body: { ids: rows.map(({ Id }) => Id), latestDateCovered } };
  const deletedRecords = rows.map((record) => ({ id: record.Id, deletedDate: record.SystemModstamp }));
  const earliestDateAvailable = toSfDateTime(oldestMs);
  return { status: 200, body: { deletedRecords, earliestDateAvailable, latestDateCovered } };
}

function toIso(dateTime: string): string {
  return `${toComparable(dateTime)}Z`;
}

function readTime(call: ApiCall, name: string): string {
  const parsed = parseSfDateTime((call.query.get(name) ?? '').replace(' ', '+'));
  if (parsed === undefined) throw badRange(`${name} parameter is required and must be an ISO 8601 date-time`);
  return parsed;
}

function badRange(message: string): RequestFault {
  return new RequestFault(400, 'INVALID_REPLICATION_DATE', message);
}
