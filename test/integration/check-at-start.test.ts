import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sqlContact } from '../support/people.ts';
import { queueBackends } from '../support/queue-backends.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

const [queue] = queueBackends();
if (queue === undefined) throw new Error('there is always the queue on PostgreSQL');

type Ready = { status: string; checks: { mapping?: { ok: boolean; detail: string } } };

const readiness = async () => (await (await fetch(`${stack.env.PUBLIC_URL}/readyz`)).json()) as Ready;

const withoutProperty = { 'contacts.yaml': { 'fields.4.hubspot': 'job_title', examples: [] } };

let stack: Stack;
let service: Awaited<ReturnType<Stack['start']>>;
beforeAll(async () => {
  stack = await startStack({ queue, mappings: withoutProperty });
}, 120_000);
afterAll(async () => await stack.close());

type Finding = { severity: string; code: string; what: string };

const findingsOf = async () => {
  const { stdout } = await stack.run('check', '--json');
  return (JSON.parse(stdout) as { findings: Finding[] }).findings;
};

const activeVersion = async () => {
  const { stdout } = await stack.run('status', '--json');
  return (JSON.parse(stdout) as { mappingVersion: number | null }).mappingVersion;
};

it('CHECK_AT_START=refuse: does not start where the mapping does not fit, and says each error on a line', async () => {
  const { code, stderr } = await stack.runWith({ CHECK_AT_START: 'refuse' }, 'start');

  expect(code).toBe(1);
  expect(stderr).toMatch(/^\S*contacts\.yaml:\d+ HubSpot contacts have no property job_title/m);
  expect(await activeVersion(), 'a start that was refused activates nothing').toBeNull();
});

it('warn: starts all the same, shows it at /readyz and in the status, and knows from then on that webhooks come', async () => {
  service = await stack.start();

  await eventually('it was checked', async () => (await readiness()).checks.mapping !== undefined);
  const { status, checks } = await readiness();
  stack.hubspot.createContact(sqlContact('told'));
  await stack.hubspot.flushWebhooks();
  const codes = (await findingsOf()).map(({ code }) => code);
  const told = await stack.run('status');

  expect([status, checks.mapping]).toEqual([
    'degraded',
    { ok: false, detail: expect.stringMatching(/^1 of its lines do not fit/) },
  ]);
  expect(service.lines.join('\n')).toContain('"code":"unknown_property"');
  expect(codes).toEqual(expect.arrayContaining(['unknown_property', 'app_folder_missing']));
  expect(codes).not.toContain('no_webhooks_seen');
  expect(told.stdout).toMatch(/check +1 error/);
});

it('refuse: leaves the version active that was, where the files have changed', async () => {
  const before = await activeVersion();
  await service.stop();
  appendFileSync(join(stack.env.MAPPINGS_DIR ?? '', 'contacts.yaml'), '\n# changed\n');

  const { code, stderr } = await stack.runWith({ CHECK_AT_START: 'refuse' }, 'start');

  expect([code, before, await activeVersion()], stderr).toEqual([1, 1, 1]);
});
