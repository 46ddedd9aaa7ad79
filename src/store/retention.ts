import type pg from 'pg';
import { retireActions } from './access/actions.ts';
import { retireKeys } from './access/idempotency-keys.ts';
import { retireSessions } from './access/sessions.ts';
import { foldTallies } from './overview/tallies.ts';
import { asLedger, inTransaction, sqlState } from './pool.ts';
import { keptStageMonths } from './stage-moves.ts';

/** How long the audit log goes back: two years, and the month that is not yet over. */
const keptMonths = keptStageMonths;
/** The budget looks back over a day; the rest is for people who look into a bad week. */
const keptCallDays = 8;

/** Ids that a run was given: the run tells for good how many of them came to what. */
const keptRunIdDays = 30;

/** What was dropped; empty as a rule. */
export type Retired = {
  partitions: readonly string[];
  calls: number;
  stageMoves: number;
  thawed: number;
  runIds: number;
  sessions: number;
  idempotencyKeys: number;
  actions: number;
};

// A partition's name is its month; `ensure_writes_partitions` gives it.
const oldSql = `
select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'writes'::regclass and c.relname ~ '^writes_[0-9]{4}_[0-9]{2}$'
  and c.relname < 'writes_' || to_char(clock_timestamp() at time zone 'UTC' - make_interval(months => $1), 'YYYY_MM')
order by c.relname`;

/**
 * Drops the months of the audit log that are past their time, the stage moves, thawed fields and actions of those months, old call counts, the
 * ids that runs were given which are long over, sessions past their end and idempotency keys past their day. A month in which an intent is
 * still open stays, for it is an input of the plan; so does an open move. Decisions, failures and runs stay: there is one per record, and few
 * per day; receipts of erasures and the hashes that go with them stay for good.
 *
 * @throws SyncError retryable
 */
export async function retire(pool: pg.Pool): Promise<Retired> {
  return await asLedger(async () => {
    const { rows } = await pool.query<{ name: string }>(oldSql, [keptMonths]);
    const partitions: string[] = [];
    for (const { name } of rows) if (await dropPartition(pool, name)) partitions.push(name);
    const { rowCount } = await pool.query(
      'delete from calls where hour < clock_timestamp() - make_interval(days => $1)',
      [keptCallDays],
    );
    const moves = await pool.query(
      `delete from stage_moves where at < clock_timestamp() - make_interval(months => $1) and state <> 'open'`,
      [keptMonths],
    );
    const thawed = await pool.query(
      'delete from frozen_fields where thawed_at < clock_timestamp() - make_interval(months => $1)',
      [keptMonths],
    );
    const runIds = await pool.query(
      `delete from run_ids i using runs r
       where r.id = i.run_id and r.ended_at < clock_timestamp() - make_interval(days => $1) and r.state in ('ended', 'cancelled', 'failed')`,
      [keptRunIdDays],
    );
    // Where nobody looks at the sums, nobody else folds them.
    await foldTallies(pool);
    return {
      partitions,
      calls: rowCount ?? 0,
      stageMoves: moves.rowCount ?? 0,
      thawed: thawed.rowCount ?? 0,
      runIds: runIds.rowCount ?? 0,
      sessions: await retireSessions(pool),
      idempotencyKeys: await retireKeys(pool),
      actions: await retireActions(pool, keptMonths),
    };
  });
}

/** Waits only shortly for its turn, for all other writes queue up behind it: the next hour tries again. */
async function dropPartition(pool: pg.Pool, name: string): Promise<boolean> {
  try {
    return await inTransaction(pool, async (client) => {
      await client.query(`set local lock_timeout = '500ms'`);
      await client.query('lock table writes in access exclusive mode');
      const { rowCount } = await client.query(`select from ${name} where state in ('open', 'unknown') limit 1`);
      if (rowCount !== 0) return false;
      await client.query(`drop table if exists ${name}`);
      return true;
    });
  } catch (thrown) {
    // 55P03: the lock was not to be had. 42P01: another process dropped it meanwhile.
    if (sqlState(thrown) === '55P03' || sqlState(thrown) === '42P01') return false;
    throw thrown;
  }
}
