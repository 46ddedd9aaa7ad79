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

/** `until`: nobody needs what is older, epoch microseconds. `windows`: how many rows to look at, step by step. */
export type Wish = { limit: number; after: ActivityPosition | null; until: string | null; windows: readonly number[] };

/** `stoppedAt`: there may be more behind it, and nobody has looked. Null: all is found, or as many as were asked for. */
export type Scanned = { lines: StoredLine[]; stoppedAt: ActivityPosition | null };

/** How many rows one request looks at per source at most, in growing steps: the first are for what is frequent. */
export const scanWindows: readonly number[] = [2_000, 8_000, 30_000, 60_000];

// A column named `id` would be what the order is by, as a text.
const placeColumns = `(extract(epoch from at) * 1000000)::bigint::text as micros, id::text as "rowId"`;

/** Where a row stands in its table. */
export type Place = { micros: string; rowId: string };

/**
 * Up to `limit` lines behind a place, the newest first. Where rows have to be asked one by one it walks the index in windows and stops after
 * the last of them: how rare something is does not decide how long a request takes.
 */
export async function scan<Row extends Place>(
  db: Queryable,
  source: Source<Row>,
  { limit, after, until, windows }: Wish,
): Promise<Scanned> {
  const start = after === null ? null : toPlace(positionWithin(source.kind, after));
  if (source.isSmall || source.rest.length === 0) {
    return { lines: await readWindow(db, source, { limit, until, from: start, to: null }), stoppedAt: null };
  }
  const lines: StoredLine[] = [];
  let from: Place | null = start;
  for (const size of windows) {
    const to = await findBoundary(db, source, { limit, until, from, to: null }, size);
    lines.push(...(await readWindow(db, source, { until, limit: limit - lines.length, from, to })));
    if (lines.length >= limit || to === null) return { lines, stoppedAt: null };
    from = to;
  }
  return { lines, stoppedAt: from && { micros: from.micros, id: from.rowId, kind: source.kind } };
}

function toPlace({ micros, id }: ActivityPosition): Place {
  return { micros, rowId: id };
}

/** The last place of a window of so many rows; null: there are fewer. */
async function findBoundary<Row>(
  db: Queryable,
  source: Source<Row>,
  window: Window,
  size: number,
): Promise<Place | null> {
  const { text, values } = writeConditions(source.base, window);
  const sql = `select ${placeColumns} from ${source.table} where ${text} order by at desc, id desc offset ${size - 1} limit 1`;
  return (await db.query<Place>(sql, values)).rows[0] ?? null;
}

type Window = { limit: number; from: Place | null; to: Place | null; until: string | null };

async function readWindow<Row extends Place>(
  db: Queryable,
  source: Source<Row>,
  window: Window,
): Promise<StoredLine[]> {
  const { text, values } = writeConditions([...source.base, ...source.rest], window);
  const sql = `select ${placeColumns}, ${source.columns} from ${source.table} where ${text} order by at desc, id desc limit ${window.limit}`;
  return (await db.query<Row>(sql, values)).rows.map(source.toLine);
}

/** Behind `from`, up to and with `to`. The time alone is said too: by it months of the table are left out. */
function writeConditions(own: readonly Condition[], { from, to, until }: Window): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const add = (value: unknown) => `$${values.push(value)}`;
  const parts = own.map((condition) => condition(add));
  if (from !== null) {
    const at = `${add(timeOf(from.micros))}::timestamptz`;
    parts.push(`at <= ${at} and (at, id) < (${at}, ${add(from.rowId)}::bigint)`);
  }
  if (to !== null) {
    const at = `${add(timeOf(to.micros))}::timestamptz`;
    parts.push(`at >= ${at} and (at, id) >= (${at}, ${add(to.rowId)}::bigint)`);
  }
  if (until !== null) parts.push(`at >= ${add(timeOf(until))}::timestamptz`);
  return { text: parts.join(' and '), values };
}
