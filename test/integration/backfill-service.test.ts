import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sqlContact } from '../support/people.ts';
import { type QueueBackend, queueBackends } from '../support/queue-backends.ts';
import { adminToken, eventually, type Stack, startStack } from '../support/stack.ts';

const full = process.env.HANDOFF_TEST_FULL === '1';
/** Contacts in HubSpot, of which one in five passes the gate. */
const size = full ? 20_000 : 1_500;

const runSchema = z.object({
  id: z.string(),
  state: z.string(),
  phase: z.string(),
  progress: z.object({ done: z.number(), total: z.number().nullable(), created: z.number(), failed: z.number() }),
  counts: z.array(z.object({ kind: z.string(), code: z.string(), count: z.number() })),
});

let stack: Stack | null = null;

afterEach(async () => {
  await stack?.close();
  stack = null;
});

async function openStack(queue: QueueBackend): Promise<Stack> {
  // What is told before the service is there is lost: the backfill alone finds it.
  stack = await startStack({ queue, hubspot: { searchPerSecond: 0, rateLimitPer10s: 0, webhookRetryDelaysMs: [] } });
  return stack;
}

function fill({ hubspot }: Stack, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const stage: Record<string, string> = index % 5 === 0 ? {} : { lifecyclestage: 'lead' };
    hubspot.createContact(sqlContact(`person${index}`, stage));
  }
}

async function call({ env }: Stack, method: string, path: string, body?: unknown) {
  const response = await fetch(`${env.PUBLIC_URL}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function runOf(from: Stack, id: string) {
  const { status, body } = await call(from, 'GET', `/runs/${id}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return runSchema.parse(body);
}

describe.each(queueBackends())('on $name', (queue) => {
  it('works off a backfill although the service is killed twice', { timeout: 600_000 }, async () => {
    const at = await openStack(queue);
    fill(at, size);
    let service = await at.start();
    // It answers before it has reached both CRMs, and begins nothing until then.
    const isStarting = async () => (await call(at, 'POST', '/runs/999999/revert')).status === 503;
    await eventually('the service can begin runs', async () => !(await isStarting()), 60_000);
    const started = await call(at, 'POST', '/backfills', { object: 'contacts' });
    expect(started.status, JSON.stringify(started.body)).toBe(201);
    const { id } = runSchema.parse(started.body);
    for (const share of [0.1, 0.5]) {
      const leads = Math.round((size / 5) * share);
      await eventually(`${leads} leads are there`, () => at.salesforce.all('Lead').length >= leads, 300_000);
      await service.kill();
      service = await at.start();
    }
    await eventually('the backfill has ended', async () => (await runOf(at, id)).state === 'ended', 300_000);
    const run = await runOf(at, id);
    expect(run.counts.filter(({ kind }) => kind === 'listed')).toEqual(
      [
        { kind: 'listed', code: 'below_gate', count: size * 0.8, samples: expect.anything() },
        { kind: 'listed', code: 'marked', count: size / 5, samples: expect.anything() },
      ].map(({ samples: _, ...count }) => count),
    );
    expect(at.salesforce.all('Lead')).toHaveLength(size / 5);
    expect(new Set(at.salesforce.all('Lead').map((lead) => lead.HubSpot_Contact_Id__c)).size).toBe(size / 5);
  });
});
