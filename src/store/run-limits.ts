import type pg from 'pg';
import type { LedgerContext } from './context.ts';

/** `isBegun`: its pair has counted for the run already. A run that is held does not go on with it all the same. */
export type LimitedWrite = {
  contactId: string;
  runId: string | null;
  operation: 'create' | 'update' | null;
  isBegun?: boolean;
};

export type WithinLimits = {
  /** The run of each contact that may go on. */
  runs: ReadonlyMap<string, string>;
  /** Adds those that really went on to their runs' counters. */
  count(contactIds: ReadonlySet<string>): Promise<void>;
};

type Run = {
  id: string;
  state: string;
  creates: number;
  changes: number;
  creates_limit: number;
  changes_limit: number;
  approved: boolean;
};

const runColumns = 'id, state, creates, changes, creates_limit, changes_limit, approved_at is not null as approved';

// A run that is stopped stays so over midnight until a person approves it: the next day's begins stopped, for the same reason.
const createLiveSql = `
with last as (
  select state, stopped_reason from runs where connection_id = $1 and kind = 'live' order by day desc limit 1
), begun as (
  insert into runs (connection_id, kind, day, state, stopped_reason, creates_limit, changes_limit)
  select c.id, 'live', (clock_timestamp() at time zone 'UTC')::date, case when last.state = 'stopped' then 'stopped' else 'running' end,
         case when last.state = 'stopped' then last.stopped_reason end, v.creates_per_run, v.changes_per_run
  from connections c join mapping_versions v on v.connection_id = c.id and v.version = c.mapping_version left join last on true
  where c.id = $1
  on conflict (connection_id, day) where kind = 'live' do nothing
  returning day
)
update runs set state = 'ended', ended_at = clock_timestamp()
where connection_id = $1 and kind = 'live' and state = 'running' and day < (select day from begun)`;

const liveSql = `
select ${runColumns} from runs
where connection_id = $1 and kind = 'live' and day = (clock_timestamp() at time zone 'UTC')::date for update`;

/** Live sync is a run per day, begun by its first write. Locks it: batches that write at the same time are counted one after the other. */
async function lockLiveRun(client: pg.PoolClient, connectionId: number): Promise<Run> {
  const find = () => client.query<Run>({ name: 'live-run', text: liveSql, values: [connectionId] });
  let [run] = (await find()).rows;
  if (run !== undefined) return run;
  await client.query(createLiveSql, [connectionId]);
  [run] = (await find()).rows;
  if (run === undefined) throw new Error('live run');
  return run;
}

async function lockRuns(client: pg.PoolClient, connectionId: number, ids: readonly string[]): Promise<readonly Run[]> {
  if (ids.length === 0) return [];
  const text = `select ${runColumns} from runs where connection_id = $1 and id = any($2) order by id for update`;
  return (await client.query<Run>(text, [connectionId, ids])).rows;
}

// Nobody lists it meanwhile.
const stopSql = `
update runs set state = 'stopped', stopped_reason = $2, lease_token = null, leased_until = null where id = $1`;

/** In these states a run begins no write. `failed` and `cancelled`: what is left of it is in some worker's hands at the moment. */
const holding: ReadonlySet<string> = new Set(['stopped', 'paused', 'cancelled', 'failed']);

/**
 * Lets as many writes go on as the safety limits of their runs leave room for, in the order given. The run that would exceed one is
 * stopped until a person approves it, live sync also beyond the day; an approved run has no limit any more.
 */
export async function countWithinLimits(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  writes: readonly LimitedWrite[],
): Promise<WithinLimits> {
  if (writes.length === 0) return { runs: new Map(), count: async () => {} };
  const live = writes.some(({ runId }) => runId === null) ? await lockLiveRun(client, connectionId) : null;
  const others = await lockRuns(client, connectionId, [
    ...new Set(writes.flatMap(({ runId }) => (runId === null ? [] : [runId]))),
  ]);
  const runs = new Map(
    [...(live === null ? [] : [live]), ...others].map((run) => [run.id, { ...run, stoppedBy: null as string | null }]),
  );
  const passed = new Map<string, string>();
  for (const { contactId, runId, operation: wanted, isBegun = false } of writes) {
    const id = runId ?? live?.id;
    const run = id === undefined ? undefined : runs.get(id);
    if (run === undefined || (holding.has(run.state) && wanted !== null)) continue;
    const operation = isBegun ? null : wanted;
    const over = operation === null || run.approved ? null : findExceeded(run, operation);
    if (over !== null) {
      run.stoppedBy ??= over;
      continue;
    }
    if (operation === 'create') run.creates += 1;
    if (operation === 'update') run.changes += 1;
    passed.set(contactId, run.id);
  }
  for (const { id, stoppedBy } of runs.values()) {
    if (stoppedBy === null) continue;
    await client.query(stopSql, [id, stoppedBy]);
  }
  return { runs: passed, count: (contactIds) => addToRuns(client, writes, passed, contactIds) };
}

function findExceeded(run: Run, operation: 'create' | 'update'): string | null {
  if (operation === 'create') return run.creates >= run.creates_limit ? 'creates_limit' : null;
  return run.changes >= run.changes_limit ? 'changes_limit' : null;
}

async function addToRuns(
  client: pg.PoolClient,
  writes: readonly LimitedWrite[],
  runs: ReadonlyMap<string, string>,
  contactIds: ReadonlySet<string>,
): Promise<void> {
  const counted = writes.filter(
    ({ contactId, operation, isBegun }) => operation !== null && isBegun !== true && contactIds.has(contactId),
  );
  for (const id of new Set(runs.values())) {
    const own = counted.filter(({ contactId }) => runs.get(contactId) === id);
    if (own.length === 0) continue;
    const creates = own.filter(({ operation }) => operation === 'create').length;
    const text = 'update runs set creates = creates + $2, changes = changes + $3 where id = $1';
    await client.query({ name: 'count-run', text, values: [id, creates, own.length - creates] });
  }
}
