import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotPort, HubSpotType, HubSpotWalkFilter } from '../../src/ports/hubspot.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

const properties = ['email', 'lifecyclestage'];

async function walkAll(hubspot: HubSpotPort, type: HubSpotType, filter: HubSpotWalkFilter, asked = properties) {
  const pages: Awaited<ReturnType<HubSpotPort['walk']>>[] = [];
  let afterId: string | null = null;
  do {
    const page = await hubspot.walk(type, { filter, properties: asked, afterId }, spend);
    pages.push(page);
    afterId = page.nextAfterId;
  } while (afterId !== null);
  return { pages, records: pages.flatMap(({ records }) => records) };
}

describe('a walk on the local HubSpot', () => {
  let sandbox: HubSpotSandbox;
  let nowMs = Date.parse('2026-11-22T10:00:00Z');
  beforeEach(async () => {
    sandbox = await startHubSpotSandbox({ rateLimitPer10s: 0, searchPerSecond: 0, keepBodies: true, now: () => nowMs });
  });
  afterEach(() => sandbox.close());

  function open() {
    return openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken });
  }

  function seed(count: number, stage = 'lead'): string[] {
    return sandbox.seedContacts(
      Array.from({ length: count }, (_, n) => ({ email: `${stage}${n}@example.com`, lifecyclestage: stage })),
    );
  }

  it('goes through all records by id, 200 to a search, and says how many are left', async () => {
    const ids = seed(450);
    const { hubspot, recorded } = open();

    const { pages, records } = await walkAll(hubspot, 'contacts', {});

    expect(records.map(({ id }) => id)).toEqual(ids);
    expect(records[0]?.properties).toMatchObject({ email: 'lead0@example.com', lifecyclestage: 'lead' });
    expect(records[0]?.updatedAtMs).toBe(nowMs);
    expect(pages.map(({ total }) => total)).toEqual([450, 250, 50]);
    expect(recorded.taken.map(({ bucket }) => bucket)).toEqual(Array(3).fill('hubspot-search'));
  });

  it('ends after a last page that is full, and where there is nothing at all', async () => {
    seed(200);

    const { pages } = await walkAll(open().hubspot, 'contacts', {});

    expect(pages.map(({ records }) => records.length)).toEqual([200, 0]);
    expect((await walkAll(open().hubspot, 'deals', {})).pages).toEqual([{ records: [], nextAfterId: null, total: 0 }]);
  });

  it('meets each record once although records change, come and go while it walks', async () => {
    const ids = seed(500);
    const { hubspot } = open();
    const first = await hubspot.walk('contacts', { filter: {}, properties, afterId: null }, spend);
    sandbox.editContact(ids[3] ?? '', { jobtitle: 'CEO' });
    sandbox.deleteContact(ids[250] ?? '');
    const [newcomer] = seed(1, 'customer');

    const second = await hubspot.walk('contacts', { filter: {}, properties, afterId: first.nextAfterId }, spend);
    const third = await hubspot.walk('contacts', { filter: {}, properties, afterId: second.nextAfterId }, spend);

    const met = [first, second, third].flatMap(({ records }) => records.map(({ id }) => id));
    expect(met).toEqual([...ids.filter((id) => id !== ids[250]), newcomer]);
  });

  it('leaves out the recycle bin, and shows a survivor under its own id with the ids merged into it', async () => {
    const [one = '', two = '', gone = ''] = seed(3);
    sandbox.deleteContact(gone);
    const survivor = sandbox.mergeContacts(one, two);

    const { records } = await walkAll(open().hubspot, 'contacts', {});

    expect(records.map(({ id, mergedIds }) => ({ id, mergedIds }))).toEqual([{ id: survivor, mergedIds: [one, two] }]);
  });

  it('takes those of one stage', async () => {
    seed(2, 'lead');
    const sold = seed(3, 'customer');
    const deal = sandbox.createDeal({ dealname: 'A', dealstage: 'contractsent', pipeline: 'default' });
    sandbox.createDeal({ dealname: 'B', dealstage: 'qualifiedtobuy', pipeline: 'default' });
    const { hubspot } = open();

    const contacts = await walkAll(hubspot, 'contacts', { stage: 'customer' });
    const deals = await walkAll(hubspot, 'deals', { stage: 'contractsent' }, ['dealname']);

    expect(contacts.records.map(({ id }) => id)).toEqual(sold);
    expect(deals.records.map(({ id }) => id)).toEqual([deal]);
  });

  it.each([
    ['from a time on', 1_000, undefined, [1, 2, 3]],
    ['until a time', undefined, 2_000, [0, 1, 2]],
    ['between two, both included', 1_000, 2_000, [1, 2]],
  ])('takes what was modified %s', async (_, from, until, places) => {
    const startMs = nowMs;
    const ids: string[] = [];
    for (let step = 0; step < 4; step += 1) {
      ids.push(sandbox.createCompany({ name: `Company ${step}` }));
      nowMs += 1_000;
    }
    const filter = {
      ...(from === undefined ? {} : { modifiedFromMs: startMs + from }),
      ...(until === undefined ? {} : { modifiedUntilMs: startMs + until }),
    };

    const { records } = await walkAll(open().hubspot, 'companies', filter, ['name']);

    expect(records.map(({ id }) => id)).toEqual(places.map((place) => ids[place]));
  });

  it('takes those that have a value of each named property', async () => {
    const [both] = sandbox.seedContacts([{ city: 'Bath', zip: 'BA1' }, { city: 'Ely' }, { zip: 'CB7' }]);

    const { records } = await walkAll(open().hubspot, 'contacts', { has: ['city', 'zip'] });

    expect(records.map(({ id }) => id)).toEqual([both]);
  });

  it('reads more properties than a search takes in batches, without who went meanwhile', async () => {
    const ids = seed(210);
    const many = [...properties, ...Array.from({ length: 150 }, (_, n) => `a_property_with_a_long_name_${n}`)];
    for (const name of many.slice(2)) sandbox.properties.define('contacts', { name });
    sandbox.editContact(ids[5] ?? '', { a_property_with_a_long_name_149: 'last' });
    const { hubspot, recorded } = open();

    const { records } = await walkAll(hubspot, 'contacts', {}, many);

    expect(records.map(({ id }) => id)).toEqual(ids);
    expect(records[5]?.properties.a_property_with_a_long_name_149).toBe('last');
    expect(recorded.taken.map(({ bucket }) => bucket)).toEqual([
      'hubspot-search',
      'hubspot',
      'hubspot',
      'hubspot-search',
      'hubspot',
    ]);
    expect(sandbox.requests.every(({ path, body = '' }) => !path.endsWith('/search') || body.length <= 3_000)).toBe(
      true,
    );
  });

  it('leaves out who is deleted between the search and the reading', async () => {
    const [stays, goes = ''] = seed(2);
    const long = Array.from({ length: 150 }, (_, n) => `a_property_with_a_long_name_${n}`);
    const { hubspot } = openHubSpot({
      baseUrl: sandbox.url,
      accessToken: sandbox.accessToken,
      take: async (bucket) => {
        if (bucket === 'hubspot' && sandbox.getContact(goes)?.archived === false) sandbox.deleteContact(goes);
      },
    });

    const page = await hubspot.walk('contacts', { filter: {}, properties: long, afterId: null }, spend);

    expect(page.records.map(({ id }) => id)).toEqual([stays]);
  });

  it('takes no more filters than a search has', async () => {
    const filter = { stage: 'lead', has: ['a', 'b', 'c', 'd', 'e'] };

    await expect(open().hubspot.walk('contacts', { filter, properties, afterId: null }, spend)).rejects.toThrow(
      RangeError,
    );
  });

  it('tells of a filter on a property that HubSpot does not have', async () => {
    const question = { filter: { has: ['nonesuch'] }, properties, afterId: null };

    await expect(open().hubspot.walk('contacts', question, spend)).rejects.toMatchObject({ kind: 'needs-human' });
  });
});

describe('odd answers to a walk', () => {
  const baseUrl = 'https://api.hubapi.test';
  const at = '2026-11-22T04:00:00.000Z';
  const json = { 'content-type': 'application/json' };
  const path = '/crm/v3/objects/contacts/search';
  const question = { filter: {}, properties, afterId: '10' };
  const record = (id: string, more: object = {}) => ({ id, properties: {}, createdAt: at, updatedAt: at, ...more });
  const further = { paging: { next: { after: '200' } } };

  beforeAll(() => nock.disableNetConnect());
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });

  function walk() {
    return openHubSpot({ baseUrl }).hubspot.walk('contacts', question, spend);
  }

  it.each([
    ['without a total', { results: [record('11')] }],
    ['with a total that is no number', { total: 'many', results: [record('11')] }],
    ['that names a further page and holds nothing', { total: 5, results: [], ...further }],
    ['in another order', { total: 2, results: [record('12'), record('11')] }],
    ['with a record twice', { total: 2, results: [record('11'), record('11')] }],
    ['that begins before where it should', { total: 1, results: [record('10')] }],
    ['with an id that is none', { total: 1, results: [record('abc')] }],
    ['without results', { total: 0 }],
    ['that is a page of another server', '<html>hello</html>'],
  ])('a page %s is unreadable', async (_, body) => {
    nock(baseUrl).post(path).reply(200, body, json);

    await expect(walk()).rejects.toMatchObject({ kind: 'retryable', code: 'hubspot_unreadable_answer' });
  });

  it('an empty page is the end', async () => {
    nock(baseUrl).post(path).reply(200, { total: 0, results: [] }, json);

    expect(await walk()).toEqual({ records: [], nextAfterId: null, total: 0 });
  });

  it('a short page that names a further one goes on after its last record', async () => {
    nock(baseUrl)
      .post(path)
      .reply(200, { total: 9, results: [record('11'), record('15')], ...further }, json);

    expect(await walk()).toMatchObject({ nextAfterId: '15', total: 9 });
  });

  it('an archived record in the answer is left out, and gone on from', async () => {
    const results = [record('11'), record('15', { archived: true })];
    nock(baseUrl)
      .post(path)
      .reply(200, { total: 2, results, ...further }, json);

    const page = await walk();

    expect(page.records.map(({ id }) => id)).toEqual(['11']);
    expect(page.nextAfterId).toBe('15');
  });

  it.each([
    [400, { category: 'VALIDATION_ERROR', errors: [{ code: 'PROPERTY_DOESNT_EXIST' }] }, 'hubspot_unknown_property'],
    [400, { category: 'VALIDATION_ERROR' }, 'hubspot_invalid_value'],
    [429, { policyName: 'SECONDLY' }, 'hubspot_search_limit'],
    [429, { policyName: 'DAILY' }, 'hubspot_daily_limit'],
    [403, { category: 'MISSING_SCOPES' }, 'hubspot_missing_scopes'],
    [502, {}, 'hubspot_unavailable'],
  ])('%s %j is %s', async (status, body, code) => {
    nock(baseUrl)
      .post(path)
      .reply(status, { status: 'error', message: 'x', ...body }, json);

    await expect(walk()).rejects.toMatchObject({ code });
  });

  it('goes to the dated path where that is set', async () => {
    const scope = nock(baseUrl)
      .post('/crm/objects/2026-03/contacts/search')
      .reply(200, { total: 0, results: [] }, json);

    await openHubSpot({ baseUrl, apiPaths: '2026-03' }).hubspot.walk('contacts', question, spend);

    expect(scope.isDone()).toBe(true);
  });
});
