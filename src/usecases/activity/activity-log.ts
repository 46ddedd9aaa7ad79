import { tellAction } from '../../domain/activity/tell-action.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type ActivityLedger,
  type ActivityLine,
  type ActivityPosition,
  type SyncLine,
  serviceActor,
} from '../../ports/ledger-activity.ts';
import { type ActivityQuery, lineId, readCursor, toFilter, writeCursor } from './activity-query.ts';

/** One line of the audit log as people read it. */
export type ActivityEntry = Pick<ActivityLine, 'atMs' | 'kind' | 'system' | 'object' | 'recordId' | 'runId'> &
  Pick<SyncLine, 'code' | 'text' | 'outcome' | 'pair' | 'changes'> & { id: string; actor: string };

export type ActivityLogDependencies = { ledger(): ActivityLedger; clock: Clock };

/** Where the audit log is read. */
export type ActivityLog = {
  /**
   * One page, the newest first. A page may hold fewer than `limit` entries, even none, and name a cursor all the same: so far was looked.
   * @throws SyncError permanent `bad_cursor`, needs-human `bad_filter`; whatever the ledger answers
   */
  list(
    query: ActivityQuery,
    page: { limit: number; cursor?: string },
  ): Promise<{ items: readonly ActivityEntry[]; nextCursor: string | null }>;
  /** All of it up to now, page by page. Reads the next page when it is asked for. @throws as `list`, before the first page */
  all(query: ActivityQuery): AsyncGenerator<readonly ActivityEntry[], void, undefined>;
};

/** How long an answer looks on for its first entry; a page without one helps nobody. */
const patienceMs = 2_000;

/** Entries that are read at once for an export. */
const exportPage = 1_000;

/** The audit log of people and of syncs, in words. */
export function createActivityLog({ ledger, clock }: ActivityLogDependencies): ActivityLog {
  return {
    async list(query, { limit, cursor }) {
      const filter = toFilter(query, clock.now());
      const startedMs = clock.now();
      let after = cursor === undefined ? null : readCursor(cursor);
      for (;;) {
        const { lines, next } = await ledger().activity(filter, { limit, ...(after === null ? {} : { after }) });
        const isOver = lines.length > 0 || next === null || clock.now() - startedMs >= patienceMs;
        if (isOver) return { items: lines.map(toEntry), nextCursor: next === null ? null : writeCursor(next) };
        after = next;
      }
    },

    async *all(query) {
      // What happens meanwhile would only be found before the first line.
      const filter = toFilter(query, clock.now());
      let after: ActivityPosition | null = null;
      do {
        const page = { limit: exportPage, ...(after === null ? {} : { after }) };
        const { lines, next } = await ledger().activity(filter, page);
        yield lines.map(toEntry);
        after = next;
      } while (after !== null);
    },
  };
}

function toEntry(line: ActivityLine): ActivityEntry {
  const { position, atMs, kind, system, object, recordId, runId } = line;
  const shared = { id: lineId(position), atMs, kind, system, object, recordId, runId };
  if (line.kind !== 'action') {
    const { code, text, outcome, pair, changes } = line;
    return { ...shared, actor: serviceActor, code, text, outcome, pair, changes };
  }
  const { actor, code, target, outcome } = line.action;
  const pair = toPair(target);
  return { ...shared, actor, code, text: tellAction(line.action), outcome, pair, changes: [] };
}

/** The page of the record that somebody acted on. */
function toPair(target: { kind: string; id: string } | null): ActivityEntry['pair'] {
  if (target === null) return null;
  const { kind, id } = target;
  return kind === 'contact' || kind === 'company' || kind === 'deal' ? { kind, recordId: id } : null;
}
