import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Budget, createBudget } from '../../src/limits/budget.ts';
import type { Bucket, Priority } from '../../src/ports/budget.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const options = { hubspotPer10s: 100, salesforceDaily: 0.5 };

describe('the call budgets that all processes share', () => {
  let database: TestDatabase;
  let pools: readonly pg.Pool[];
  let budgets: readonly Budget[];

  beforeAll(async () => {
    database = await createTestDatabase();
    pools = [database.connect(), database.connect()];
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.pool.query('truncate paces, calls, waits');
    budgets = pools.map((pool) => createBudget(pool, options));
  });

  const [first, second] = [() => budgets[0] as Budget, () => budgets[1] as Budget];

  it('never lets an observer count more than the limit in any window', async () => {
    const [hubspot, search] = await Promise.all([
      callForever('hubspot', { forMs: 14_000, callers: 6, priorities: [1, 2, 4] }),
      callForever('hubspot-search', { forMs: 14_000, callers: 3, priorities: [2, 3] }),
    ]);

    expect(busiestWindow(hubspot, 10_000)).toBeLessThanOrEqual(100);
    expect(busiestWindow(search, 1_000)).toBeLessThanOrEqual(5);
    // Callers that stood still would never count too much; how much of the limit is used, the next test and the bench tell.
    expect(hubspot.length).toBeGreaterThan(14 * 5);
    expect(search.length).toBeGreaterThan(14 * 2);
  });

  it('spaces turns no wider than the limit needs: at least 0.93 of it can be used', async () => {
    const turns = 300;
    let waitMs = 0;
    for (let turn = 0; turn < turns; turn++) ({ waitMs } = await first().reserve('hubspot', 1, 1));

    // The time that the turns took to be asked for only makes the last wait shorter.
    expect(waitMs).toBeLessThanOrEqual((turns / (0.93 * 100)) * 10_000);
    expect(waitMs).toBeGreaterThan(0);
  });

  it.each([1, 2, 4, 7, 20])('leaves room around %i calls that are sent together', async (together) => {
    const sent: number[] = [];

    let nowMs = 0;
    for (let turn = 0; turn < 40; turn++) {
      // The clock of the database stands still here in comparison: turns that follow at once queue one behind the other.
      const { waitMs } = await first().reserve('hubspot', together, 1);
      nowMs = Math.max(nowMs, waitMs);
      for (let call = 0; call < together; call++) sent.push(nowMs);
    }

    const slackForTheClock = 1;
    expect(busiestWindow(sent, 10_000)).toBeLessThanOrEqual(Math.max(100, 94 + together) + slackForTheClock);
  });

  it('gives a backfill only what is free now, and live work the next slot', async () => {
    for (let call = 0; call < 4; call++)
      expect(await first().reserve('hubspot', 1, 4)).toMatchObject({ granted: true, waitMs: 0 });

    const backfill = await second().reserve('hubspot', 1, 4);
    const again = await second().reserve('hubspot', 1, 3);
    const live = await first().reserve('hubspot', 1, 1);
    const nextLive = await first().reserve('hubspot', 1, 2);

    expect(backfill.granted).toBe(false);
    expect(again.granted).toBe(false);
    expect(backfill.waitMs).toBeGreaterThan(0);
    // One slot of a tenth of a second: what the backfill asked for in vain is not in front of it.
    expect(live.granted).toBe(true);
    expect(live.waitMs).toBeLessThanOrEqual(110);
    expect(nextLive.waitMs).toBeLessThanOrEqual(220);
  });

  it('uses prepaid calls without a wait and without counting them again', async () => {
    await first().reserve('hubspot', 3, 2);
    const spend = { priority: 2 as Priority, prepaid: 3 };
    for (let call = 0; call < 3; call++) await first().take('hubspot', spend);

    expect(spend.prepaid).toBe(0);
    expect(await countCalls('hubspot')).toBe(3);
  });

  it('slows down at once when the vendor names a lower limit, and never goes above the configured one', async () => {
    first().observe('hubspot', { limitPerWindow: 50 });
    await first().flush();
    const slower = await spacing();
    first().observe('hubspot', { limitPerWindow: 1_000 });
    await first().flush();
    const normal = await spacing();

    expect(slower).toBeGreaterThan(200);
    expect(normal).toBeGreaterThan(100);
    expect(normal).toBeLessThan(112);
  });

  it('makes room when the vendor says that the window is all but used up', async () => {
    first().observe('hubspot', { limitPerWindow: 100, remainingInWindow: 0 });
    await first().flush();

    const { waitMs } = await second().reserve('hubspot', 4, 1);

    expect(waitMs).toBeGreaterThan(700);
  });

  describe('the day of Salesforce', () => {
    const limited = (salesforceDaily: number) => createBudget(pools[0] as pg.Pool, { ...options, salesforceDaily });

    it('keeps a reserve for live work, then stops until older calls are a day old', async () => {
      const budget = limited(100);
      await budget.reserve('salesforce', 85, 4);

      const low = budget.reserve('salesforce', 1, 3);
      await expect(low).rejects.toMatchObject({
        kind: 'wait',
        code: 'daily_budget_spent',
        detail: { pausesConnection: false },
      });
      expect(await budget.reserve('salesforce', 15, 2)).toEqual({ waitMs: 0, granted: true });
      const spent = await budget.reserve('salesforce', 1, 1).catch((thrown: unknown) => thrown);
      expect(spent).toMatchObject({
        kind: 'wait',
        code: 'daily_budget_spent',
        detail: { pausesConnection: true },
      });
      expect((spent as { detail: { untilMs: number } }).detail.untilMs).toBeGreaterThan(Date.now() + 30_000);

      await database.pool.query(`update calls set hour = hour - interval '25 hours'`);
      await database.pool.query('update waits set until = clock_timestamp()');
      expect(await budget.reserve('salesforce', 50, 1)).toMatchObject({ granted: true });
    });

    it('pauses the connection for live work that it cannot pay, not for backfills', async () => {
      const budget = limited(100);
      const ledger = createLedger(database.pool);
      await budget.reserve('salesforce', 85, 4);
      await expect(budget.reserve('salesforce', 1, 4)).rejects.toMatchObject({ code: 'daily_budget_spent' });
      expect(await ledger.due('hubspot', 'contact')).toMatchObject({ paused: false });
      await budget.reserve('salesforce', 15, 1);

      await expect(budget.reserve('salesforce', 1, 2)).rejects.toMatchObject({ code: 'daily_budget_spent' });

      const { paused, nextInMs } = await ledger.due('hubspot', 'contact');
      expect(paused).toBe(true);
      expect(nextInMs).toBeGreaterThan(50_000);
      expect((await ledger.status()).waits).toMatchObject([{ system: 'salesforce', code: 'daily_budget_spent' }]);
    });

    it('goes on at once with a larger budget when somebody resumes, which ends no pause of a vendor', async () => {
      const ledger = createLedger(database.pool);
      await expect(limited(2).reserve('salesforce', 3, 2)).rejects.toMatchObject({ code: 'daily_budget_spent' });
      const raised = limited(100);
      await expect(raised.reserve('salesforce', 3, 2)).rejects.toMatchObject({ code: 'daily_budget_spent' });
      await first().pause('hubspot', Date.now() + 60_000, 'rate_limited');

      await ledger.resume();

      expect(await raised.reserve('salesforce', 3, 2)).toMatchObject({ granted: true });
      expect((await ledger.status()).waits).toMatchObject([{ system: 'hubspot', code: 'rate_limited' }]);
    });

    it('takes a share of the limit that the org named', async () => {
      const budget = limited(0.5);
      budget.observe('salesforce', { dailyUsed: 10, dailyLimit: 1_000 });
      await budget.flush();

      await budget.reserve('salesforce', 500, 1);

      await expect(budget.reserve('salesforce', 1, 1)).rejects.toMatchObject({ code: 'daily_budget_spent' });
    });

    it('stops backfills when others have used up the org', async () => {
      const budget = limited(0.5);
      budget.observe('salesforce', { dailyUsed: 900, dailyLimit: 1_000 });
      await budget.close();

      await expect(limited(0.5).reserve('salesforce', 1, 4)).rejects.toMatchObject({ code: 'daily_budget_spent' });
      expect(await limited(0.5).reserve('salesforce', 1, 2)).toMatchObject({ granted: true });
    });
  });

  it('refuses calls to a paused system and to no other', async () => {
    await first().pause('hubspot', Date.now() + 60_000, 'rate_limited');
    await first().pause('hubspot', Date.now() + 5_000, 'shorter');

    const refused = { kind: 'wait', code: 'rate_limited', detail: { pausesConnection: true } };
    await expect(second().reserve('hubspot', 1, 1)).rejects.toMatchObject(refused);
    await expect(second().take('hubspot-search', { priority: 2, prepaid: 0 })).rejects.toMatchObject(refused);
    expect(await second().reserve('salesforce', 1, 1)).toMatchObject({ granted: true });
  });

  async function spacing(): Promise<number> {
    await database.pool.query(`update paces set next_at = clock_timestamp() + interval '1 hour'`);
    const one = await first().reserve('hubspot', 1, 1);
    const other = await first().reserve('hubspot', 1, 1);
    await database.pool.query(`update paces set next_at = '-infinity'`);
    return other.waitMs - one.waitMs;
  }

  async function countCalls(bucket: Bucket): Promise<number> {
    const { rows } = await database.pool.query<{ calls: string }>(
      'select sum(calls) as calls from calls where bucket = $1',
      [bucket],
    );
    return Number(rows[0]?.calls);
  }

  type Load = { forMs: number; callers: number; priorities: readonly Priority[] };

  /** Callers in both processes that call as often as they may; the observer sees each call up to 100 ms after it was sent. */
  async function callForever(bucket: Bucket, { forMs, callers, priorities }: Load): Promise<number[]> {
    const [begun, seen] = [performance.now(), [] as number[]];
    const call = async (budget: Budget, priority: Priority) => {
      while (performance.now() - begun < forMs) {
        await budget.take(bucket, { priority, prepaid: 0 });
        seen.push(performance.now() - begun + Math.random() * 100);
        await sleep(Math.random() * 5);
      }
    };
    const all = Array.from({ length: callers }, (_, place) =>
      call(budgets[place % 2] as Budget, priorities[place % priorities.length] as Priority),
    );
    await Promise.all(all);
    return seen.sort((one, other) => one - other);
  }
});

function busiestWindow(atMs: readonly number[], windowMs: number): number {
  let [most, from] = [0, 0];
  for (const [place, at] of atMs.entries()) {
    while (at - (atMs[from] ?? 0) >= windowMs) from += 1;
    most = Math.max(most, place - from + 1);
  }
  return most;
}
