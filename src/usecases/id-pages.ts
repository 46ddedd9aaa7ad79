import { SyncError } from '../errors.ts';

export type IdQuery = {
  /** From 1. */
  limit: number;
  /** The `nextCursor` of the list before. */
  cursor?: string;
};

export type IdPage<Row> = { items: readonly Row[]; nextCursor: string | null };

/**
 * One page of a list that goes by the ledger's own ids: its cursor is the id of its last row.
 * @param read the rows behind an id, one more than a page may hold
 * @throws SyncError permanent `bad_cursor`; whatever the ledger answers
 */
export async function readIdPage<Row>(
  { limit, cursor }: IdQuery,
  read: (limit: number, afterId: string | undefined) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
): Promise<IdPage<Row>> {
  if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) throw badCursor();
  const rows = await read(limit + 1, cursor);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? idOf(last) : null };
}

function badCursor(): SyncError {
  return new SyncError('permanent', 'bad_cursor', 'The cursor is not one that a list of this kind ended with.', {
    advice: 'Use the nextCursor of the list before, or none to begin anew.',
  });
}
