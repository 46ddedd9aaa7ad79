import type { SandboxAnswer } from '../server.ts';
import type { ApiCall } from './call.ts';
import { RequestFault } from './fault.ts';
import type { Org } from './org.ts';
import { DELETE_LOG } from './store.ts';
import { parseSfDateTime, toComparable, toSfDateTime } from './time.ts';
import type { FieldValue } from './types.ts';

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
  const knownMs = org.now() - (kind === 'updated' ? UPDATED_DAYS : DELETED_DAYS) * DAY_MS;
  const oldestMs = kind === 'updated' ? knownMs : Math.max(knownMs, org.deletesPurgedUntilMs);
  if (spanMs < MINUTE_MS) throw badRange('startDate must be more than one minute before endDate');
  if (Date.parse(toIso(start)) < oldestMs) throw badRange('startDate before org replication enabled date');
  const isInside = (stamp: FieldValue | undefined) => {
    const at = typeof stamp === 'string' ? toComparable(stamp) : '';
    return at >= toComparable(start) && at < toComparable(end);
  };
  const latestDateCovered = toCovered(org, end);
  if (kind === 'updated') {
    const rows = [...org.store.all(type)].filter((row) => row.IsDeleted !== true && isInside(row.SystemModstamp));
    return { status: 200, body: { ids: rows.map(({ Id }) => Id), latestDateCovered } };
  }
  const log = [...org.store.all(DELETE_LOG)].filter((row) => row.Type === type && isInside(row.DeletedDate));
  const deletedRecords = log.map(({ Id, DeletedDate }) => ({ id: Id, deletedDate: DeletedDate }));
  return { status: 200, body: { deletedRecords, earliestDateAvailable: toSfDateTime(oldestMs), latestDateCovered } };
}

/** The end asked for, but never later than now or the start of the oldest open transaction (SOAP API guide, GetUpdatedResult). */
function toCovered(org: Org, end: string): string {
  const starts = [...org.openTransactions].map(({ startedAtMs }) => startedAtMs);
  const certain = toSfDateTime(Math.min(org.now(), ...starts));
  return certain < end ? certain : end;
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
