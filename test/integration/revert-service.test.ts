import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sqlContact } from '../support/people.ts';
import { queueBackends } from '../support/queue-backends.ts';
import { adminToken, eventually, type Stack, startStack } from '../support/stack.ts';

const runSchema = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  dryRun: z.boolean(),
  reverts: z.string().nullable(),
  counts: z.array(z.object({ kind: z.string(), code: z.string(), count: z.number() })),
});

let stack: Stack | null = null;

afterEach(async () => {
  await stack?.close();
  stack = null;
});

async function call({ env }: Stack, method: string, path: string, body?: unknown) {
  const response = await fetch(`${env.PUBLIC_URL}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function told(at: Stack, ...argv: string[]) {
  const { code, stdout, stderr } = await at.run(...argv, '--json');
  expect(code, stderr).toBe(0);
  return runSchema.parse(JSON.parse(stdout));
}

const amount = ({ counts }: z.infer<typeof runSchema>, kind: string, code: string) =>
  counts.find((each) => each.kind === kind && each.code === code)?.count ?? 0;

describe.each(queueBackends())('on $name', (queue) => {
  it('a run is put back by the command and by the API', { timeout: 300_000 }, async () => {
    const at = await startStack({
      queue,
      hubspot: { searchPerSecond: 0, rateLimitPer10s: 0, webhookRetryDelaysMs: [] },
    });
    stack = at;
    const ids = [1, 2, 3].map((number) => at.hubspot.createContact(sqlContact(`person${number}`, { jobtitle: 'CTO' })));
    const first = await told(at, 'backfill', 'contacts', '--yes');
    expect(at.salesforce.all('Lead')).toHaveLength(3);
    for (const id of ids) at.hubspot.editContact(id, { jobtitle: 'CEO' });
    const second = await told(at, 'backfill', 'contacts', '--yes');
    expect(at.salesforce.all('Lead').map(({ Title }) => Title)).toEqual(['CEO', 'CEO', 'CEO']);

    const service = await at.start();
    // It answers before it has reached both CRMs, and begins nothing until then.
    const isStarting = async () => (await call(at, 'POST', '/runs/999999/revert')).status === 503;
    await eventually('the service can begin runs', async () => !(await isStarting()), 60_000);
    const find = async (id: string) => runSchema.parse((await call(at, 'GET', `/runs/${id}`)).body);
    const ended = async (begun: { status: number; body: unknown }) => {
      expect(begun.status, JSON.stringify(begun.body)).toBe(201);
      const { id } = runSchema.parse(begun.body);
      await eventually('the revert has ended', async () => (await find(id)).state === 'ended', 120_000);
      return await find(id);
    };
    const missing = await call(at, 'POST', '/runs/999999/revert');
    expect(missing).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
    const undecided = await call(at, 'POST', `/runs/${first.id}/revert`);
    expect(undecided).toMatchObject({ status: 409, body: { code: 'created_undecided' } });

    const dry = await ended(await call(at, 'POST', `/runs/${second.id}/revert`, { dryRun: true }));
    expect(dry).toMatchObject({ kind: 'revert', dryRun: true, reverts: second.id });
    expect(amount(dry, 'put_back', 'salesforce')).toBe(3);
    expect(at.salesforce.all('Lead').map(({ Title }) => Title)).toEqual(['CEO', 'CEO', 'CEO']);
    const revert = await ended(await call(at, 'POST', `/runs/${second.id}/revert`));
    expect(amount(revert, 'put_back', 'salesforce')).toBe(3);
    expect(at.salesforce.all('Lead').map(({ Title }) => Title)).toEqual(['CTO', 'CTO', 'CTO']);

    // Their Titles were put back to what the first run had written: they are as it left them.
    const deleted = await told(at, 'revert', first.id, '--created', 'delete');
    expect(deleted.state).toBe('ended');
    expect(amount(deleted, 'put_back', 'deleted')).toBe(3);
    expect(at.salesforce.all('Lead')).toEqual([]);
    const shown = await at.run('runs', '--id', revert.id);
    expect(shown.stdout).toContain(`reverts    run ${second.id}`);
    await service.stop();
  });
});
