import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sqlContact } from '../support/people.ts';
import { queueBackends } from '../support/queue-backends.ts';
import { eventually, type Stack, type StackOptions, startStack } from '../support/stack.ts';

const stacks: Stack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.close();
});

async function openStack(options: StackOptions): Promise<Stack> {
  const stack = await startStack({
    ...options,
    hubspot: {
      rateLimitPer10s: 1_000,
      webhookRetryDelaysMs: Array.from({ length: 60 }, () => 500),
      ...options.hubspot,
    },
    env: { HUBSPOT_RATE_PER_10S: '1000', ...options.env },
  });
  stacks.push(stack);
  return stack;
}

function createContacts({ hubspot }: Stack, count: number, prefix: string): void {
  for (let number = 0; number < count; number++) hubspot.createContact(sqlContact(`${prefix}${number}`));
}

const leads = ({ salesforce }: Stack) => salesforce.all('Lead').length;

/** How many persons there are per contact: a contact that arrived twice shows as 2. */
function arrivals({ salesforce }: Stack): number[] {
  const byContact = new Map<unknown, number>();
  for (const { HubSpot_Contact_Id__c: id } of salesforce.all('Lead')) byContact.set(id, (byContact.get(id) ?? 0) + 1);
  return [...byContact.values()];
}

function readPostmaster({ dataDir }: Stack): number {
  return Number.parseInt(readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8'), 10);
}

const once = (count: number) => Array.from({ length: count }, () => 1);

describe.each(queueBackends())('one service on the embedded PostgreSQL (queue on $name)', (queue) => {
  it('refuses a second service on its data directory, while commands work beside it', async () => {
    const stack = await openStack({ queue });
    await stack.start();
    const second = stack.start([], { PORT: '0' }).catch((thrown: unknown) => String(thrown));
    const status = await stack.run('status', '--json');
    createContacts(stack, 1, 'beside');
    await eventually('the first one goes on', () => leads(stack) === 1);

    expect(await second).toContain('ended with 1');
    expect(await second).toContain('Another Handoff service runs on this data directory');
    expect(status.code, status.stderr).toBe(0);
  }, 300_000);

  it('goes on at once after a SIGKILL: the next start takes back what the killed one held', async () => {
    const stack = await openStack({ queue, hubspot: { latencyMs: 100 }, salesforce: { latencyMs: 400 } });
    const service = await stack.start();
    createContacts(stack, 20, 'held');
    await eventually('work is under way', () => leads(stack) > 0 || isWriting(stack));
    await service.kill();
    const startedAt = performance.now();
    await stack.start();
    await eventually('all arrived', () => leads(stack) === 20);
    await stack.hubspot.flushWebhooks();

    // A lease is a minute; on Redis, the slot of the killed process's job costs up to 20 s.
    expect(performance.now() - startedAt).toBeLessThan(45_000);
    expect(arrivals(stack)).toEqual(once(20));
  }, 300_000);
});

describe.each(queueBackends())('the embedded server is killed while the service runs (queue on $name)', (queue) => {
  it('the service brings it back, no acknowledged event is lost, and each contact arrives once', async () => {
    const stack = await openStack({ queue, hubspot: { latencyMs: 20 }, salesforce: { latencyMs: 50 } });
    const service = await stack.start();
    createContacts(stack, 60, 'before');
    await eventually('some have arrived', () => leads(stack) > 0);
    const killed = readPostmaster(stack);
    process.kill(killed, 'SIGKILL');
    createContacts(stack, 60, 'after');
    await eventually('the service noticed', () => service.lines.some((line) => line.includes('went away')));
    await eventually('it is ready again', async () => (await fetch(`${service.url}/readyz`)).ok);
    await stack.hubspot.flushWebhooks();
    await eventually('all arrived', () => leads(stack) === 120, 150_000);

    expect(arrivals(stack)).toEqual(once(120));
    expect(readPostmaster(stack)).not.toBe(killed);
    expect(stack.hubspot.webhookCounters()).toMatchObject({ lost: 0 });
    expect(await service.stop()).toBe(0);
    expect(existsSync(join(stack.dataDir, 'postgres/cluster/postmaster.pid')), 'the server was stopped').toBe(false);
  }, 300_000);
});

/** A person's write has reached Salesforce, and its answer is on the way. */
function isWriting({ salesforce }: Stack): boolean {
  return salesforce.requests.some(({ method, path }) => method !== 'GET' && path.includes('/sobjects'));
}
