import type { ActivityKind, ActivityLine, ActivityPosition } from '../../ports/ledger-activity.ts';
import type { Queryable } from '../pool.ts';
import { positionWithin, timeOf } from './positions.ts';

/** Writes a condition down; `add` keeps a value and names it, such as `$1`. */
export type Condition = (add: (value: unknown) => string) => string;

/** One of the tables that the log is made of, as far as a filter lets it through. */
export type Source<Row> = {
  kind: ActivityKind;
  /** With an `at` and an `id`. */
  table: string;
  columns: string;
  /** Conditions that an index answers in the order of time. */
  base: readonly Condition[];
  /** Conditions that are asked of each row. */
  rest: readonly Condition[];
  /** The base is few rows by nature: all of them may be read. */
  isSmall: boolean;
  toLine(row: Row): StoredLine;
};

/** `pairId`: of a write, whose record is looked up once the page is known. */
export type StoredLine = ActivityLine & { pairId?: string };

/** `stoppedAt`: there may be more behind it, and nobody has looked. Null: all is found, or as many as were asked for. */
export type Scanned = { lines: StoredLine[]; stoppedAt: ActivityPosition | null };

/** How many rows one request looks at per source at most, in growing steps: the first are for what is frequent. */
export const scanWindows: readonly number[] = [2_000, 8_000, 30_000, 60_000];

export const timeColumns = `(extract(epoch from at) * 1000000)::bigint::text as micros, id::text`;

type Place = { micros: string; id: string };

/**
 * Up to `limit` lines behind a place, the newest first. Where rows have to be asked one by one it walks the index in windows and stops after
 * the last of them: how rare something is does not decide how long a request takes.
 */
export async function scan<Row extends Place>(
  db: Queryable,
  source: Source<Row>,
  {
    limit,
    after,
    windows = scanWindows,
  }: { limit: number; after: ActivityPosition | null; windows?: readonly number[] },
): Promise<Scanned> {
  const start = after === null ? null : positionWithin(source.kind, after);
  if (source.isSmall || source.rest.length === 0) {
    return { lines: await readWindow(db, source, { limit, from: start, to: null }), stoppedAt: null };
  }
  const lines: StoredLine[] = [];
  let from: Place | null = start;
  for (const size of windows) {
    const to = await findBoundary(db, source, from, size);
    lines.push(...(await readWindow(db, source, { limit: limit - lines.length, from, to })));
    if (lines.length >= limit || to === null) return { lines, stoppedAt: null };
    from = to;
  }
  return { lines, stoppedAt: from && { micros: from.micros, id: from.id, kind: source.kind } };
}

/** The last place of a window of so many rows; null: there are fewer. */
async function findBoundary<Row>(
  db: Queryable,
  source: Source<Row>,
  from: Place | null,
  size: number,
): Promise<Place | null> {
  const { text, values } = writeConditions(source.base, { from, to: null });
  const sql = `select ${timeColumns} from ${source.table} where ${text} order by at desc, id desc offset ${size - 1} limit 1`;
  return (await db.query<Place>(sql, values)).rows[0] ?? null;
}

type Window = { limit: number; from: Place | null; to: Place | null };

async function readWindow<Row extends Place>(
  db: Queryable,
  source: Source<Row>,
  { limit, from, to }: Window,
): Promise<StoredLine[]> {
  const { text, values } = writeConditions([...source.base, ...source.rest], { from, to });
  const sql = `select ${timeColumns}, ${source.columns} from ${source.table} where ${text} order by at desc, id desc limit ${limit}`;
  return (await db.query<Row>(sql, values)).rows.map(source.toLine);
}

/** Behind `from`, up to and with `to`. The time alone is said too: by it months of the table are left out. */
function writeConditions(
  own: readonly Condition[],
  { from, to }: Pick<Window, 'from' | 'to'>,
): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const add = (value: unknown) => `$${values.push(value)}`;
  const parts = own.map((condition) => condition(add));
  if (from !== null) {
    const at = `${add(timeOf(from.micros))}::timestamptz`;
    parts.push(`at <= ${at} and (at, id) < (${at}, ${add(from.id)}::bigint)`);
  }
  if (to !== null) {
    const at = `${add(timeOf(to.micros))}::timestamptz`;
    parts.push(`at >= ${at} and (at, id) >= (${at}, ${add(to.id)}::bigint)`);
  }
  return { text: parts.join(' and '), values };
}
