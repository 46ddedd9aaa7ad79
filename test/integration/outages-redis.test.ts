import { afterEach, describe, expect, it } from 'vitest';
import { hasRedisServer, type OwnRedis, startOwnRedis } from '../support/own-redis.ts';
import { sqlContact } from '../support/people.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function openStack(redis: OwnRedis): Promise<Stack> {
  const stack = await startStack({
    queue: { name: 'redis', env: { REDIS_URL: redis.url } },
    hubspot: { latencyMs: 20, rateLimitPer10s: 1_000 },
    salesforce: { latencyMs: 50 },
    env: { HUBSPOT_RATE_PER_10S: '1000' },
  });
  closers.push(() => stack.close());
  return stack;
}

const leads = ({ salesforce }: Stack) => salesforce.all('Lead').length;
const distinct = ({ salesforce }: Stack) =>
  new Set(salesforce.all('Lead').map(({ HubSpot_Contact_Id__c: id }) => id)).size;

function createContacts({ hubspot }: Stack, count: number, prefix: string): void {
  for (let number = 0; number < count; number++) hubspot.createContact(sqlContact(`${prefix}${number}`));
}

describe.runIf(hasRedisServer())('a Redis that loses everything or goes away', () => {
  it('flushed in the middle of 200 contacts, all arrive once, after a tick or two', async () => {
    const redis = await startOwnRedis();
    closers.push(() => redis.stop());
    const stack = await openStack(redis);
    await stack.start();
    createContacts(stack, 100, 'before');
    await eventually('some have arrived', () => leads(stack) > 0);
    await redis.flush();
    createContacts(stack, 100, 'after');
    await stack.hubspot.flushWebhooks();
    await redis.flush();
    const flushedAt = performance.now();
    await eventually('all arrived', () => leads(stack) >= 200);

    // The schedules are made anew every two seconds and come round every two: the rest is the work itself.
    expect(performance.now() - flushedAt).toBeLessThan(30_000);
    expect([leads(stack), distinct(stack)]).toEqual([200, 200]);
    expect(stack.hubspot.webhookCounters()).toMatchObject({ failedRequests: 0, lost: 0 });
  }, 300_000);

  it('away at the start and in the middle, webhooks are taken all the same, and work goes on when it is back', async () => {
    const first = await startOwnRedis();
    await first.stop();
    const stack = await openStack(first);
    const port = Number(new URL(first.url).port);
    const service = await stack.start();
    createContacts(stack, 20, 'early');
    await stack.hubspot.flushWebhooks();
    const arrivedEarly = leads(stack);
    const second = await startOwnRedis(port);
    await eventually('they arrive once it is there', () => leads(stack) === 20);

    await second.stop();
    createContacts(stack, 20, 'during');
    await stack.hubspot.flushWebhooks();
    const third = await startOwnRedis(port);
    closers.unshift(() => third.stop());
    await eventually('the rest arrives once it is back', () => leads(stack) === 40);

    expect(arrivedEarly).toBe(0);
    expect(distinct(stack)).toBe(40);
    expect(stack.hubspot.webhookCounters()).toMatchObject({ failedRequests: 0, lost: 0 });
    expect(await service.stop()).toBe(0);
  }, 300_000);
});
