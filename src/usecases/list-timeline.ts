import type { HubSpotObject } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { TimelineEntry } from '../ports/ledger-history.ts';

export type TimelineQuery = {
  /** From 1. */
  limit: number;
  /** The `nextCursor` of the list before. */
  cursor?: string;
};

export type TimelinePage = { items: readonly TimelineEntry[]; nextCursor: string | null };

/**
 * One page of what happened to a record, the newest first.
 * @param object what the id is of
 * @throws SyncError permanent `bad_cursor`; whatever the ledger answers
 */
export async function listTimeline(
  ledger: Pick<AdminLedger, 'timeline'>,
  recordId: string,
  { limit, cursor }: TimelineQuery,
  object: HubSpotObject = 'contact',
): Promise<TimelinePage> {
  const before = cursor === undefined ? undefined : parseCursor(cursor);
  const rows = await ledger.timeline(recordId, limit + 1, before, object);
  if (rows.length <= limit) return { items: rows, nextCursor: null };
  const items = wholeMoments(rows, limit);
  const last = items.at(-1);
  return { items, nextCursor: last === undefined ? null : String(Math.round(last.atMs * 1_000)) };
}

/** The next page goes on behind a moment, so what happened at one moment stays on one page; unless all of a page did. */
function wholeMoments(rows: readonly TimelineEntry[], limit: number): readonly TimelineEntry[] {
  const page = rows.slice(0, limit);
  const cutAtMs = rows[limit]?.atMs;
  const whole = page.filter(({ atMs }) => atMs !== cutAtMs);
  return whole.length === 0 ? page : whole;
}

/** Microseconds, as the database keeps them. */
function parseCursor(cursor: string): number {
  if (/^\d{1,16}$/.test(cursor)) return Number(cursor) / 1_000;
  throw new SyncError('permanent', 'bad_cursor', 'The cursor is not one that a timeline ended with.', {
    advice: 'Use the nextCursor of the list before, or none to begin anew.',
  });
}
