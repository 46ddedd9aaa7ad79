import { sameId } from '../merge/same-id.ts';
import type { SalesforceRecord } from '../record.ts';
import type { RecordMatches } from './types.ts';

/**
 * What one memory says: the living records it leads to, the ids at which it ends with nothing alive, those of them that are known to have been
 * deleted, and whether a merge led on.
 */
export type RecordTrace = {
  code: string;
  text: string;
  live: readonly SalesforceRecord[];
  dead: readonly string[];
  deleted: readonly string[];
  isMerged: boolean;
};

type Told = Pick<RecordTrace, 'code' | 'text'>;

/** Follows merges to the survivors. */
export function followRecords(
  matches: RecordMatches,
  starts: readonly SalesforceRecord[],
  { code, text }: Told,
): RecordTrace {
  const live = new Map<string, SalesforceRecord>();
  const dead: string[] = [];
  const deleted: string[] = [];
  let isMerged = false;
  for (const start of starts) {
    const end = endOf(matches, start);
    if (end === null) dead.push(start.id);
    else live.set(end.id.slice(0, 15), end);
    if (end === null && start.isDeleted) deleted.push(start.id);
    isMerged ||= end !== null && !sameId(end.id, start.id);
  }
  return { code, text, live: [...live.values()], dead, deleted, isMerged };
}

/** The same for ids; one that nothing is found of ends there. */
export function followIds(matches: RecordMatches, ids: readonly string[], told: Told): RecordTrace {
  const found = ids.map((id) => ({ id, record: recordById(matches, id) }));
  const missing = found.filter(({ record }) => record === undefined).map(({ id }) => id);
  const records = found.flatMap(({ record }) => record ?? []);
  const trace = followRecords(matches, records, told);
  return { ...trace, dead: [...trace.dead, ...missing] };
}

/** The living record at the end of a chain of merges. */
function endOf(matches: RecordMatches, start: SalesforceRecord): SalesforceRecord | null {
  const seen = new Set<string>();
  let record: SalesforceRecord | undefined = start;
  while (record !== undefined && !seen.has(record.id)) {
    if (!record.isDeleted) return record;
    seen.add(record.id);
    record = record.masterRecordId === null ? undefined : recordById(matches, record.masterRecordId);
  }
  return null;
}

/** The record of this id among everything that was found. */
export function recordById({ byId, byExternalId, byDomain }: RecordMatches, id: string): SalesforceRecord | undefined {
  return [...byId, ...byExternalId, ...byDomain].find((record) => sameId(record.id, id));
}
