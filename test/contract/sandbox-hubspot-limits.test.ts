import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { catchApiError, createSdk, request } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let now = Date.parse('2026-11-22T10:00:00Z');

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({ now: () => now, rateLimitPer10s: 3, searchPerSecond: 2, dailyLimit: 50 });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

const read = () => sdk.crm.contacts.basicApi.getPageWithHttpInfo();
const search = () => sdk.crm.contacts.searchApi.doSearchWithHttpInfo({ filterGroups: [] });

describe('limits (usage guidelines)', () => {
  it('tells in headers what is left of the ten seconds and of the day', async () => {
    await read();
    const { headers } = await read();

    expect(headers).toMatchObject({
      'x-hubspot-ratelimit-max': '3',
      'x-hubspot-ratelimit-remaining': '1',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-daily': '50',
      'x-hubspot-ratelimit-daily-remaining': '48',
    });
  });

  it('sends the headers with refused requests too', async () => {
    const error = await catchApiError(sdk.crm.contacts.basicApi.getById('1'));

    expect(error.headers['x-hubspot-ratelimit-remaining']).toBe('2');
  });

  it('answers the fourth request in a rolling ten seconds with 429 TEN_SECONDLY_ROLLING', async () => {
    await read();
    now += 9000;
    await read();
    await read();

    const error = await catchApiError(read());
    now += 1000;
    const afterTheFirstLeft = await read();

    expect(error).toMatchObject({ code: 429, body: { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' } });
    expect(error.headers).not.toHaveProperty('retry-after');
    expect(afterTheFirstLeft.httpStatusCode).toBe(200);
    expect(sandbox.counters()).toMatchObject({ total: 5, tooMany: 1, maxIn10s: 4 });
  });

  it('counts search apart, per second, and sends no headers with it', async () => {
    const { headers } = await search();
    await search();
    const error = await catchApiError(search());
    const otherCall = await read();
    now += 1000;
    const later = await search();

    expect(error).toMatchObject({ code: 429, body: { policyName: 'SECONDLY' } });
    expect(Object.keys(headers).filter((name) => name.includes('ratelimit'))).toEqual([]);
    expect(otherCall.headers['x-hubspot-ratelimit-remaining']).toBe('2');
    expect(later.httpStatusCode).toBe(200);
  });

  it('ends the day at midnight of the account’s time zone', async () => {
    sandbox.setRequestsToday(50);

    const spent = await catchApiError(read());
    now = Date.parse('2026-11-23T04:59:59Z');
    const beforeMidnight = await catchApiError(read());
    now = Date.parse('2026-11-23T05:00:00Z');
    const afterMidnight = await read();

    expect(spent).toMatchObject({ code: 429, body: { policyName: 'DAILY' } });
    expect(beforeMidnight.code).toBe(429);
    expect(afterMidnight.httpStatusCode).toBe(200);
  });

  it('counts requests by family, and the control plane not at all', async () => {
    await read();
    await search();
    const id = sandbox.createContact({ email: 'a@x.example' });
    await sdk.crm.contacts.basicApi.update(id, { properties: { city: 'Ely' } });
    await request(sandbox, 'GET', '/__sandbox/contacts');

    expect(sandbox.counters()).toMatchObject({ total: 3, byFamily: { read: 1, write: 1, search: 1 } });
    expect(sandbox.countByPattern()).toMatchObject({ 'PATCH /crm/v3/objects/contacts/{id} 200': 1 });
  });
});

describe('faults on the wire', () => {
  it('answers what a rule says, as often as it says, before anything is processed', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });
    sandbox.faults.add({
      match: 'PATCH /crm/v3/objects/contacts',
      kind: 'status',
      status: 502,
      raw: '<html>Bad gateway</html>',
    });
    const patch = () => sdk.crm.contacts.basicApi.update(id, { properties: { city: 'Ely' } });

    await expect(patch()).rejects.toThrow();
    expect(sandbox.getContact(id)?.properties.city).toBeUndefined();
    await patch();
    expect(sandbox.getContact(id)?.properties.city).toBe('Ely');
  });

  it.each([
    { kind: 'cut-before', stored: undefined },
    { kind: 'cut-during', stored: 'Ely' },
    { kind: 'cut-after', stored: 'Ely' },
  ] as const)('$kind breaks the connection and leaves $stored', async ({ kind, stored }) => {
    const id = sandbox.createContact({ email: 'a@x.example' });
    sandbox.faults.add({ match: /PATCH .*contacts/, kind });

    await expect(sdk.crm.contacts.basicApi.update(id, { properties: { city: 'Ely' } })).rejects.toThrow();

    expect(sandbox.getContact(id)?.properties.city).toBe(stored);
  });

  it('skips requests first, strikes by body, and can be taken back', async () => {
    const remove = sandbox.faults.add({
      bodyMatch: 'Ely',
      skip: 1,
      times: Number.POSITIVE_INFINITY,
      kind: 'status',
      status: 500,
      body: {},
    });
    const id = sandbox.createContact({ email: 'a@x.example' });
    const patch = (city: string) =>
      request(sandbox, 'PATCH', `/crm/v3/objects/contacts/${id}`, { properties: { city } });
    sandbox.configure({ rateLimitPer10s: 0 });

    const statuses = [];
    for (const city of ['Ely', 'Bath', 'Ely', 'Ely']) statuses.push((await patch(city)).status);
    remove();
    statuses.push((await patch('Ely')).status);

    expect(statuses).toEqual([200, 200, 500, 500, 200]);
  });

  it('adds the latency to every answer, not to the control plane', async () => {
    sandbox.setLatencyMs(60);
    const startedAt = performance.now();
    await request(sandbox, 'GET', '/__sandbox/requests');
    const controlMs = performance.now() - startedAt;
    await read();

    expect(performance.now() - startedAt - controlMs).toBeGreaterThanOrEqual(58);
  });
});
