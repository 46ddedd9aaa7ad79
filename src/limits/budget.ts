import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { SyncError } from '../errors.ts';
import type { Bucket, BudgetFacts, BudgetPort, Priority } from '../ports/budget.ts';
import { asLedger } from '../store/pool.ts';
import { createObservations } from './observations.ts';
import { type BudgetOptions, describeBucket } from './rates.ts';

export type { BudgetOptions } from './rates.ts';

/** A budget with what the composition root needs at the end. */
export type Budget = BudgetPort & {
  /** Stores what was observed so far. */
  flush(): Promise<void>;
  /** Stores it for the last time; nothing is written behind after that. */
  close(): Promise<void>;
};

type Answer = { granted: boolean; wait_ms: number | null; pause_until_ms: number | null; pause_code: string | null };

const pacedSql = 'select * from reserve_calls($1::smallint, $2, $3, $4, $5, $6, $7, $8, $9)';
const dailySql = 'select * from reserve_daily_calls($1::smallint, $2, $3, $4, $5, $6, $7, $8)';

/** Backfills and sweeps leave this share of the day's budget to live work. */
export const lowShare = 0.85;

/** A pause ends at the later of the ends that were asked for. */
const toPauseSql = (until: string) => `
insert into waits as w (connection_id, system, until, code) values ($1, $2, ${until}, $4)
on conflict (connection_id, system) do update set
  code = case when excluded.until >= w.until then excluded.code else w.code end, until = greatest(w.until, excluded.until)`;

const pauseUntilSql = toPauseSql('to_timestamp($3::float8 / 1000)');
const pauseForSql = toPauseSql('clock_timestamp() + make_interval(secs => $3::float8 / 1000)');

/**
 * Budgets over the ledger's database: each reservation is one statement, decided under a row lock, so any number of processes together
 * stay inside the limits.
 *
 * Priorities 1 and 2 always get the next free slots. Priorities 3 and 4 get slots only when these are free now; otherwise `granted` is
 * false, nothing was reserved, and they ask again after `waitMs`.
 *
 * A day that is spent for live work pauses the connection until calls are free again: what is claimed could not be finished, and would
 * only spend calls to the other system. The share of the day that priorities 3 and 4 may use pauses nobody else.
 */
export function createBudget(pool: pg.Pool, options: BudgetOptions): Budget {
  const connectionId = options.connectionId ?? 1;
  const observations = createObservations(pool, connectionId);

  async function reserve(
    bucket: Bucket,
    calls: number,
    priority: Priority,
  ): Promise<{ waitMs: number; granted: boolean }> {
    const { system, pace, daily } = describeBucket(bucket, options);
    const subject = [connectionId, bucket, system, calls, priority >= 3];
    const query =
      pace === null
        ? { name: 'reserve-daily', text: dailySql, values: [...subject, daily.amount, daily.assumedLimit, lowShare] }
        : {
            name: 'reserve-calls',
            text: pacedSql,
            values: [...subject, pace.windowMs / 1_000, pace.configured, pace.rate, pace.burst],
          };
    const { rows } = await asLedger(() => pool.query<Answer>(query));
    const answer = rows[0];
    if (answer === undefined)
      throw new SyncError('retryable', 'unexpected', 'The ledger gave no answer about the call budget.');
    if (answer.pause_code === 'daily_budget_spent') {
      const pausesConnection = priority <= 2;
      const forMs = answer.wait_ms;
      if (pausesConnection && forMs !== null) {
        const values = [connectionId, system, forMs, answer.pause_code];
        await asLedger(() => pool.query({ name: 'pause-spent', text: pauseForSql, values }));
      }
      throw toSpent(bucket, answer, pausesConnection);
    }
    if (answer.pause_code !== null) throw toPaused(answer.pause_code, bucket, answer);
    return { waitMs: answer.wait_ms ?? 0, granted: answer.granted };
  }

  return {
    reserve,

    take: async (bucket, spend) => {
      if (spend.prepaid > 0) {
        spend.prepaid -= 1;
        return;
      }
      for (;;) {
        const { waitMs, granted } = await reserve(bucket, 1, spend.priority);
        if (waitMs > 0) await sleep(Math.ceil(waitMs));
        if (granted) return;
      }
    },

    observe: (bucket: Bucket, facts: BudgetFacts) => observations.add(bucket, facts),

    pause: async (system, untilMs, code) => {
      await asLedger(() =>
        pool.query({
          name: 'pause-system',
          text: pauseUntilSql,
          values: [connectionId, system, untilMs, code],
        }),
      );
    },

    flush: () => observations.flush(),
    close: () => observations.close(),
  };
}

function toSpent(
  bucket: Bucket,
  { wait_ms: forMs, pause_until_ms: untilMs }: Answer,
  pausesConnection: boolean,
): SyncError {
  return new SyncError(
    'wait',
    'daily_budget_spent',
    `The day's budget of calls for ${bucket} is used up; work goes on when older calls are a day old.`,
    {
      untilMs: untilMs ?? Date.now() + (forMs ?? 60_000),
      pausesConnection,
      advice:
        'Raise SALESFORCE_DAILY_BUDGET if the org has calls to spare, then run `handoff resume` to go on at once.',
    },
  );
}

function toPaused(code: string, bucket: Bucket, { pause_until_ms: untilMs }: Answer): SyncError {
  return new SyncError('wait', code, `Calls to ${bucket} wait: the vendor asked for a pause.`, {
    ...(untilMs === null ? {} : { untilMs }),
    pausesConnection: true,
  });
}
