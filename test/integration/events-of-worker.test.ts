import { afterAll, beforeAll, expect, it } from 'vitest';
import { endpoints } from '../../src/http/contract/index.ts';
import type { DatabaseSettings } from '../../src/store/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { listenTo } from '../support/listen-to.ts';
import { fallbackOwner } from '../support/mappings.ts';
import { sendWebhook } from '../support/send-webhook.ts';
import { adminToken, type Stack, startStack } from '../support/stack.ts';

let database: TestDatabase;
let stack: Stack;
beforeAll(async () => {
  database = await createTestDatabase();
  const {
    user,
    port,
    host,
    database: name,
  } = database.settings as Exclude<DatabaseSettings, { connectionString: string }>;
  const DATABASE_URL = `postgresql://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;
  stack = await startStack({ queue: { name: 'postgresql', env: {} }, env: { DATABASE_URL } });
  stack.hubspot.addOwner(fallbackOwner);
});
afterAll(async () => {
  await stack.close();
  await database.close();
});

it('what a worker process writes is told by another process within three seconds, and both processes show', async () => {
  const http = await stack.start(['--role', 'http']);
  await stack.start(['--role', 'worker']);
  const headers = { authorization: `Bearer ${adminToken}` };
  const stream = await listenTo(`${http.url}/api/v1/events`, headers);
  const [id = ''] = stack.hubspot.seedContacts([
    { email: 'told@sandbox.example', lastname: 'Told', company: 'Told', lifecyclestage: 'salesqualifiedlead' },
  ]);
  await sendWebhook(http.url, stack.hubspot, [
    { objectId: id, propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' },
  ]);

  const topics = await stream.topicsUntil('activity');
  const toldAtMs = Date.now();
  expect(topics).toEqual(expect.arrayContaining(['overview', 'records']));
  const { rows } = await database.pool.query<{ at: number }>(
    `select extract(epoch from min(closed_at))::float8 * 1000 as at from writes where state = 'done'`,
  );
  expect(toldAtMs - (rows[0]?.at ?? 0)).toBeLessThan(3_000);
  stream.close();

  const answer = await fetch(`${http.url}/api/v1/overview`, { headers });
  const overview = endpoints['GET /overview'].answer.parse(await answer.json());
  expect(overview).toMatchObject({ pairs: { contact: 1 }, today: { handoffs: 1 }, health: { level: 'ok' } });
  expect(overview.processes).toMatchObject([
    { role: 'http', alive: true, mappingVersion: 1 },
    { role: 'worker', alive: true, mappingVersion: 1 },
  ]);
  expect(overview.flow.some(({ toSalesforce }) => toSalesforce > 0)).toBe(true);
});
