import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sqlContact } from '../support/people.ts';
import { queueBackends } from '../support/queue-backends.ts';
import { type Stack, startStack } from '../support/stack.ts';

const report = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  counts: z.array(z.object({ kind: z.string(), code: z.string(), count: z.number() })),
});

describe('handoff rebuild and handoff compare without a service', () => {
  let stack: Stack;
  const ids: string[] = [];
  beforeAll(async () => {
    const [queue = { name: 'postgresql' as const, env: {} }] = queueBackends();
    stack = await startStack({ queue, hubspot: { searchPerSecond: 0, rateLimitPer10s: 0, webhookRetryDelaysMs: [] } });
    for (const name of ['one', 'two', 'three']) {
      const id = stack.hubspot.createContact(sqlContact(name));
      stack.salesforce.create('Lead', { LastName: name, Company: 'Works', HubSpot_Contact_Id__c: id });
      ids.push(id);
    }
  }, 120_000);
  afterAll(() => stack.close());

  it('links an empty ledger anew, asks for a policy, and finds no drift after it', async () => {
    const review = await stack.run('rebuild', '--json');
    expect(review.code, review.stderr).toBe(0);
    const run = report.parse(JSON.parse(review.stdout));
    expect(run).toMatchObject({ kind: 'rebuild', state: 'review' });
    expect(run.counts).toContainEqual(expect.objectContaining({ code: 'contact.by_external_id', count: 3 }));
    expect(stack.salesforce.all('Lead').every(({ FirstName }) => FirstName == null)).toBe(true);

    const resumed = await stack.run('resume');
    expect(resumed.stdout).toContain(`rebuild ${run.id} waits for its policy`);
    expect((await stack.run('status')).stdout).toContain('paused by rebuild');

    const chosen = await stack.run('rebuild', '--policy', 'rules', '--json');
    expect(chosen.code, chosen.stderr).toBe(0);
    expect(report.parse(JSON.parse(chosen.stdout))).toMatchObject({ id: run.id, state: 'ended' });
    expect(stack.salesforce.all('Lead')).toHaveLength(ids.length);
    expect(stack.salesforce.all('Lead').every(({ FirstName }) => FirstName === 'Given')).toBe(true);

    const compared = await stack.run('compare', '--json');
    expect(compared.code, compared.stderr).toBe(0);
    const found = report.parse(JSON.parse(compared.stdout));
    expect(found).toMatchObject({ kind: 'comparison', state: 'ended' });
    expect(found.counts.filter(({ kind }) => kind === 'drift')).toEqual([]);
  }, 120_000);
});
