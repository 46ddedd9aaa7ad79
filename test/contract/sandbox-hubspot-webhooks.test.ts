import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { createSdk } from './sandbox-hubspot-support.ts';

const eventSchema = z.looseObject({
  subscriptionType: z.string(),
  objectId: z.number(),
  attemptNumber: z.number(),
  eventId: z.number(),
});
type Event = z.infer<typeof eventSchema>;
const HANG = -1;
type Delivery = { headers: IncomingHttpHeaders; body: string; events: Event[] };

let sandbox: HubSpotSandbox;
let deliveries: Delivery[];
let answers: number[];
let targetUrl: string;
let stopReceiver: () => Promise<void>;

beforeEach(async () => {
  deliveries = [];
  answers = [];
  const receiver = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      deliveries.push({ headers: incoming.headers, body, events: z.array(eventSchema).parse(JSON.parse(body)) });
      const status = answers.shift() ?? 200;
      if (status === HANG) return;
      if (status === 0) response.socket?.destroy();
      else response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  targetUrl = `http://127.0.0.1:${port}/webhooks/hubspot`;
  stopReceiver = () =>
    new Promise((resolve) => {
      receiver.close(() => resolve());
      receiver.closeAllConnections();
    });
  sandbox = await startHubSpotSandbox({ webhookTargetUrl: targetUrl, webhookRetryDelaysMs: [1, 1] });
});
afterEach(async () => {
  await sandbox.close();
  await stopReceiver();
});

const received = () => deliveries.flatMap((delivery) => delivery.events);
const typesOf = (events: readonly Event[]) =>
  events.map((event) => `${event.subscriptionType} ${String(event.propertyName ?? '')}`.trim()).toSorted();

describe('what is sent (legacy webhooks guide)', () => {
  it('tells of a creation, and of every subscribed property it set, in one signed array', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', city: 'Bath', salutation: 'Dr' });
    await sandbox.flushWebhooks();

    expect(deliveries).toHaveLength(1);
    expect(typesOf(received())).toEqual([
      'contact.creation',
      'contact.propertyChange city',
      'contact.propertyChange email',
    ]);
    expect(received()[0]).toMatchObject({
      objectId: Number(id),
      portalId: sandbox.portalId,
      appId: sandbox.appId,
      changeFlag: 'CREATED',
      changeSource: 'CRM_UI',
      sourceId: 'userId:9000001',
      attemptNumber: 0,
      occurredAt: sandbox.getContact(id)?.createdAt,
    });
  });

  it('signs method, URI, raw body and timestamp with the client secret (request validation page, version 3)', async () => {
    sandbox.createContact({ email: 'ä@x.example', city: 'Bath' });
    await sandbox.flushWebhooks();

    const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = deliveries;
    const timestamp = String(headers['x-hubspot-request-timestamp']);
    const expected = createHmac('sha256', sandbox.clientSecret)
      .update(`POST${targetUrl}${body}${timestamp}`, 'utf8')
      .digest('base64');
    expect(headers['x-hubspot-signature-v3']).toBe(expected);
    expect(Math.abs(Date.now() - Number(timestamp))).toBeLessThan(60_000);
  });

  it('names our own app as the source of what the API wrote', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });
    await sandbox.flushWebhooks();
    deliveries = [];

    await createSdk(sandbox).crm.contacts.basicApi.update(id, { properties: { city: 'Ely' } });
    await sandbox.flushWebhooks();

    expect(received()).toMatchObject([
      { changeSource: 'INTEGRATION', sourceId: String(sandbox.appId), propertyName: 'city', propertyValue: 'Ely' },
    ]);
  });

  it('is silent about values that did not change, unsubscribed properties and seeded contacts', async () => {
    const [id = ''] = sandbox.seedContacts([{ email: 'a@x.example', city: 'Bath' }]);
    sandbox.editContact(id, { city: 'Bath', salutation: 'Dr' });
    await sandbox.flushWebhooks();

    expect(received()).toEqual([]);
  });

  it('tells of a merge with one merge event and a deletion per old id, and no propertyChange', async () => {
    const [primary = '', other = ''] = sandbox.seedContacts([
      { email: 'a@x.example' },
      { email: 'b@x.example', city: 'Ely' },
    ]);
    const survivor = sandbox.mergeContacts(primary, other);
    await sandbox.flushWebhooks();

    expect(typesOf(received())).toEqual(['contact.deletion', 'contact.deletion', 'contact.merge']);
    expect(received().find((event) => event.subscriptionType === 'contact.merge')).toMatchObject({
      primaryObjectId: Number(primary),
      mergedObjectIds: [Number(other)],
      newObjectId: Number(survivor),
    });
  });

  it('tells of deletion, restore and privacy deletion', async () => {
    const [one = '', two = ''] = sandbox.seedContacts([{ email: 'a@x.example' }, { email: 'b@x.example' }]);
    sandbox.deleteContact(one);
    sandbox.restoreContact(one);
    sandbox.privacyDelete(two);
    await sandbox.flushWebhooks();

    expect(typesOf(received())).toEqual([
      'contact.deletion',
      'contact.deletion',
      'contact.privacyDeletion',
      'contact.restore',
    ]);
  });

  it('sends generic events with the object type id where the app subscribed so, except privacy deletions', async () => {
    sandbox.configure({ webhookForm: 'object' });
    const id = sandbox.createContact({ email: 'a@x.example' });
    sandbox.privacyDelete(id);
    await sandbox.flushWebhooks();

    expect(typesOf(received())).toEqual([
      'contact.privacyDeletion',
      'object.creation',
      'object.deletion',
      'object.propertyChange email',
    ]);
    expect(received().filter((event) => event.objectTypeId === '0-1')).toHaveLength(3);
  });

  it('sends instants as epoch milliseconds although reads answer ISO text', async () => {
    sandbox.properties.define('contacts', { name: 'met_at', type: 'datetime' });
    sandbox.setSubscriptions(['contact.propertyChange:met_at']);
    sandbox.createContact({ email: 'a@x.example', met_at: '2026-11-22T10:00:00Z' });
    await sandbox.flushWebhooks();

    expect(received()).toMatchObject([{ propertyValue: String(Date.parse('2026-11-22T10:00:00Z')) }]);
  });
});

describe('how it is sent', () => {
  it('packs at most 100 events into a request', async () => {
    const ids = sandbox.seedContacts(Array.from({ length: 150 }, (_, index) => ({ email: `p${index}@x.example` })));
    for (const id of ids) sandbox.editContact(id, { city: 'Ely' });
    await sandbox.flushWebhooks();

    expect(deliveries.map(({ events }) => events.length).toSorted()).toEqual([100, 50]);
  });

  it.each([{ failure: 500 }, { failure: 401 }, { failure: 0 }])(
    'tries again after $failure (0: no answer), with a higher attempt number',
    async ({ failure }) => {
      answers = [failure];
      sandbox.createContact({ email: 'a@x.example' });
      await sandbox.flushWebhooks();

      expect(deliveries.map(({ events }) => events[0]?.attemptNumber)).toEqual([0, 1]);
      expect(sandbox.webhookCounters()).toMatchObject({ delivered: 2, failedRequests: 1, lost: 0, pending: 0 });
    },
  );

  it('loses an event after the last attempt', async () => {
    answers = [500, 500, 500];
    sandbox.createContact({ email: 'a@x.example' });
    await sandbox.flushWebhooks();

    expect(deliveries).toHaveLength(3);
    expect(sandbox.webhookCounters()).toMatchObject({ delivered: 0, lost: 2 });
  });

  it('gives up waiting when the receiver is slow, and sends again', async () => {
    sandbox.configure({ webhookTimeoutMs: 100 });
    answers = [HANG];
    sandbox.createContact({ email: 'a@x.example' });
    await sandbox.flushWebhooks();

    expect(deliveries).toHaveLength(2);
    expect(sandbox.webhookCounters()).toMatchObject({ delivered: 2, failedRequests: 1, lost: 0 });
  });

  it('gives neighbours the same eventId, because it is not unique', async () => {
    sandbox.createContact({ email: 'a@x.example', city: 'Bath' });
    await sandbox.flushWebhooks();

    expect(new Set(received().map(({ eventId }) => eventId)).size).toBeLessThan(received().length);
  });

  it('duplicates and shuffles where told to', async () => {
    sandbox.configure({ webhookDuplicates: 1, webhookShuffle: true });
    const ids = sandbox.seedContacts(Array.from({ length: 40 }, (_, index) => ({ email: `p${index}@x.example` })));
    for (const id of ids) sandbox.editContact(id, { city: 'Ely' });
    await sandbox.flushWebhooks();

    const order = received().map(({ objectId }) => objectId);
    expect(order).toHaveLength(80);
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  });

  it('holds back while paused, delivers on flush, and replays everything on demand', async () => {
    sandbox.pauseWebhooks();
    sandbox.createContact({ email: 'a@x.example' });
    expect(sandbox.pendingWebhooks()).toHaveLength(2);

    await sandbox.flushWebhooks();
    sandbox.replayAllWebhooks({ shuffled: true, times: 2 });
    await sandbox.flushWebhooks();

    expect(received()).toHaveLength(6);
    expect(sandbox.webhookJournal).toHaveLength(2);
  });
});

describe('by curl', () => {
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${sandbox.url}/__sandbox/${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, json };
  };

  it('creates, edits, lists and deletes a contact without a token, with webhooks', async () => {
    const created = await call('POST', 'contacts', { email: 'a@x.example', lifecyclestage: 'lead' });
    const { id } = z.object({ id: z.string() }).parse(created.json);
    await call('PATCH', `contacts/${id}`, { lifecyclestage: 'salesqualifiedlead' });
    const listed = await call('GET', 'contacts?email=a@x.example');
    const deleted = await call('DELETE', `contacts/${id}`);
    await call('POST', 'flush');

    expect([created.status, deleted.status]).toEqual([201, 204]);
    expect(listed.json).toMatchObject({
      total: 1,
      contacts: [{ id, properties: { lifecyclestage: 'salesqualifiedlead' } }],
    });
    expect(typesOf(received())).toContain('contact.deletion');
  });

  it('shows requests and refuses what HubSpot’s page would refuse', async () => {
    const refused = await call('POST', 'contacts', { email: 'nonsense' });
    const requests = await call('GET', 'requests');

    expect(refused.status).toBe(400);
    expect(requests.json).toMatchObject({ counters: { total: 0 } });
    expect((await call('GET', 'nothing')).status).toBe(404);
  });
});
