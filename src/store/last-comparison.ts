import { type Kysely, sql } from 'kysely';
import type { LedgerStatus } from '../ports/ledger-admin.ts';
import { comparisonSource } from './catch-up.ts';
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

/**
 * Since when no comparison has come to its end although each night wants one, and which one stands in the way; null: for less than two days.
 * Throws the driver's error.
 */
export async function readOverdueComparison(
  queries: Kysely<Tables>,
  connectionId: number,
): Promise<LedgerStatus['comparisonOverdue']> {
  const { rows } = await sql<NonNullable<LedgerStatus['comparisonOverdue']>>`
    with of as (select * from runs where connection_id = ${connectionId} and kind = 'comparison' and not dry_run),
    since as (select coalesce((select max(ended_at) from of where state = 'ended'), (select min(started_at) from of)) as at)
    select floor(extract(epoch from s.at)::float8 * 1000) as "sinceMs",
           (select min(id)::text from of where state in ('running', 'paused', 'stopped')) as "runId"
    from since s
    where s.at < clock_timestamp() - interval '2 days' and exists (
      select from watermarks
      where connection_id = ${connectionId} and source = ${comparisonSource} and at > clock_timestamp() - interval '2 days')`.execute(
    queries,
  );
  return rows[0] ?? null;
}
