import { type Kysely, type Selectable, sql } from 'kysely';
import { describeHold } from '../domain/rebuild/describe-hold.ts';
import type { SystemName } from '../domain/record.ts';
import { runKinds, runStates } from '../domain/runs/types.ts';
import type { LedgerStatus, RunRow } from '../ports/ledger-admin.ts';
import type { RebuildHold } from '../ports/ledger-rebuild.ts';
import type { Watermark } from '../ports/ledger-sweep.ts';
import { ownPrefix, readCatchUp } from './catch-up.ts';
import type { LedgerContext } from './context.ts';
import { readLastComparison, readOverdueComparison } from './last-comparison.ts';
import { pairsOf, readTallies, sumOf, todayOf } from './overview/tallies.ts';
import { readRebuildHold } from './rebuild-hold.ts';
import { wordOf } from './runs/known-run.ts';
import { createQueries, type Tables } from './tables.ts';

type Counts = Pick<LedgerStatus, 'stageDisagreements' | 'frozenFields' | 'pending' | 'waitingForParents'>;

/** The state of the whole connection, for people and health checks. Not for a hot path: it counts what is pending. */
export async function readStatus({ pool, connectionId }: LedgerContext): Promise<LedgerStatus> {
  const queries = createQueries(pool);
  const [
    connection,
    tallies,
    waits,
    counts,
    runs,
    watermarks,
    calls,
    catchUp,
    lastComparison,
    comparisonOverdue,
    rebuild,
  ] = await Promise.all([
    queries.selectFrom('connections').selectAll().where('id', '=', connectionId).executeTakeFirst(),
    readTallies(pool, connectionId),
    readWaits(queries, connectionId),
    readCounts(queries, connectionId),
    readRuns(queries, connectionId),
    readWatermarks(queries, connectionId),
    readCalls(queries, connectionId),
    readCatchUp(queries, connectionId),
    readLastComparison(queries, connectionId),
    readOverdueComparison(queries, connectionId),
    readRebuildHold(pool, connectionId),
  ]);
  return {
    mode: modeOf(connection, rebuild),
    waits,
    ...counts,
    ...countsOf(tallies),
    runs,
    mappingVersion: connection?.mapping_version ?? null,
    watermarks,
    calls,
    catchingUp: catchUp === null ? null : { sinceMs: catchUp.sinceMs, sources: catchUp.sources },
    lastComparison,
    comparisonOverdue,
  };
}

function countsOf(tallies: Awaited<ReturnType<typeof readTallies>>) {
  const pairsByObject = pairsOf(tallies);
  const { handoffs, changes } = todayOf(tallies);
  const failures = sumOf(tallies, 'failures');
  return { pairs: pairsByObject.contact, pairsByObject, failures, handoffsToday: handoffs, changesToday: changes };
}

type Pause = Pick<Selectable<Tables['connections']>, 'paused_at' | 'paused_by' | 'paused_reason'>;

/** An admin's pause and a rebuild may hold the connection at the same time: each ends for itself. */
function modeOf(pause: Pause | undefined, rebuild: RebuildHold | null): LedgerStatus['mode'] {
  const isPaused = pause !== undefined && pause.paused_at !== null;
  const by = isPaused ? [pause.paused_by ?? 'somebody'] : [];
  const reasons = isPaused && pause.paused_reason !== null ? [pause.paused_reason] : [];
  if (rebuild !== null) {
    by.push('rebuild');
    reasons.push(describeHold(rebuild));
  }
  return {
    paused: by.length > 0,
    pausedBy: by.length === 0 ? null : by.join(' and '),
    pausedReason: reasons.length === 0 ? null : reasons.join(' · '),
    rebuild,
  };
}

async function readWaits(queries: Kysely<Tables>, connectionId: number): Promise<LedgerStatus['waits']> {
  const rows = await queries
    .selectFrom('waits')
    .select(['system', 'code', sql<number>`extract(epoch from until)::float8 * 1000`.as('untilMs')])
    .where('connection_id', '=', connectionId)
    .where('until', '>', sql<Date>`clock_timestamp()`)
    .execute();
  return rows.map((row) => ({ ...row, system: row.system as SystemName }));
}

async function readCounts(queries: Kysely<Tables>, connectionId: number): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select
      (select count(*)::int from (select distinct system, object, record_id from parent_waits
         where connection_id = ${connectionId}) as w) as "waitingForParents",
      (select count(*)::int from stage_disagreements where connection_id = ${connectionId}) as "stageDisagreements",
      (select count(*)::int from frozen_fields where connection_id = ${connectionId} and thawed_at is null) as "frozenFields",
      (select jsonb_build_object(
         'due', count(*) filter (where due_at <= clock_timestamp() and not leased),
         'background', count(*) filter (where due_at <= clock_timestamp() and not leased and priority >= 3),
         'waiting', count(*) filter (where due_at > clock_timestamp() and not leased),
         'leased', count(*) filter (where leased),
         'oldestDueMs', floor(extract(epoch from min(due_at) filter (where due_at <= clock_timestamp() and not leased)) * 1000))
       from (select due_at, priority, coalesce(leased_until > clock_timestamp(), false) as leased
             from pending where connection_id = ${connectionId}) as p) as pending`.execute(queries);
  return (
    rows[0] ?? {
      waitingForParents: 0,
      stageDisagreements: 0,
      frozenFields: 0,
      pending: { due: 0, background: 0, waiting: 0, leased: 0, oldestDueMs: null },
    }
  );
}

async function readRuns(queries: Kysely<Tables>, connectionId: number): Promise<readonly RunRow[]> {
  const rows = await queries
    .selectFrom('runs')
    .select([
      'id',
      'kind',
      'object',
      'state',
      sql<boolean>`dry_run`.as('isDryRun'),
      sql<number>`extract(epoch from started_at)::float8 * 1000`.as('startedAtMs'),
      'creates',
      'changes',
      'creates_limit as createsLimit',
      'changes_limit as changesLimit',
      'stopped_reason as stoppedReason',
    ])
    .where('connection_id', '=', connectionId)
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
  return rows.map((run) => ({ ...run, kind: wordOf(runKinds, run.kind), state: wordOf(runStates, run.state) }));
}

async function readWatermarks(queries: Kysely<Tables>, connectionId: number): Promise<readonly Watermark[]> {
  return await queries
    .selectFrom('watermarks')
    .select(['source', 'cursor', sql<number>`floor(extract(epoch from at)::float8 * 1000)`.as('atMs')])
    .where('connection_id', '=', connectionId)
    .where('source', 'not like', `${ownPrefix}%`)
    .orderBy('source')
    .execute();
}

async function readCalls(queries: Kysely<Tables>, connectionId: number): Promise<LedgerStatus['calls']> {
  const rows = await queries
    .selectFrom('calls')
    .select(['bucket', sql<number>`sum(calls)::int`.as('calls')])
    .where('connection_id', '=', connectionId)
    .where('hour', '>', sql<Date>`clock_timestamp() - interval '24 hours'`)
    .groupBy('bucket')
    .execute();
  return Object.fromEntries(rows.map(({ bucket, calls }) => [bucket, calls]));
}
