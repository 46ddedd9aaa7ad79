import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sqlContact } from '../support/people.ts';
import { queueBackends } from '../support/queue-backends.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

const report = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  counts: z.array(z.object({ kind: z.string(), code: z.string(), count: z.number() })),
});

describe('handoff compare and handoff rebuild without a service', () => {
  let stack: Stack;
  beforeAll(async () => {
    const [queue = { name: 'postgresql' as const, env: {} }] = queueBackends();
    stack = await startStack({ queue, hubspot: { searchPerSecond: 0, rateLimitPer10s: 0 } });
    const service = await stack.start();
    for (const name of ['one', 'two', 'three']) stack.hubspot.createContact(sqlContact(name));
    await eventually('three are handed over', () =>
      stack.hubspot.contacts().every(({ properties }) => (properties.salesforce_person_id ?? '') !== ''),
    );
    await service.stop();
  }, 120_000);
  afterAll(() => stack.close());

  it('counts the drift, and finds none', async () => {
    const { code, stdout, stderr } = await stack.run('compare', '--json');
    expect(code, stderr).toBe(0);
    const run = report.parse(JSON.parse(stdout));
    expect(run).toMatchObject({ kind: 'comparison', state: 'ended' });
    expect(run.counts.filter(({ kind }) => kind === 'drift')).toEqual([]);
  }, 60_000);

  it('links an empty ledger anew, asks for a policy, and ends', async () => {
    const empty = { DATA_DIR: join(stack.dataDir, '..', 'another') };
    const review = await stack.runWith(empty, 'rebuild', '--json');
    expect(review.code, review.stderr).toBe(0);
    const run = report.parse(JSON.parse(review.stdout));
    expect(run).toMatchObject({ kind: 'rebuild', state: 'review' });
    expect(run.counts).toContainEqual(expect.objectContaining({ code: 'contact.by_external_id', count: 3 }));
    expect((await stack.runWith(empty, 'status')).stdout).toContain('paused by rebuild');

    const chosen = await stack.runWith(empty, 'rebuild', '--policy', 'keep', '--json');
    expect(chosen.code, chosen.stderr).toBe(0);
    expect(report.parse(JSON.parse(chosen.stdout))).toMatchObject({ id: run.id, state: 'ended' });
    expect(stack.salesforce.all('Lead')).toHaveLength(3);
  }, 120_000);
});
