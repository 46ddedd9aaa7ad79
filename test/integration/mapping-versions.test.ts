import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { sqlContact } from '../support/people.ts';
import { adminToken, eventually, type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
let service: Awaited<ReturnType<Stack['start']>>;
beforeAll(async () => {
  stack = await startStack({ queue: { name: 'postgresql', env: {} } });
  service = await stack.start();
}, 120_000);
afterAll(() => stack.close());

/** As much of all the answers as is read here; the rest is matched whole. */
type Told = {
  id: string;
  backlog: number;
  state: string;
  before: number | null;
  pausedRuns: readonly string[];
  active: { files: Record<string, string> };
  objects: readonly { groups: readonly unknown[] }[];
};

async function ask(path: string, body?: unknown): Promise<{ status: number; json: Told }> {
  const answer = await fetch(`${service.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Told };
}

/** Changes a mapping file as an editor would. */
function edit(file: string, values: Record<string, unknown>): void {
  const path = join(stack.env.MAPPINGS_DIR ?? '', file);
  const document = parseDocument(readFileSync(path, 'utf8'));
  for (const [name, value] of Object.entries(values)) document.setIn(name.split('.'), value);
  writeFileSync(path, document.toString());
}

const told = (part: string) => service.lines.filter((line) => line.includes(part)).length;

/** Sends SIGHUP and waits for what the log says of it. */
async function hangUp(answer: string): Promise<void> {
  const before = told(answer);
  process.kill(service.pid, 'SIGHUP');
  await eventually(`the log says "${answer}"`, () => told(answer) > before);
}

const leadOf = (id: string) => stack.salesforce.all('Lead').find((lead) => lead.HubSpot_Contact_Id__c === id);

describe('a mapping that is changed under a running service', () => {
  let contact: string;

  it('is proposed by SIGHUP, and nothing is done under it', async () => {
    contact = stack.hubspot.createContact(sqlContact('versions', { jobtitle: 'Chief' }));
    await eventually('it is handed over', () => leadOf(contact)?.Title === 'Chief');
    const { json: first } = await ask('/mappings');
    expect(first).toMatchObject({ active: { version: 1, activatedBy: 'start' }, proposed: null });
    expect(Object.keys(first.active.files).sort()).toEqual(
      ['companies', 'contacts', 'deals', 'gate', 'lifecycle', 'owners'].sort(),
    );

    edit('contacts.yaml', { 'fields.4.salesforce': 'Description', examples: [] });
    await hangUp('a mapping is proposed');
    const { json: second } = await ask('/mappings');
    expect(second).toMatchObject({ active: { version: 1 }, proposed: { version: 2, proposedBy: 'SIGHUP' } });
  });

  it('is not taken where it holds faults: each is told, the old one stays', async () => {
    const path = join(stack.env.MAPPINGS_DIR ?? '', 'gate.yaml');
    const text = readFileSync(path, 'utf8');
    edit('gate.yaml', { opens_at: ['nowhere'] });
    await hangUp('the old mapping stays');
    writeFileSync(path, text);
    expect((await ask('/mappings')).json).toMatchObject({ active: { version: 1 }, proposed: { version: 2 } });
  });

  it('is planned by the command line and the API', async () => {
    const planned = await stack.run('plan', '--json');
    expect(planned.code, planned.stderr).toBe(0);
    const document = JSON.parse(planned.stdout);
    expect(document).toMatchObject({ active: { version: 1 }, proposed: { version: 2 }, isSame: false });
    expect(document.objects[0]).toMatchObject({ object: 'contact', total: 1, differing: { count: 1 } });
    const { status, json } = await ask('/plan', { sample: 10 });
    expect(status).toBe(200);
    expect(json.objects[0]?.groups).toMatchObject([{ field: 'Description', count: 1 }]);
    expect((await ask('/plan', { sample: 501 })).status).toBe(400);
    expect(leadOf(contact)?.Description ?? null).toBeNull();
  });

  it('is activated without a restart: what runs is paused, and goes on under it once it is resumed', async () => {
    expect((await stack.run('pause')).code).toBe(0);
    const started = await ask('/backfills', { object: 'contacts' });
    expect(started.status, JSON.stringify(started.json)).toBe(201);
    const run = `/runs/${started.json.id}`;
    await eventually('the run has marked its record', async () => (await ask(run)).json.backlog > 0);

    expect((await ask('/mappings/99/activate', {})).status).toBe(404);
    const both = await Promise.all([ask('/mappings/2/activate', {}), ask('/mappings/2/activate', {})]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both.map(({ json }) => json.before).sort()).toEqual([1, 2]);
    expect(both.flatMap(({ json }) => json.pausedRuns)).toEqual([started.json.id]);
    expect((await ask(run)).json).toMatchObject({ state: 'paused', stoppedReason: 'mapping_changed' });
    expect((await ask('/mappings')).json).toMatchObject({
      active: { version: 2, activatedBy: 'tester' },
      proposed: null,
    });

    expect((await stack.run('resume')).code).toBe(0);
    const resumed = await ask(`${run}/resume`, {});
    expect(resumed.json).toMatchObject({ state: 'running', mappingVersion: 2 });
    await eventually('it is written under the new version', () => leadOf(contact)?.Description === 'Chief');
    await eventually('the run ends', async () => (await ask(run)).json.state === 'ended');
    expect(told('work goes on under it')).toBe(1);
  });

  it('is applied to existing pairs by a run of its own, and an older version can be activated again', async () => {
    const later = stack.hubspot.createContact(sqlContact('later', { jobtitle: 'Buyer' }));
    await eventually('it is handed over under version 2', () => leadOf(later)?.Description === 'Buyer');
    const activated = await stack.run('activate', '1', '--apply', '--json');
    expect(activated.code, activated.stderr).toBe(0);
    const { run, before, version } = JSON.parse(activated.stdout);
    expect({ before, version }).toEqual({ before: 2, version: 1 });
    await eventually('the running service goes over by itself', () => told('work goes on under it') === 2);
    await eventually('the pair is written under version 1', () => leadOf(later)?.Title === 'Buyer');
    await eventually('the run ends', async () => (await ask(`/runs/${run}`)).json.state === 'ended');
    expect((await ask(`/runs/${run}`)).json).toMatchObject({ kind: 'apply', mappingVersion: 1 });
  });
});
