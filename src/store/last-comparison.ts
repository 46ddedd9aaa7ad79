import { type Kysely, sql } from 'kysely';
import type { LedgerStatus } from '../ports/ledger-admin.ts';
import type { Tables } from './tables.ts';

/** The newest comparison that came to its end, with its drift by code. Throws the driver's error. */
export async function readLastComparison(
  queries: Kysely<Tables>,
  connectionId: number,
): Promise<LedgerStatus['lastComparison']> {
  const { rows } = await sql<NonNullable<LedgerStatus['lastComparison']>>`
    select r.id as "runId", floor(extract(epoch from r.ended_at)::float8 * 1000) as "endedAtMs",
           (select coalesce(jsonb_object_agg(c.code, c.count), '{}') from run_counts c where c.run_id = r.id and c.kind = 'drift') as drift
    from runs r
    where r.connection_id = ${connectionId} and r.kind = 'comparison' and r.state = 'ended' and not r.dry_run
    order by r.id desc limit 1`.execute(queries);
  return rows[0] ?? null;
}
