import { runKinds, runStates } from '../../domain/runs/types.ts';
import type { OverviewFacts } from '../../ports/ledger-overview.ts';
import { ownPrefix } from '../catch-up.ts';
import type { Queryable } from '../pool.ts';
import { wordOf } from '../runs/known-run.ts';

type State = Pick<
  OverviewFacts,
  'nowMs' | 'paused' | 'waits' | 'watermarks' | 'calls' | 'processes' | 'mappingVersion' | 'proposed' | 'check' | 'runs'
>;

const ms = (column: string) => `floor(extract(epoch from ${column})::float8 * 1000)`;
const listOf = (row: string, from: string, order: string) =>
  `(select coalesce(jsonb_agg(jsonb_build_object(${row}) order by ${order}), '[]') from ${from})`;

// Small tables, some rows each, in one statement. The proposed version: as `mapping-versions.ts` has it.
const stateSql = `
select ${ms('clock_timestamp()')} as "nowMs",
  case when c.paused_at is not null then jsonb_build_object('by', c.paused_by, 'reason', c.paused_reason, 'sinceMs', ${ms('c.paused_at')}) end as paused,
  c.mapping_version as "mappingVersion",
  ${listOf(
    `'system', system, 'code', code, 'untilMs', ${ms('until')}`,
    'waits where connection_id = $1 and until > clock_timestamp()',
    'system',
  )} as waits,
  ${listOf(
    `'source', source, 'cursor', cursor, 'atMs', ${ms('at')}, 'movedAtMs', ${ms('updated_at')}`,
    'watermarks where connection_id = $1 and source not like $2',
    'source',
  )} as watermarks,
  ${listOf(
    `'bucket', bucket, 'calls', calls, 'vendorUsed', told -> 0, 'vendorLimit', told -> 1`,
    `(select bucket, sum(calls)::int as calls,
        (array_agg(jsonb_build_array(vendor_used, vendor_limit) order by hour desc) filter (where vendor_limit is not null))[1] as told
      from calls where connection_id = $1 and hour > clock_timestamp() - interval '24 hours' group by bucket) as b`,
    'bucket',
  )} as calls,
  ${listOf(
    `'id', id, 'role', role, 'works', works, 'seenAtMs', ${ms('beat_at')}, 'mappingVersion', mapping_version`,
    `processes where beat_at > clock_timestamp() - interval '1 hour'`,
    'role, id',
  )} as processes,
  (select jsonb_build_object('version', v.version, 'atMs', ${ms('v.proposed_at')}, 'by', v.proposed_by)
   from mapping_versions v left join mapping_versions a on a.connection_id = v.connection_id and a.version = c.mapping_version
   where v.connection_id = $1 and v.proposed_at is not null and v.version is distinct from c.mapping_version
     and (a.activated_at is null or v.proposed_at > a.activated_at)
   order by v.proposed_at desc limit 1) as proposed,
  (select jsonb_build_object('atMs', ${ms('taken_at')}, 'errors', content -> 'errors', 'warnings', content -> 'warnings',
     'changes', jsonb_array_length(content -> 'changes'), 'changedAtMs', content #> '{changes,0,atMs}')
   from schema_snapshots
   where connection_id = $1 and name = 'check' and jsonb_typeof(content -> 'changes') = 'array' and content ? 'errors' and content ? 'warnings') as check,
  ${listOf(
    `'id', id::text, 'kind', kind, 'object', object, 'state', state, 'isDryRun', dry_run, 'stoppedReason', stopped_reason,
     'startedAtMs', ${ms('started_at')}, 'movedAtMs', ${ms('moved_at')}`,
    `(select * from runs where connection_id = $1 and state in ('running', 'paused', 'stopped', 'review') order by id desc limit 50) as r`,
    'id desc',
  )} as runs
from connections c where c.id = $1`;

/** What stands in small tables: pauses, watermarks, calls, processes, the mapping, runs that are not over. Throws the driver's error. */
export async function readOverviewState(db: Queryable, connectionId: number): Promise<State | null> {
  const values = [connectionId, `${ownPrefix}%`];
  const { rows } = await db.query<State>({ name: 'overview-state', text: stateSql, values });
  const [state] = rows;
  if (state === undefined) return null;
  const runs = state.runs.map((run) => ({
    ...run,
    kind: wordOf(runKinds, run.kind),
    state: wordOf(runStates, run.state),
  }));
  return { ...state, runs };
}
