import type pg from 'pg';
import type { Bucket, BudgetFacts } from '../ports/budget.ts';

/** What is told by many answers is stored once per second and process. */
const flushDelayMs = 1_000;

/** By our own pace this few calls are never left in a window: somebody else uses the same limit. */
const fewLeft = 1;

export type Observations = {
  add(bucket: Bucket, facts: BudgetFacts): void;
  flush(): Promise<void>;
  close(): Promise<void>;
};

// A limit that the vendor names is kept as told; the reservation never goes above the configured one. The push makes room for a second.
const paceSql = `
insert into paces as p (connection_id, bucket, next_at, limit_per_window)
values ($1, $2, clock_timestamp() + make_interval(secs => $4), $3)
on conflict (connection_id, bucket) do update set
  limit_per_window = coalesce(excluded.limit_per_window, p.limit_per_window),
  next_at = case when $4 > 0 then greatest(p.next_at, excluded.next_at) else p.next_at end`;

const dailySql = `
insert into calls as c (connection_id, bucket, hour, calls, vendor_used, vendor_limit)
values ($1, $2, date_trunc('hour', clock_timestamp()), 0, $3, $4)
on conflict (connection_id, bucket, hour) do update set
  vendor_used = coalesce(excluded.vendor_used, c.vendor_used), vendor_limit = coalesce(excluded.vendor_limit, c.vendor_limit)`;

/** Keeps the newest facts per bucket and writes them behind. A lower limit or an almost empty window is written at once. */
export function createObservations(pool: pg.Pool, connectionId: number): Observations {
  const fresh = new Map<Bucket, BudgetFacts>();
  const knownLimits = new Map<Bucket, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  async function write(bucket: Bucket, facts: BudgetFacts): Promise<void> {
    const { limitPerWindow, remainingInWindow, dailyUsed, dailyLimit } = facts;
    const told = limitPerWindow === knownLimits.get(bucket) ? undefined : limitPerWindow;
    const pushS = remainingInWindow !== undefined && remainingInWindow <= fewLeft ? 1 : 0;
    if (told !== undefined || pushS > 0) {
      await pool.query({
        name: 'observe-pace',
        text: paceSql,
        values: [connectionId, bucket, told ?? null, pushS],
      });
      if (told !== undefined) knownLimits.set(bucket, told);
    }
    if (dailyUsed === undefined && dailyLimit === undefined) return;
    await pool.query({
      name: 'observe-day',
      text: dailySql,
      values: [connectionId, bucket, dailyUsed ?? null, dailyLimit ?? null],
    });
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const facts = [...fresh];
    fresh.clear();
    writing = writing.then(async () => {
      for (const [bucket, newest] of facts) {
        try {
          await write(bucket, newest);
        } catch {
          // The next answer tells the same again; a call must not fail because its headers could not be stored.
        }
      }
    });
    return writing;
  }

  return {
    add: (bucket, facts) => {
      if (closed) return;
      const lowest = Math.min(
        facts.remainingInWindow ?? Number.POSITIVE_INFINITY,
        fresh.get(bucket)?.remainingInWindow ?? Number.POSITIVE_INFINITY,
      );
      fresh.set(bucket, {
        ...fresh.get(bucket),
        ...facts,
        ...(Number.isFinite(lowest) ? { remainingInWindow: lowest } : {}),
      });
      const known = knownLimits.get(bucket) ?? Number.POSITIVE_INFINITY;
      const urgent = (facts.limitPerWindow ?? Number.POSITIVE_INFINITY) < known || lowest <= fewLeft;
      if (urgent) void flush();
      else timer ??= setTimeout(() => void flush(), flushDelayMs).unref();
    },
    flush,
    close: async () => {
      closed = true;
      await flush();
    },
  };
}
