import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { SyncError } from '../../errors.ts';
import type { ClaimedRun, RunLedger, RunPage } from '../../ports/ledger-runs.ts';
import { type LedgerContext, toJson } from '../context.ts';
import { markWith } from '../ledger-pending.ts';
import { asLedger, inTransaction } from '../pool.ts';
import { insertRevertPairs } from '../revert-pairs.ts';
import { storeSeen } from '../run-seen.ts';
import { withoutExpression } from './forget-filter.ts';
import { isKnownSql, readOptions } from './known-run.ts';
import { addCounts } from './run-counts.ts';
import { isRunId } from './run-ids.ts';

/** A backlog is counted no further than that: whoever lists asks whether it is long. */
const mostCounted = 50_000;

// A run that drains has nothing to do before its last record is worked off.
const claimable = (isOff: string) => `
r.connection_id = $1 and r.kind <> 'live' and r.state = 'running' and not r.ids_open and ${isKnownSql('r')}
  and (r.leased_until is null or r.leased_until < clock_timestamp())
  and (r.phase = 'listing' or not exists (select from pending p where p.run_id = r.id${isOff}))`;

const claimSql = `
with next as (
  select r.id from runs r
  where ${claimable('')} and ($4::bigint is null or r.id = $4)
  order by r.claimed_at nulls first, r.id limit 1
  for update of r skip locked
)
update runs r set lease_token = $2, leased_until = clock_timestamp() + make_interval(secs => $3), claimed_at = clock_timestamp()
from next where r.id = next.id
returning r.id, r.kind, r.object, r.options, r.dry_run as "isDryRun", r.phase, r.mapping_version as "mappingVersion",
          floor(extract(epoch from r.started_at)::float8 * 1000) as "startedAtMs", r.total::float8 as total, r.cursor, r.lease_token as token,
          (select count(*)::int from (select from pending p where p.run_id = r.id limit ${mostCounted}) as p) as backlog`;

// Whoever told the ids has gone in the middle: nobody lists a part of what was asked for.
const incompleteSql = `
update runs r set state = 'failed', stopped_reason = 'ids_incomplete', ended_at = clock_timestamp(), options = ${withoutExpression}
where connection_id = $1 and kind <> 'live' and state = 'running' and ids_open and ${isKnownSql('r')} and moved_at < clock_timestamp() - interval '10 minutes'`;

// They wait for the day the mapping has them on; what a paused run holds stays its own.
const leaveSql = `
with own as materialized (
  select p.connection_id, p.system, p.object, p.record_id from pending p
  where p.run_id in (select id from runs where connection_id = $1 and kind <> 'live' and state = 'running'
                       and ($3::int is null or mapping_version = $3))
    and p.object = any($2::text[]) and p.due_at < 'infinity'
  order by p.connection_id, p.system, p.object, p.record_id
  for update skip locked
)
update pending p set run_id = null from own o
where (p.connection_id, p.system, p.object, p.record_id) = (o.connection_id, o.system, o.object, o.record_id)`;

/** Leases a run; see the port. */
export async function claimRun(
  { pool, connectionId }: LedgerContext,
  leaseMs: number,
  { runId, off = [], mappingVersion }: Parameters<RunLedger['claimRun']>[1] = {},
): Promise<ClaimedRun | null> {
  if (runId !== undefined && !isRunId(runId)) return null;
  return await asLedger(async () => {
    await pool.query({ name: 'incomplete-runs', text: incompleteSql, values: [connectionId] });
    if (off.length > 0)
      await pool.query({ name: 'leave-runs', text: leaveSql, values: [connectionId, off, mappingVersion ?? null] });
    const values = [connectionId, randomUUID(), leaseMs / 1_000, runId ?? null];
    for (;;) {
      const [run] = (await pool.query<ClaimedRun>({ name: 'claim-run', text: claimSql, values })).rows;
      if (run === undefined) return null;
      const { options, unknown } = readOptions(run.options);
      // A known option with a value that is none of ours: the lease keeps everybody of this version from it for a while.
      if (unknown.length === 0) return { ...run, options };
    }
  });
}

/** How many runs could be claimed now; see the port. */
export async function countRunsDue(
  { pool, connectionId }: LedgerContext,
  off: readonly string[] = [],
): Promise<number> {
  const text = `select count(*)::int as due from runs r where ${claimable(' and p.object <> all($2::text[])')}`;
  return await asLedger(async () => {
    const { rows } = await pool.query<{ due: number }>({ name: 'runs-due', text, values: [connectionId, off] });
    return rows[0]?.due ?? 0;
  });
}

const pageSql = `
update runs set
  cursor = $3::jsonb, phase = case when $4 then 'draining' else phase end, total = coalesce($5, total),
  forecast = coalesce($7::jsonb, forecast), moved_at = clock_timestamp(),
  leased_until = clock_timestamp() + make_interval(secs => $6)
where id = $1 and lease_token = $2 and state = 'running'`;

/**
 * Stores a page with its marks and counts in one transaction; see the port. Records are locked before the run, as everybody does who works
 * them off.
 */
export async function commitPage(
  context: LedgerContext,
  run: Pick<ClaimedRun, 'id' | 'token'>,
  page: RunPage,
  leaseMs: number,
): Promise<boolean> {
  try {
    await asLedger(() =>
      inTransaction(context.pool, (client) => storePage(client, context, { ...run, page, leaseMs })),
    );
    return true;
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.code === lost) return false;
    throw thrown;
  }
}

const lost = 'run_lease_lost';

type Work = Pick<ClaimedRun, 'id' | 'token'> & { page: RunPage; leaseMs: number };

async function storePage(client: pg.PoolClient, context: LedgerContext, { id, token, page, leaseMs }: Work) {
  const { cursor, isLast, total = null, forecast } = page;
  const marks = page.marks.map((mark) => ({ ...mark, runId: mark.runId ?? id }));
  await markWith(client, context, marks);
  const values = [
    id,
    token,
    toJson(cursor),
    isLast,
    total,
    leaseMs / 1_000,
    forecast === undefined ? null : toJson(forecast),
  ];
  const { rowCount } = await client.query({ name: 'commit-page', text: pageSql, values });
  // Undoes the marks, too.
  if (rowCount !== 1) throw new SyncError('retryable', lost, 'The run went to another worker, or does not go on.');
  const counts = page.counts.map((count) => ({ ...count, runId: id }));
  await addCounts(client, counts);
  if (page.seen !== undefined) await storeSeen(client, id, page.seen);
  if (page.revertPairs !== undefined) await insertRevertPairs(client, id, page.revertPairs);
}
