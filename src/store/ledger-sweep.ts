import { sql } from 'kysely';
import type { SweepLedger, Watermark } from '../ports/ledger-sweep.ts';
import { type LedgerContext, toJson } from './context.ts';
import { findEchoes } from './echoes.ts';
import { findKnownPersons } from './known-persons.ts';
import { markWith } from './ledger-pending.ts';
import { asLedger, inTransaction } from './pool.ts';
import { createQueries } from './tables.ts';

// Compare-and-set: null means "nobody has ever read this source". Never backward, never beyond our clock: a skewed clock elsewhere would
// otherwise hide what happens until then.
const advanceSql = `
insert into watermarks as w (connection_id, source, at, cursor)
select $1, $2, least(to_timestamp($3::float8 / 1000), clock_timestamp()), $4
where $5::float8 is not null or not exists (select from watermarks where connection_id = $1 and source = $2)
on conflict (connection_id, source) do update set at = excluded.at, cursor = excluded.cursor, updated_at = clock_timestamp()
where $5::float8 is not null and floor(extract(epoch from w.at) * 1000) = floor($5::float8) and w.cursor is not distinct from $6
  and excluded.at >= w.at`;

const restartSql = `
update watermarks set at = to_timestamp($3::float8 / 1000), cursor = null, updated_at = clock_timestamp()
where connection_id = $1 and source = $2 and floor(extract(epoch from at) * 1000) = floor($4::float8)
  and cursor is not distinct from $5 and at > to_timestamp($3::float8 / 1000)`;

// Both sides in whole milliseconds: that is what the vendor tells.
const ownWritesSql = `
select q.id from jsonb_to_recordset($2::jsonb) as q(id text, modified float8)
join links l on l.connection_id = $1 and l.system = 'hubspot' and l.object = $3 and l.record_id = q.id
join pairs p on p.id = l.pair_id
where round(extract(epoch from p.hubspot_written_at) * 1000) = round(q.modified)`;

/** How far each change source has been read, and what of it was our own doing. */
export function createSweepLedger(context: LedgerContext): SweepLedger {
  const { pool, connectionId } = context;
  const queries = createQueries(pool);
  return {
    knownPersons: (ids) => asLedger(() => findKnownPersons(context, ids)),

    watermark: (source) =>
      asLedger(async (): Promise<Watermark | null> => {
        const row = await queries
          .selectFrom('watermarks')
          .select([
            'source',
            'cursor',
            sql<number>`floor(extract(epoch from at)::float8 * 1000)`.as('atMs'),
            sql<number>`floor(extract(epoch from updated_at)::float8 * 1000)`.as('movedAtMs'),
          ])
          .where('connection_id', '=', connectionId)
          .where('source', '=', source)
          .executeTakeFirst();
        return row ?? null;
      }),

    advance: (from, to, marks) =>
      asLedger(() =>
        inTransaction(pool, async (client) => {
          const values = [connectionId, to.source, to.atMs, to.cursor, from?.atMs ?? null, from?.cursor ?? null];
          const { rowCount } = await client.query({ name: 'advance', text: advanceSql, values });
          if (rowCount !== 1) return false;
          await markWith(client, context, marks);
          return true;
        }),
      ),

    echoes: (values) => findEchoes(context, values),

    restartWatermark: (from, atMs) =>
      asLedger(async () => {
        const values = [connectionId, from.source, atMs, from.atMs, from.cursor];
        const { rowCount } = await pool.query({ name: 'restart-watermark', text: restartSql, values });
        return rowCount === 1;
      }),

    ownWrites: (records, object = 'contact') =>
      asLedger(async () => {
        if (records.length === 0) return new Set<string>();
        const asked = toJson(records.map(({ id, modifiedAtMs }) => ({ id, modified: modifiedAtMs })));
        const { rows } = await pool.query<{ id: string }>({
          name: 'own-writes',
          text: ownWritesSql,
          values: [connectionId, asked, object],
        });
        return new Set(rows.map(({ id }) => id));
      }),
  };
}
