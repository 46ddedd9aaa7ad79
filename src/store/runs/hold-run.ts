import type pg from 'pg';
import type { ClaimedRun, RunLedger } from '../../ports/ledger-runs.ts';
import { type LedgerContext, toJson } from '../context.ts';
import { asLedger, inTransaction } from '../pool.ts';
import { withoutExpression } from './forget-filter.ts';
import { isRunId } from './run-ids.ts';
import { forgetRows, freeRows, holdRows, lockRows } from './run-rows.ts';

type Change = { text: string; values: readonly unknown[] };

/**
 * Changes a run's state together with what it has marked. Records are locked before the run, as everybody does; those that a page or a look
 * has added meanwhile are found once the run's row is ours, for nobody adds any without a lock on it.
 * @returns false: the run was not in a state to be changed so
 */
async function changeRun(
  client: pg.PoolClient,
  runId: string,
  { text, values }: Change,
  changeRows: (client: pg.PoolClient) => Promise<void>,
): Promise<boolean> {
  await lockRows(client, runId);
  if ((await client.query(text, [...values])).rowCount !== 1) return false;
  await changeRows(client);
  return true;
}

const pauseSql = `
update runs set state = 'paused', stopped_reason = $3, held_by = $4, lease_token = null, leased_until = null
where connection_id = $1 and id = $2 and kind <> 'live' and state = 'running'`;

/** Holds a run; see the port. */
export async function pauseRun(context: LedgerContext, runId: string, by: string, reason?: string): Promise<boolean> {
  if (!isRunId(runId)) return false;
  const { pool, connectionId } = context;
  const change = { text: pauseSql, values: [connectionId, runId, reason ?? 'paused_by_person', by] };
  return await asLedger(() =>
    inTransaction(pool, (client) => changeRun(client, runId, change, () => holdRows(client, [runId]))),
  );
}

/**
 * Pauses all runs that write or wait for an approval, for this reason: another mapping than the one they were planned with is active. In a
 * transaction of the caller's; throws the driver's error.
 * @returns their ids
 */
export async function pauseRuns(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  by: string,
  reason: string,
): Promise<readonly string[]> {
  const text = `select id from runs where connection_id = $1 and kind <> 'live' and state in ('running', 'stopped') order by id`;
  const { rows } = await client.query<{ id: string }>(text, [connectionId]);
  const paused: string[] = [];
  for (const { id } of rows) {
    const change = {
      text: pauseSql.replace(`state = 'running'`, `state in ('running', 'stopped')`),
      values: [connectionId, id, reason, by],
    };
    if (await changeRun(client, id, change, () => holdRows(client, [id]))) paused.push(id);
  }
  return paused;
}

const resumeSql = `
update runs set
  state = 'running', stopped_reason = null, held_by = null, moved_at = clock_timestamp(),
  forecast = case when $3 then $4::jsonb else forecast end, creates_limit = coalesce(creates + $5::int, creates_limit),
  changes_limit = coalesce(changes + $6::int, changes_limit), mapping_version = coalesce($7, mapping_version),
  approved_at = case when $3 then null else approved_at end, approved_by = case when $3 then null else approved_by end
where connection_id = $1 and id = $2 and kind <> 'live' and state = 'paused'`;

/** Lets a paused run go on; see the port. Limits that were made anew are counted from where the run stands. */
export async function resumeRun(
  { pool, connectionId }: LedgerContext,
  runId: string,
  _by: string,
  again?: Parameters<RunLedger['resumeRun']>[2],
): Promise<boolean> {
  if (!isRunId(runId)) return false;
  const forecast = again === undefined || again.forecast === null ? null : toJson(again.forecast);
  const { creates = null, changes = null } = again?.limits ?? {};
  const values = [connectionId, runId, again !== undefined, forecast, creates, changes, again?.mappingVersion ?? null];
  const change = { text: resumeSql, values };
  return await asLedger(() =>
    inTransaction(pool, (client) => changeRun(client, runId, change, () => freeRows(client, runId))),
  );
}

const cancelSql = `
update runs set state = 'cancelled', held_by = $3, stopped_reason = null, ended_at = clock_timestamp(), lease_token = null, leased_until = null
where connection_id = $1 and id = $2 and kind <> 'live' and state not in ('ended', 'cancelled', 'failed')`;

/** Ends a run; see the port. */
export async function cancelRun({ pool, connectionId }: LedgerContext, runId: string, by: string): Promise<boolean> {
  if (!isRunId(runId)) return false;
  const change = { text: cancelSql, values: [connectionId, runId, by] };
  return await asLedger(() =>
    inTransaction(pool, (client) => changeRun(client, runId, change, () => closeRun(client, runId))),
  );
}

/** What a run that is over leaves behind: nothing that would still be done for it. */
async function closeRun(client: pg.PoolClient, runId: string): Promise<void> {
  await forgetRows(client, [runId]);
  await client.query(`update runs set options = ${withoutExpression} where id = $1`, [runId]);
  await client.query('delete from run_seen where run_id = $1', [runId]);
  await client.query(`update revert_pairs set state = 'left' where run_id = $1 and state = 'open'`, [runId]);
}

const giveBackSql = `update runs set lease_token = null, leased_until = null where id = $1 and lease_token = $2`;

const endSql = `
update runs r set
  state = $3, stopped_reason = $4, ended_at = case when $3 = 'review' then null else clock_timestamp() end, moved_at = clock_timestamp(),
  lease_token = null, leased_until = null
where r.id = $1 and r.lease_token = $2 and r.state = 'running'
  and ($3 <> 'ended' or not exists (select from pending p where p.run_id = r.id))`;

/** Gives a run back; see the port. One that is to end and has a backlog again goes on. */
export async function releaseRun(
  { pool }: LedgerContext,
  { id, token }: Pick<ClaimedRun, 'id' | 'token'>,
  next?: Parameters<RunLedger['releaseRun']>[1],
): Promise<void> {
  await asLedger(() =>
    inTransaction(pool, async (client) => {
      if (next !== undefined) {
        const { state, reason = null } = next;
        const change = { text: endSql, values: [id, token, state, reason] };
        await changeRun(client, id, change, async () => {
          if (state !== 'review') await closeRun(client, id);
        });
      }
      await client.query({ name: 'give-run-back', text: giveBackSql, values: [id, token] });
    }),
  );
}
