import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sqlContact } from '../support/people.ts';
import { queueBackends } from '../support/queue-backends.ts';
import { type Stack, startStack } from '../support/stack.ts';

const report = z.object({
  id: z.string(),
  state: z.string(),
  dryRun: z.boolean(),
  progress: z.object({ created: z.number(), done: z.number(), skipped: z.record(z.string(), z.number()) }),
});

describe('handoff backfill without a service', () => {
  let stack: Stack;
  const ids: string[] = [];

  beforeAll(async () => {
    const [queue = { name: 'postgresql' as const, env: {} }] = queueBackends();
    // What is told before the service is there is lost: the backfill alone finds it.
    stack = await startStack({ queue, hubspot: { searchPerSecond: 0, rateLimitPer10s: 0, webhookRetryDelaysMs: [] } });
    for (let index = 0; index < 30; index += 1) {
      const stage: Record<string, string> = index < 10 ? {} : { lifecyclestage: 'lead' };
      ids.push(stack.hubspot.createContact(sqlContact(`person${index}`, stage)));
    }
  }, 120_000);

  afterAll(async () => {
    await stack.close();
  });

  it('says what a dry run would do, and writes nothing', async () => {
    const { code, stdout, stderr } = await stack.run('backfill', 'contacts', '--dry-run', '--json');
    expect(code, stderr).toBe(0);
    const run = report.parse(JSON.parse(stdout));
    expect(run).toMatchObject({ state: 'ended', dryRun: true, progress: { created: 10, skipped: { below_gate: 20 } } });
    expect(stack.salesforce.all('Lead')).toEqual([]);
  }, 60_000);

  it('works the ids of a file off by itself, and tells unknown ones', async () => {
    const file = join(stack.dataDir, '..', 'ids.csv');
    writeFileSync(file, `\uFEFFRecord ID\r\n${ids[0]}\r\n${ids[0]}\r\n\r\n${ids[15]}\r\n999999999\r\n`);
    const { code, stdout, stderr } = await stack.run('backfill', 'contacts', '--ids', file, '--json');
    expect(code, stderr).toBe(0);
    const run = report.parse(JSON.parse(stdout));
    expect(run.progress).toMatchObject({
      created: 1,
      done: 4,
      skipped: { below_gate: 1, unknown_id: 1, duplicate: 1 },
    });
    expect(stack.salesforce.all('Lead')).toHaveLength(1);
  }, 60_000);

  it('prints a forecast and a report for people', async () => {
    const { code, stdout, stderr } = await stack.run('backfill', 'contacts');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('creates    9;');
    expect(stdout).toMatch(/marked +10 /);
    expect(stack.salesforce.all('Lead')).toHaveLength(10);
    const { stdout: listed } = await stack.run('runs');
    expect(listed).toMatch(/backfill .*ended/);
  }, 60_000);
});
