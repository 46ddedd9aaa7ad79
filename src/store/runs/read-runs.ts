import type { RunFilterQuery, RunReport } from '../../ports/ledger-runs.ts';
import type { LedgerContext } from '../context.ts';
import { asLedger } from '../pool.ts';
import { type StoredRun, toKnownRun } from './known-run.ts';
import { isRunId } from './run-ids.ts';

const ms = (column: string) => `floor(extract(epoch from ${column})::float8 * 1000)`;

// One statement, whatever the number of runs.
const reportSql = `
select r.id, r.kind, r.object, r.state, r.phase, r.options, r.dry_run as "isDryRun", r.requested_by as "requestedBy",
       r.stopped_reason as "stoppedReason", r.mapping_version as "mappingVersion", ${ms('r.started_at')} as "startedAtMs",
       ${ms('r.ended_at')} as "endedAtMs", ${ms('r.moved_at')} as "movedAtMs", r.total::float8 as total, r.creates, r.changes,
       r.creates_limit as "createsLimit", r.changes_limit as "changesLimit", r.forecast, r.reverts,
       (select coalesce(jsonb_agg(jsonb_build_object('kind', c.kind, 'code', c.code, 'count', c.count, 'samples', c.samples)
                                  order by c.kind, c.code), '[]')
        from run_counts c where c.run_id = r.id) as counts,
       (select count(*)::int from pending p where p.run_id = r.id) as backlog,
       array(select v.id::text from runs v where v.reverts = r.id and not v.dry_run order by v.id desc) as "revertedBy"
from runs r
where r.connection_id = $1`;

/** A run as people see it; null: there is none. */
export async function readRun({ pool, connectionId }: LedgerContext, runId: string): Promise<RunReport | null> {
  if (!isRunId(runId)) return null;
  return await asLedger(async () => {
    const { rows } = await pool.query<StoredRun>(`${reportSql} and r.id = $2`, [connectionId, runId]);
    return rows[0] === undefined ? null : toKnownRun(rows[0]);
  });
}

/** The newest first. `before`: only older ones than this. */
export async function readRuns(
  { pool, connectionId }: LedgerContext,
  limit: number,
  { kind, state, before }: RunFilterQuery = {},
): Promise<readonly RunReport[]> {
  if (before !== undefined && !isRunId(before)) return [];
  const text = `${reportSql} and ($3::text is null or r.kind = $3) and ($4::text is null or r.state = $4) and ($5::bigint is null or r.id < $5)
    order by r.id desc limit $2`;
  return await asLedger(async () => {
    const values = [connectionId, limit, kind ?? null, state ?? null, before ?? null];
    return (await pool.query<StoredRun>(text, values)).rows.map(toKnownRun);
  });
}
