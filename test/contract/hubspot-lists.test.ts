import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotPort } from '../../src/ports/hubspot.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

async function readAll(hubspot: HubSpotPort, listId: string) {
  const pages: Awaited<ReturnType<HubSpotPort['listMembers']>>[] = [];
  let after: string | null = null;
  do {
    const page = await hubspot.listMembers(listId, after, spend);
    pages.push(page);
    after = page.next;
  } while (after !== null);
  return { ids: pages.flatMap(({ ids }) => ids), type: pages[0]?.type };
}

describe.each(['v3', '2026-03'] as const)('on the local HubSpot, paths of %s', (apiPaths) => {
  let sandbox: HubSpotSandbox;
  beforeEach(async () => {
    sandbox = await startHubSpotSandbox({ rateLimitPer10s: 0, dailyLimit: 1_000, timeZone: 'Europe/Berlin' });
  });
  afterEach(() => sandbox.close());

  function open() {
    return openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken, apiPaths });
  }

  it('reads who is in a static list, 250 to a call, and asks once what it is a list of', async () => {
    const ids = sandbox.seedContacts(Array.from({ length: 600 }, (_, n) => ({ email: `c${n}@example.com` })));
    const list = sandbox.createList({ name: 'Fair', type: 'contacts', ids });
    const { hubspot, recorded } = open();

    expect(await readAll(hubspot, list)).toEqual({ ids, type: 'contacts' });
    expect(recorded.taken.map(({ bucket }) => bucket)).toEqual(Array(4).fill('hubspot'));
  });

  it('reads who is in an active list now, of companies and deals too', async () => {
    const here = sandbox.createCompany({ name: 'A', city: 'Bath' });
    sandbox.createCompany({ name: 'B', city: 'Ely' });
    const deal = sandbox.createDeal({ dealname: 'D', dealstage: 'contractsent', pipeline: 'default' });
    const companies = sandbox.createList({ name: 'Bath', type: 'companies', where: { city: 'Bath' } });
    const deals = sandbox.createList({ name: 'Sent', type: 'deals', where: { dealstage: 'contractsent' } });
    const { hubspot } = open();

    expect(await readAll(hubspot, companies)).toEqual({ ids: [here], type: 'companies' });
    expect(await readAll(hubspot, deals)).toEqual({ ids: [deal], type: 'deals' });
  });

  it('goes on from a later page in another process', async () => {
    const ids = sandbox.seedContacts(Array.from({ length: 300 }, (_, n) => ({ email: `c${n}@example.com` })));
    const list = sandbox.createList({ name: 'Fair', type: 'contacts', ids });
    const { next } = await open().hubspot.listMembers(list, null, spend);

    const page = await open().hubspot.listMembers(list, next, spend);

    expect(page).toEqual({ ids: ids.slice(250), next: null, type: 'contacts' });
  });

  it('is empty for a list without members', async () => {
    const list = sandbox.createList({ name: 'Nobody', type: 'contacts', ids: [] });

    expect(await open().hubspot.listMembers(list, null, spend)).toEqual({ ids: [], next: null, type: 'contacts' });
  });

  it.each(['999', 'my list', '', '../owners', '1/memberships'])('there is no list %j', async (id) => {
    await expect(open().hubspot.listMembers(id, null, spend)).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'hubspot_list_unknown',
    });
  });

  it('a list that was deleted is unknown, also in the middle of it', async () => {
    const ids = sandbox.seedContacts(Array.from({ length: 300 }, (_, n) => ({ email: `c${n}@example.com` })));
    const list = sandbox.createList({ name: 'Fair', type: 'contacts', ids });
    const { hubspot } = open();
    const { next } = await hubspot.listMembers(list, null, spend);
    sandbox.deleteList(list);

    for (const after of [next, null]) {
      await expect(hubspot.listMembers(list, after, spend)).rejects.toMatchObject({ code: 'hubspot_list_unknown' });
    }
  });

  it('a list of tickets is none that can be run', async () => {
    const list = sandbox.createList({ name: 'Tickets', type: 'contacts', objectTypeId: '0-5', ids: [] });

    await expect(open().hubspot.listMembers(list, null, spend)).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'hubspot_list_of_other_records',
    });
  });

  it('names the scope that is missing, and stops nothing else for it', async () => {
    sandbox.configure({ missingScopes: ['crm.lists.read'] });
    const list = sandbox.createList({ name: 'Fair', type: 'contacts', ids: [] });
    const { hubspot, recorded } = open();

    await expect(hubspot.listMembers(list, null, spend)).rejects.toMatchObject({
      code: 'hubspot_missing_scopes',
      detail: { advice: expect.stringContaining('crm.lists.read') },
    });
    expect(recorded.pauses).toEqual([]);
  });

  it('tells the calls of the day against the limit of the account', async () => {
    sandbox.setRequestsToday(400);

    const usage = await open().hubspot.usage(spend);

    expect(usage).toMatchObject({ usedToday: 401, dailyLimit: 1_000 });
    const hours = ((usage?.resetsAtMs ?? 0) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(0);
    expect(hours).toBeLessThanOrEqual(25);
  });

  it('tells nothing where the account has no limit', async () => {
    sandbox.configure({ dailyLimit: 0 });

    expect(await open().hubspot.usage(spend)).toBeNull();
  });
});

describe('odd answers', () => {
  const baseUrl = 'https://api.hubapi.test';
  const at = '2026-11-22T04:00:00.000Z';
  const nowMs = Date.parse('2026-11-22T10:00:00Z');
  const json = { 'content-type': 'application/json' };
  const usagePath = '/account-info/v3/api-usage/daily/private-apps';
  const list = {
    listId: '7',
    listVersion: 1,
    name: 'Fair',
    objectTypeId: '0-1',
    processingType: 'MANUAL',
    processingStatus: 'COMPLETE',
  };

  beforeAll(() => nock.disableNetConnect());
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });

  function members(after: string | null = null) {
    return openHubSpot({ baseUrl }).hubspot.listMembers('7', after, spend);
  }

  it.each([
    ['no list', {}],
    ['a list without a type', { list: { ...list, objectTypeId: undefined } }],
  ])('%s instead of the list is unreadable', async (_, body) => {
    nock(baseUrl).get('/crm/v3/lists/7').query(true).reply(200, body, json);

    await expect(members()).rejects.toMatchObject({ code: 'hubspot_unreadable_answer' });
  });

  it.each([
    ['members without ids', { results: [{ membershipTimestamp: at }] }],
    ['no results', {}],
    ['a cursor that stands still', { results: [], paging: { next: { after: 'abc' } } }],
  ])('%s are unreadable', async (_, body) => {
    nock(baseUrl).get('/crm/v3/lists/7').query(true).reply(200, { list }, json);
    nock(baseUrl).get('/crm/v3/lists/7/memberships').query(true).reply(200, body, json);

    await expect(members('abc')).rejects.toMatchObject({ code: 'hubspot_unreadable_answer' });
  });

  it('an empty page that names a further one goes on', async () => {
    nock(baseUrl).get('/crm/v3/lists/7').query(true).reply(200, { list }, json);
    nock(baseUrl)
      .get('/crm/v3/lists/7/memberships')
      .query({ limit: 250 })
      .reply(200, { results: [], paging: { next: { after: 'abc' } } }, json);

    expect(await members()).toEqual({ ids: [], next: 'abc', type: 'contacts' });
  });

  const entry = { name: 'private-apps-api-calls-daily', usageLimit: 500_000, currentUsage: 17, resetsAt: at };

  it.each([
    ['403 without a scope', 403, { status: 'error', category: 'MISSING_SCOPES', message: 'x' }],
    ['404', 404, { status: 'error', message: 'resource not found' }],
    ['no entries', 200, { results: [] }],
    ['an entry of another limit', 200, { results: [{ ...entry, name: 'other' }] }],
    ['an entry without counts', 200, { results: [{ ...entry, currentUsage: null, fetchStatus: 'FAILED' }] }],
  ])('%s is no usage, and stops nothing', async (_, status, body) => {
    nock(baseUrl).get(usagePath).reply(status, body, json);
    const { hubspot, recorded } = openHubSpot({ baseUrl, nowMs });

    expect(await hubspot.usage(spend)).toBeNull();
    expect(recorded.pauses).toEqual([]);
  });

  it.each([
    ['a time to come', '2026-11-23T05:00:00Z', Date.parse('2026-11-23T05:00:00Z')],
    ['a time of the past', '2026-11-22T05:00:00Z', null],
    ['no time', 'soon', null],
    ['nothing', undefined, null],
  ])('usage that is reset at %s', async (_, resetsAt, resetsAtMs) => {
    nock(baseUrl)
      .get(usagePath)
      .reply(200, { results: [{ ...entry, resetsAt }] }, json);

    const usage = await openHubSpot({ baseUrl, nowMs }).hubspot.usage(spend);

    expect(usage).toEqual({ usedToday: 17, dailyLimit: 500_000, resetsAtMs });
  });

  it('a token that is refused altogether still stops the connection', async () => {
    nock(baseUrl).get(usagePath).reply(401, { status: 'error', message: 'x' }, json);
    const { hubspot, recorded } = openHubSpot({ baseUrl, nowMs });

    await expect(hubspot.usage(spend)).rejects.toMatchObject({ code: 'hubspot_unauthorised' });
    expect(recorded.pauses).toHaveLength(1);
  });
});
