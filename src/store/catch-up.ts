import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { CatchUp, CatchUpLedger } from '../ports/ledger-catch-up.ts';
import type { Watermark } from '../ports/ledger-sweep.ts';
import { type LedgerContext, toJson } from './context.ts';
import { asLedger } from './pool.ts';
import { createQueries, type Tables } from './tables.ts';

/** Among the watermarks, but of no source: what the service itself has come to. */
export const ownPrefix = 'service.';
const catchUpSource = `${ownPrefix}catch_up`;
/** When the newest comparison of a night was due that somebody has taken. */
export const comparisonSource = `${ownPrefix}comparison`;

const stateSchema = z.object({
  sinceMs: z.number(),
  sources: z.array(z.string()),
  isLost: z.boolean(),
  readAtMs: z.number().nullable(),
});

// One state in place of another, as text: whoever read an older one changes nothing.
const changeSql = `
insert into watermarks as w (connection_id, source, at, cursor)
select $1, $2, clock_timestamp(), $4 where $3::text is null
on conflict (connection_id, source) do update set at = clock_timestamp(), cursor = excluded.cursor, updated_at = clock_timestamp()
where w.cursor is null`;

const replaceSql = `
update watermarks set at = clock_timestamp(), cursor = $4, updated_at = clock_timestamp()
where connection_id = $1 and source = $2 and cursor = $3`;

const takeSql = `
insert into watermarks as w (connection_id, source, at) values ($1, $2, to_timestamp($3::float8 / 1000))
on conflict (connection_id, source) do update set at = excluded.at, updated_at = clock_timestamp() where w.at < excluded.at`;

/** How far an outage has been made up for, and whose turn the daily comparison is. */
export function createCatchUpLedger({ pool, connectionId }: LedgerContext): CatchUpLedger {
  return {
    watermarks: () =>
      asLedger(async () => {
        const text = `select source, cursor, floor(extract(epoch from at)::float8 * 1000) as "atMs",
                        floor(extract(epoch from updated_at)::float8 * 1000) as "movedAtMs"
                      from watermarks where connection_id = $1 and source not like $2 order by source`;
        return (await pool.query<Watermark>({ name: 'watermarks', text, values: [connectionId, `${ownPrefix}%`] }))
          .rows;
      }),
    catchUp: () => asLedger(() => readCatchUp(createQueries(pool), connectionId)),
    changeCatchUp: (from, to) =>
      asLedger(async () => {
        const values = [connectionId, catchUpSource, toText(from), toText(to)];
        const { rowCount } = await pool.query(from === null ? changeSql : replaceSql, values);
        return rowCount === 1;
      }),
    isWorkedOff: (untilMs, off = []) =>
      asLedger(async () => {
        const text = `select from pending where connection_id = $1 and marked_at <= to_timestamp($2::float8 / 1000) and object <> all($3::text[])
                        and (due_at <= clock_timestamp() or leased_until > clock_timestamp()) limit 1`;
        return (await pool.query(text, [connectionId, untilMs, off])).rowCount === 0;
      }),
    takeComparison: (dueAtMs) =>
      asLedger(async () => (await pool.query(takeSql, [connectionId, comparisonSource, dueAtMs])).rowCount === 1),
  };
}

/** What is being made up for. Throws the driver's error. */
export async function readCatchUp(queries: Kysely<Tables>, connectionId: number): Promise<CatchUp | null> {
  const row = await queries
    .selectFrom('watermarks')
    .select('cursor')
    .where('connection_id', '=', connectionId)
    .where('source', '=', catchUpSource)
    .executeTakeFirst();
  return toState(row?.cursor ?? null);
}

function toText(state: CatchUp | null): string | null {
  return state === null ? null : toJson(state);
}

function toState(text: string | null): CatchUp | null {
  const parsed = text === null ? null : stateSchema.safeParse(JSON.parse(text));
  return parsed?.success === true ? parsed.data : null;
}
