import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { backfilled, beginRevert } from '../support/reverts.ts';
import { countsOf, finishRun } from '../support/runs.ts';
import { handedOver, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay();
});
afterAll(() => engine.close());

it('ends where one of its records fails again and again, and says which', async () => {
  const pairs = [];
  for (let index = 0; index < 2; index += 1) {
    const pair = await handedOver(engine, { jobtitle: 'CTO' });
    engine.hubspot.editContact(pair.id, { jobtitle: 'CEO' });
    pairs.push(pair);
  }
  const run = await backfilled(engine, 'contacts', ...pairs.map(({ id }) => id));
  const [locked, free] = pairs;
  engine.salesforce.lock(String(locked?.leadId), 1_000);
  const revertId = await beginRevert(engine, run.id);
  const { pool } = engine.database;
  // The back-off has passed each time.
  const sooner = setInterval(() => {
    void pool.query(
      `update pending set due_at = clock_timestamp(), not_before = '-infinity' where attempts > 0 and lease_token is null`,
    );
  }, 100);
  const revert = await finishRun(engine, revertId).finally(() => clearInterval(sooner));
  expect(revert.state).toBe('ended');
  expect(countsOf(revert, 'left')).toEqual({ failing: 1 });
  expect(countsOf(revert, 'put_back')).toMatchObject({ salesforce: 1 });
  expect(countsOf(revert, 'outcome')).toEqual({ reverted: 1, failed: 1 });
  expect(engine.salesforce.get('Lead', String(free?.leadId))?.Title).toBe('CTO');
  expect(revert.counts.find(({ code }) => code === 'failing')?.samples).toEqual([locked?.id]);
}, 60_000);
