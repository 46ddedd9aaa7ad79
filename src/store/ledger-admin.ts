import { sql } from 'kysely';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { LedgerContext } from './context.ts';
import { readFailureGroups } from './failure-groups.ts';
import { thawFields } from './freezes.ts';
import { readFailures } from './ledger-failures.ts';
import { readHistory, readPersonDecision } from './ledger-history.ts';
import { askedAgainSql } from './ledger-pending.ts';
import { readStatus } from './ledger-status.ts';
import { asLedger, inTransaction } from './pool.ts';
import { freeRows, lockRows } from './runs/run-rows.ts';
import { readDisagreements, readErasures, readTransitions } from './stage-reports.ts';
import { createQueries } from './tables.ts';
import { readTimeline } from './timeline.ts';

/** What people ask of the ledger and tell it. */
export function createAdminLedger(context: LedgerContext): AdminLedger {
  const { pool, connectionId } = context;
  const queries = createQueries(pool);
  return {
    status: () => asLedger(() => readStatus(context)),
    failures: (limit, filter = {}) => asLedger(() => readFailures(queries, connectionId, { limit, ...filter })),
    history: (recordId, object) => asLedger(() => readHistory(context, recordId, object)),
    personDecision: (person) => asLedger(() => readPersonDecision(context, person)),
    timeline: (recordId, limit, before, object) =>
      asLedger(() => readTimeline(context, recordId, limit, before, object)),
    stageTransitions: (contactId) => asLedger(() => readTransitions(context, contactId)),
    stageDisagreements: (limit, afterPairId) => asLedger(() => readDisagreements(context, limit, afterPairId)),
    erasures: (limit, filter) => asLedger(() => readErasures(context, limit, filter)),
    thaw: (recordId, by, field, object) => thawFields(context, recordId, by, field, object),

    failureGroups: () => asLedger(() => readFailureGroups(pool, connectionId)),
    retryFailures: (code, record) =>
      asLedger(() =>
        markAll(
          context,
          `select f.system, f.object, f.record_id, 2, 'retry' from failures f
           where f.connection_id = $1 and ($2::text is null or f.code = $2)
             and ($3::text is null or (f.system = $3 and f.object = $4 and f.record_id = $5))`,
          [code ?? null, record?.system ?? null, record?.object ?? null, record?.recordId ?? null],
        ),
      ),

    markObserved: () =>
      asLedger(() =>
        markAll(
          context,
          `select d.system, d.object, d.record_id, 2, 'resync' from decisions d
           where d.connection_id = $1 and d.observed_only`,
        ),
      ),

    pause: (by, reason) =>
      asLedger(async () => {
        await queries
          .updateTable('connections')
          .set({ paused_at: sql`coalesce(paused_at, clock_timestamp())`, paused_by: by, paused_reason: reason })
          .where('id', '=', connectionId)
          .execute();
      }),

    resume: () =>
      asLedger(async () => {
        await queries
          .updateTable('connections')
          .set({ paused_at: null, paused_by: null, paused_reason: null })
          .where('id', '=', connectionId)
          .execute();
        // Our own limit may have been raised since; a vendor's pause is not ours to end.
        await queries
          .deleteFrom('waits')
          .where('connection_id', '=', connectionId)
          .where('code', '=', 'daily_budget_spent')
          .execute();
      }),

    approve: (runId, by) => asLedger(() => approve(context, runId, by)),
  };
}

/** Marks what a query names, in one statement. A person asked for it: a retry's minimum delay does not hold it back. */
async function markAll(
  { pool, connectionId }: LedgerContext,
  select: string,
  values: readonly unknown[] = [],
): Promise<number> {
  const { rowCount } = await pool.query(
    `insert into pending as p (connection_id, system, object, record_id, priority, source, due_at, counter, hints)
     select $1, q.system, q.object, q.record_id, q.priority, q.source, clock_timestamp(), nextval('pending_counter'), coalesce(f.hints, 0)
     from (${select}) as q(system, object, record_id, priority, source)
     left join failures f on f.connection_id = $1 and f.system = q.system and f.object = q.object and f.record_id = q.record_id
     order by 2, 3, 4
     on conflict (connection_id, system, object, record_id) do update set
       ${askedAgainSql}`,
    [connectionId, ...values],
  );
  return rowCount ?? 0;
}

// An approval settles the stop wherever live sync has carried it: days that began stopped since then go on under their own limits, and
// days that were stopped before are over.
const approveSql = `
with approved as (
  update runs set state = 'running', stopped_reason = null, approved_by = $3, approved_at = clock_timestamp()
  where connection_id = $1 and id = $2 and state = 'stopped'
  returning id, kind, day
), later as (
  update runs r set state = 'running', stopped_reason = null from approved a
  where r.connection_id = $1 and r.kind = 'live' and a.kind = 'live' and r.state = 'stopped' and r.day > a.day and r.creates = 0 and r.changes = 0
), before as (
  update runs r set state = 'ended', ended_at = clock_timestamp() from approved a
  where r.connection_id = $1 and r.kind = 'live' and a.kind = 'live' and r.state = 'stopped' and r.day < a.day
)
select id, kind from approved`;

async function approve({ pool, connectionId }: LedgerContext, runId: string, by: string): Promise<boolean> {
  if (!/^\d{1,18}$/.test(runId)) return false;
  return await inTransaction(pool, async (client) => {
    // Records before runs, as everybody.
    await lockRows(client, runId);
    const { rows } = await client.query<{ id: string; kind: string }>(approveSql, [connectionId, runId, by]);
    const [run] = rows;
    if (run === undefined) return false;
    await freeRows(client, run.id);
    await client.query(
      `update pending set due_at = least(due_at, clock_timestamp()), not_before = '-infinity', wait_code = null
       where (connection_id, system, object, record_id) in (
         select connection_id, system, object, record_id from pending
         where connection_id = $1 and wait_code = 'run_limit' and lease_token is null
           and run_id is not distinct from $2
         order by connection_id, system, object, record_id for update)`,
      [connectionId, run.kind === 'live' ? null : run.id],
    );
    return true;
  });
}
