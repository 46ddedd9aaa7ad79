import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbedded } from '../../src/store/embedded.ts';
import { sqlContact } from '../support/people.ts';
import { queueBackends } from '../support/queue-backends.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A PostgreSQL that the service knows by its URL only, and that can be taken away. */
async function openDatabase() {
  const dataDir = mkdtempSync(join(tmpdir(), 'handoff-away-'));
  chmodSync(dataDir, 0o755);
  let running: EmbeddedPostgres | null = await startEmbedded({ dataDir });
  const { host, port, user, database } = running.connection;
  closers.push(async () => {
    await running?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    url: `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
    async stop() {
      await running?.stop();
      running = null;
    },
    async start() {
      running = await startEmbedded({ dataDir });
    },
  };
}

const leads = ({ salesforce }: Stack) => salesforce.all('Lead').length;

function createContacts({ hubspot }: Stack, count: number, prefix: string): void {
  for (let number = 0; number < count; number++) hubspot.createContact(sqlContact(`${prefix}${number}`));
}

const readiness = async (url: string) =>
  await fetch(`${url}/readyz`).then(
    ({ status }) => status,
    () => null,
  );

describe.each(queueBackends())('an external database that is away (queue on $name)', (queue) => {
  it('at the start and in the middle: webhooks and readiness answer 503, then everything arrives, once', async () => {
    const database = await openDatabase();
    await database.stop();
    const stack = await startStack({
      queue,
      hubspot: {
        latencyMs: 20,
        rateLimitPer10s: 1_000,
        webhookRetryDelaysMs: Array.from({ length: 200 }, () => 500),
      },
      salesforce: { latencyMs: 50 },
      env: { DATABASE_URL: database.url, HUBSPOT_RATE_PER_10S: '1000' },
    });
    closers.push(() => stack.close());
    const url = String(stack.env.PUBLIC_URL);
    const refused = () => stack.hubspot.webhookCounters().failedRequests;

    const starting = stack.start();
    await eventually('it listens and is not ready', async () => (await readiness(url)) === 503);
    createContacts(stack, 20, 'early');
    await eventually('webhooks are refused at the start', () => refused() > 0);
    const arrivedEarly = leads(stack);
    await database.start();
    const service = await starting;
    createContacts(stack, 40, 'before');
    await eventually('some have arrived', () => leads(stack) > 0);

    await database.stop();
    await eventually('it is not ready any more', async () => (await readiness(url)) === 503);
    const refusedBefore = refused();
    createContacts(stack, 40, 'during');
    await eventually('webhooks are refused in the middle', () => refused() > refusedBefore);
    await database.start();
    await eventually('it is ready again', async () => (await readiness(url)) === 200);
    await stack.hubspot.flushWebhooks();
    await eventually('all arrived', () => leads(stack) >= 100, 180_000);

    const contacts = stack.salesforce.all('Lead').map(({ HubSpot_Contact_Id__c: id }) => id);
    expect(arrivedEarly).toBe(0);
    expect([contacts.length, new Set(contacts).size]).toEqual([100, 100]);
    expect(stack.hubspot.webhookCounters()).toMatchObject({ lost: 0 });
    expect(await service.stop()).toBe(0);
  }, 300_000);
});
