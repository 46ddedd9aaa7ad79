import { userInfo } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { urlOf } from '../support/http-service.ts';
import { adminToken, eventually, type Stack, startStack } from '../support/stack.ts';

let database: TestDatabase;
let stack: Stack;
beforeAll(async () => {
  database = await createTestDatabase();
  stack = await startStack({ queue: { name: 'postgresql', env: {} }, env: { DATABASE_URL: urlOf(database) } });
}, 120_000);
afterAll(async () => {
  await stack.close();
  await database.close();
});

const pause = async () =>
  await fetch(`${stack.env.PUBLIC_URL}/api/v1/pause`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${adminToken}`,
      'content-type': 'application/json',
      'idempotency-key': 'press-1',
    },
    body: '{"reason":"maintenance"}',
  });
const rows = async (text: string) => (await database.pool.query(text)).rows;
const outcomes = async () => (await rows('select outcome from actions order by id')).map(({ outcome }) => outcome);
const paused = async () => (await rows('select paused_at is not null as paused from connections'))[0].paused;

it('a process that is killed between the note and the work leaves the note, no work, and a key that serves again', {
  timeout: 120_000,
}, async () => {
  const first = await stack.start();
  // The next step behind the note waits for this lock.
  const holder = await database.pool.connect();
  await holder.query('begin');
  await holder.query('lock table idempotency_keys in access exclusive mode');
  const asked = pause().catch(() => 'the connection was cut');
  await eventually('the action was noted', async () => (await outcomes()).length === 1);
  await first.kill();
  await holder.query('rollback');
  holder.release();
  // What the dead process had sent may still be carried out by the database: the key, and no more.
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await eventually('nobody waits for the lock', async () => (await rows(waiting)).length === 0);

  expect([await asked, await outcomes(), await paused()]).toEqual(['the connection was cut', ['asked'], false]);

  await stack.start();
  const early = (await pause()).status;
  await database.pool.query("update idempotency_keys set beat_at = now() - interval '61 seconds' where status is null");
  const late = await pause();

  // Whether the key had got into the ledger is chance; the work is done once all the same.
  expect([200, 409]).toContain(early);
  expect([late.status, await paused()]).toEqual([200, true]);
  const noted = await outcomes();
  expect(noted[0]).toBe('asked');
  expect(noted.at(-1)).toBe('done');

  // The same ledger, by a command in a process of its own.
  expect((await stack.run('resume')).code).toBe(0);
  const [resumed] = await rows('select actor, role, via, code, outcome from actions order by id desc limit 1');
  expect(resumed).toEqual({ actor: userInfo().username, role: null, via: 'cli', code: 'resume', outcome: 'done' });
});
