import { afterEach, describe, expect, it } from 'vitest';
import type { viewStatus } from '../../src/http/status-view.ts';
import { createTestDatabase } from '../support/database.ts';
import { sqlContact } from '../support/people.ts';
import { queueBackends } from '../support/queue-backends.ts';
import { adminToken, eventually, type Stack, type StackOptions, startStack } from '../support/stack.ts';

type Status = ReturnType<typeof viewStatus>;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function openStack(options: StackOptions): Promise<Stack> {
  const stack = await startStack(options);
  closers.push(() => stack.close());
  return stack;
}

async function statusOf({ env }: Stack): Promise<Status> {
  const answer = await fetch(`${env.PUBLIC_URL}/api/v1/status`, { headers: { authorization: `Bearer ${adminToken}` } });
  return (await answer.json()) as Status;
}

async function isIdle(stack: Stack): Promise<boolean> {
  await stack.hubspot.flushWebhooks();
  const { pending } = await statusOf(stack);
  return pending.due + pending.waiting + pending.leased === 0;
}

const leads = ({ salesforce }: Stack) => salesforce.all('Lead').length;

function createContacts({ hubspot }: Stack, count: number, prefix: string): void {
  for (let number = 0; number < count; number++) hubspot.createContact(sqlContact(`${prefix}${number}`));
}

describe.each(queueBackends())('operating the service (queue on $name)', (queue) => {
  it('observe, the default, reads and plans and records but writes nothing; live then hands over what was only observed', async () => {
    const stack = await openStack({ queue });
    const observer = await stack.start([], { SYNC_MODE: 'observe' });
    createContacts(stack, 3, 'observed');
    await eventually('everything was looked at', () => isIdle(stack));
    const writes = [...stack.hubspot.requests, ...stack.salesforce.requests].filter(({ path }) =>
      /batch\/(update|upsert|create)|\/sobjects/.test(path),
    );
    const before = leads(stack);
    await observer.stop();
    await stack.start();
    await eventually('they arrived', () => leads(stack) === 3);

    expect(before).toBe(0);
    expect(writes.filter(({ path }) => !path.includes('/describe'))).toEqual([]);
  });

  it('pause stops every CRM write within seconds while events go on being taken, and resume lets them through', async () => {
    const stack = await openStack({ queue });
    await stack.start();
    const paused = await stack.run('pause', '--reason', 'rehearsal');
    createContacts(stack, 5, 'paused');
    await stack.hubspot.flushWebhooks();
    await eventually('they wait', async () => (await statusOf(stack)).paused);
    const during = leads(stack);
    const resumed = await stack.run('resume');
    await eventually('they arrived', () => leads(stack) === 5);

    expect([paused.code, resumed.code, during]).toEqual([0, 0, 0]);
    expect(stack.hubspot.webhookCounters()).toMatchObject({ lost: 0, failedRequests: 0 });
  });

  it('a safety limit stops the run before it creates more than the mapping allows, until somebody approves it', async () => {
    const stack = await openStack({ queue, mappings: { 'gate.yaml': { 'limits.creates_per_run': 4 } } });
    await stack.start();
    createContacts(stack, 10, 'limited');
    await eventually('the run stopped', async () =>
      (await statusOf(stack)).runs.some(({ state }) => state === 'stopped'),
    );
    await eventually('the allowed ones arrived', () => leads(stack) === 4);
    const [run] = (await statusOf(stack)).runs.filter(({ state }) => state === 'stopped');
    const approved = await stack.run('approve', String(run?.id));
    await eventually('the rest arrived', () => leads(stack) === 10);

    expect(approved.code, approved.stderr).toBe(0);
  });

  it('SIGTERM hands back what is active and ends with 0; the next start goes on', async () => {
    const stack = await openStack({ queue, hubspot: { latencyMs: 200 }, salesforce: { latencyMs: 200 } });
    const service = await stack.start();
    createContacts(stack, 30, 'handed-back');
    await eventually('work is under way', async () => (await statusOf(stack)).pending.leased > 0 || leads(stack) > 0);
    const code = await service.stop();
    await stack.start();
    await eventually('all arrived', () => leads(stack) === 30 && isIdle(stack));

    expect(code).toBe(0);
  });

  it('reads Salesforce on its schedule: what sales changes and who was born there arrive in HubSpot', async () => {
    const born = { 'born_in_salesforce.do': 'create', 'born_in_salesforce.stage': 'salesqualifiedlead' };
    const stack = await openStack({
      queue,
      env: { SALESFORCE_POLL_SECONDS: '5' },
      mappings: { 'contacts.yaml': born },
    });
    await stack.start();
    const id = stack.hubspot.createContact(sqlContact('polled'));
    await eventually('it arrived', () => leads(stack) === 1);
    await eventually('Salesforce is read', async () =>
      (await statusOf(stack)).watermarks.some(({ source }) => source === 'salesforce.Lead.fast'),
    );
    await eventually('it is idle', () => isIdle(stack));
    const [lead] = stack.salesforce.all('Lead');
    stack.salesforce.edit('Lead', String(lead?.Id), { Title: 'Head of Sales' });
    const bornId = stack.salesforce.create('Lead', {
      LastName: 'native',
      Company: 'Fair',
      Email: 'native@people.example',
    }).Id;
    await eventually('the title arrived', () => stack.hubspot.getContact(id)?.properties.jobtitle === 'Head of Sales');
    await eventually('the person arrived', () =>
      stack.hubspot.contacts().some(({ properties }) => properties.salesforce_person_id === bornId),
    );
    const ready = await (await fetch(`${stack.env.PUBLIC_URL}/readyz`)).json();

    expect(ready).toMatchObject({ checks: { 'salesforce poll': { ok: true } } });
  });

  it('one process takes webhooks, two others do the work', async () => {
    const database = await createTestDatabase();
    closers.push(() => database.close());
    const {
      host,
      port,
      user,
      database: name,
    } = database.settings as { host: string; port: number; user: string; database: string };
    const url = `postgresql://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;
    const stack = await openStack({ queue, env: { DATABASE_URL: url } });
    await stack.start(['--role', 'http']);
    await Promise.all([stack.start(['--role', 'worker']), stack.start(['--role', 'worker'])]);
    createContacts(stack, 40, 'shared');
    await eventually('all arrived', () => leads(stack) === 40);
    await eventually('nothing is pending', () => isIdle(stack));

    expect(new Set(stack.salesforce.all('Lead').map(({ HubSpot_Contact_Id__c: id }) => id)).size).toBe(40);
  });

  it('a log line never holds a secret, a name or an address', async () => {
    const stack = await openStack({ queue, env: { LOG_LEVEL: 'debug' } });
    const service = await stack.start();
    createContacts(stack, 3, 'unmentionable');
    stack.salesforce.addValidationRule({ object: 'Lead', when: { City: 'Nowhere' }, message: 'No.', field: 'City' });
    stack.hubspot.createContact(sqlContact('unmentionable-too', { city: 'Nowhere' }));
    await eventually('all were looked at', () => isIdle(stack));
    const asked = [
      '/api/v1/contacts?query=unmentionable@people.example',
      '/api/v1/unmentionable@people.example',
      '/api/v1/failures?code=unmentionable',
      '/unmentionable',
    ];
    const headers = { authorization: `Bearer ${adminToken}`, 'x-request-id': 'unmentionable@people.example' };
    const answers = await Promise.all(asked.map((path) => fetch(`${stack.env.PUBLIC_URL}${path}`, { headers })));
    const ids = answers.map((answer) => answer.headers.get('x-request-id'));
    await eventually('they are in the log', () =>
      ids.every((id) => service.lines.some((line) => line.includes(`${id}`))),
    );

    const text = service.lines.join('\n');
    const { hubspot, salesforce } = stack;
    for (const word of [
      hubspot.accessToken,
      hubspot.clientSecret,
      salesforce.clientSecret,
      adminToken,
      'unmentionable',
      'people.example',
    ])
      expect(text).not.toContain(word);
    expect(service.lines.length).toBeGreaterThan(5);
    const lines = service.lines.map((line) => JSON.parse(line));
    const claimed = lines.filter(({ msg }) => msg === 'records claimed');
    const failed = lines.filter(({ msg }) => msg === 'records could not be synced');
    expect(new Set(ids).size).toBe(asked.length);
    expect(claimed.length).toBeGreaterThan(0);
    for (const line of [...claimed, ...failed])
      expect(line).toMatchObject({ job: expect.any(String), jobId: expect.any(String), recordIds: expect.any(Array) });
    expect(failed.length).toBeGreaterThan(0);
  });
});
