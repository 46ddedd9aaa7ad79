import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

const baseUrl = 'https://api.hubapi.test';
const at = '2026-11-22T04:00:00.000Z';
const json = { 'content-type': 'application/json' };

describe('on the local HubSpot', () => {
  let sandbox: HubSpotSandbox;
  beforeEach(async () => {
    sandbox = await startHubSpotSandbox({ rateLimitPer10s: 0, keepBodies: true });
  });
  afterEach(() => sandbox.close());

  function open() {
    return openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken });
  }

  function seed(count: number): string[] {
    return sandbox.seedContacts(Array.from({ length: count }, (_, n) => ({ email: `c${n}@example.com` })));
  }

  describe('the past of properties', () => {
    it('comes newest first, with who it was as HubSpot tells it', async () => {
      const [id = ''] = seed(1);
      sandbox.editContact(id, { jobtitle: 'CEO' }, { userId: 42 });
      sandbox.editContact(
        id,
        { jobtitle: 'CTO' },
        { changeSource: 'AUTOMATION_PLATFORM', sourceId: 'wf-7', sourceLabel: 'Score leads' },
      );
      sandbox.editContact(id, { jobtitle: 'CFO' }, { changeSource: 'INTEGRATION', sourceId: '4711' });

      const past = await open().hubspot.readHistories('contacts', [id], ['jobtitle', 'phone'], spend);

      const changes = past.get(id)?.jobtitle ?? [];
      expect(changes.map(({ value, by }) => [value, by])).toEqual([
        ['CFO', 'INTEGRATION 4711'],
        ['CTO', 'Score leads'],
        ['CEO', 'CRM_UI user 42'],
      ]);
      expect(changes.map(({ atMs }) => atMs)).toEqual(sandbox.getHistory(id, 'jobtitle').map((each) => each.at));
    });

    it.each([
      ['the id of the source', { changeSource: 'INTEGRATION', sourceId: 'anna@example.com' }, 'INTEGRATION'],
      ['its label', { changeSource: 'IMPORT', sourceId: '9', sourceLabel: 'List of anna@example.com' }, 'IMPORT 9'],
    ])('never names anybody by email: %s may hold one', async (_, source, by) => {
      const [id = ''] = seed(1);
      sandbox.editContact(id, { jobtitle: 'CEO' }, source);

      const past = await open().hubspot.readHistories('contacts', [id], ['jobtitle'], spend);

      expect(past.get(id)?.jobtitle?.[0]?.by).toBe(by);
    });

    it('is read 50 to a call, and leaves out who is gone', async () => {
      const ids = seed(120);
      sandbox.deleteContact(ids[7] ?? '');
      const { hubspot, recorded } = open();

      const past = await hubspot.readHistories('contacts', ids, ['email'], spend);

      expect(recorded.taken).toHaveLength(3);
      expect(past.size).toBe(119);
      expect(past.has(ids[7] ?? '')).toBe(false);
    });

    it('is nothing where nobody, or nothing, is asked for', async () => {
      const { hubspot, recorded } = open();

      expect(await hubspot.readHistories('contacts', [], ['email'], spend)).toEqual(new Map());
      expect(await hubspot.readHistories('contacts', seed(1), [], spend)).toEqual(new Map());
      expect(recorded.taken).toEqual([]);
    });
  });

  describe('contacts by email', () => {
    it('are found by the hundred, whatever the case, and alone where the email is a secondary one', async () => {
      const ids = seed(150);
      const survivor = sandbox.mergeContacts(ids[0] ?? '', ids[1] ?? '');
      const { hubspot, recorded } = open();
      const emails = [...ids.map((_id, n) => `C${n}@Example.com `), 'nobody@example.com', ''];

      const found = await hubspot.contactIdsByEmail(emails, spend);

      expect(found.size).toBe(150);
      expect(found.get('C0@Example.com ')).toBe(survivor);
      expect(found.get('C1@Example.com ')).toBe(survivor);
      expect(found.get('C149@Example.com ')).toBe(ids[149]);
      expect(found.has('nobody@example.com')).toBe(false);
      expect(recorded.taken.length).toBeLessThanOrEqual(2 + 2);
    });

    it('are not guessed to be nobody where a call failed', async () => {
      sandbox.faults.add({ kind: 'cut-before', match: /batch\/read/ });

      await expect(open().hubspot.contactIdsByEmail(['c0@example.com'], spend)).rejects.toMatchObject({
        kind: 'retryable',
      });
    });
  });

  describe('archiving', () => {
    it('moves 250 contacts to the recycle bin in three calls, those that are gone already too', async () => {
      const ids = seed(250);
      sandbox.deleteContact(ids[3] ?? '');
      const { hubspot, recorded } = open();

      const results = await hubspot.archiveRecords('contacts', [...ids, '99999999'], spend);

      expect(results.size).toBe(251);
      expect([...results.values()].every((result) => result === null)).toBe(true);
      expect(sandbox.contacts().filter(({ archived }) => !archived)).toEqual([]);
      expect(recorded.taken).toHaveLength(3);
    });
  });

  describe('a text property', () => {
    const property = { name: 'recycle_reason', label: 'Reason', description: 'Kept by Handoff.' };

    it('is created once, without unique values', async () => {
      const { hubspot } = open();

      await hubspot.createTextProperty('contacts', { ...property, unique: false }, spend);
      await hubspot.createTextProperty('contacts', { ...property, unique: false }, spend);

      expect(sandbox.properties.get('contacts', property.name)).toMatchObject({
        type: 'string',
        hasUniqueValue: false,
      });
    });

    it('needs a person where another kind of property has its name', async () => {
      sandbox.properties.define('contacts', { name: property.name, type: 'number' });

      await expect(
        open().hubspot.createTextProperty('contacts', { ...property, unique: false }, spend),
      ).rejects.toMatchObject({
        kind: 'needs-human',
        code: 'hubspot_property_not_text',
        detail: { fields: [property.name] },
      });
    });
  });

  it('a stage that HubSpot keeps although it accepts the write shows in the result', async () => {
    const [id = ''] = seed(1);
    sandbox.editContact(id, { lifecyclestage: 'opportunity' });

    const results = await open().hubspot.update('contacts', [{ id, properties: { lifecyclestage: 'lead' } }], spend);

    expect(results.get(id)).toMatchObject({ ok: true, properties: { lifecyclestage: 'opportunity' } });
  });
});

describe('odd answers', () => {
  beforeAll(() => nock.disableNetConnect());
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });

  const contacts = '/crm/v3/objects/contacts';
  const envelope = (results: unknown[]) => ({ status: 'COMPLETE', results, startedAt: at, completedAt: at });

  it.each([
    { name: 'a label', entry: { sourceType: 'INTEGRATION', sourceLabel: 'My app', sourceId: '1' }, by: 'My app' },
    { name: 'a user', entry: { sourceType: 'CRM_UI', sourceId: 'userId:5', updatedByUserId: 5 }, by: 'CRM_UI user 5' },
    { name: 'a kind and an id', entry: { sourceType: 'IMPORT', sourceId: '77' }, by: 'IMPORT 77' },
    { name: 'a kind alone', entry: { sourceType: 'SALESFORCE', sourceLabel: ' ' }, by: 'SALESFORCE' },
    { name: 'nothing', entry: {}, by: 'unknown' },
  ])('a history with $name names the writer', async ({ entry, by }) => {
    const past = { jobtitle: [{ value: 'CEO', timestamp: at, ...entry }] };
    const answer = envelope([
      { id: '1', properties: {}, createdAt: at, updatedAt: at, archived: false, propertiesWithHistory: past },
    ]);
    nock(baseUrl).post(`${contacts}/batch/read`).reply(200, answer, json);

    const found = await openHubSpot({ baseUrl }).hubspot.readHistories('contacts', ['1'], ['jobtitle'], spend);

    expect(found.get('1')?.jobtitle).toEqual([{ value: 'CEO', atMs: Date.parse(at), by }]);
  });

  it('a history keeps its good entries where one has no time', async () => {
    const entries = [
      { value: 'CEO', timestamp: at, sourceType: 'API' },
      { value: 'CTO', timestamp: 'soon', sourceType: 'API' },
    ];
    const answer = envelope([
      {
        id: '1',
        properties: {},
        createdAt: at,
        updatedAt: at,
        archived: false,
        propertiesWithHistory: { jobtitle: entries },
      },
    ]);
    nock(baseUrl).post(`${contacts}/batch/read`).reply(200, answer, json);

    const found = await openHubSpot({ baseUrl }).hubspot.readHistories('contacts', ['1'], ['jobtitle'], spend);

    expect(found.get('1')?.jobtitle?.map(({ value }) => value)).toEqual(['CEO']);
  });

  it.each([
    { name: '404 for the batch', status: 404, body: { status: 'error', category: 'OBJECT_NOT_FOUND', message: 'x' } },
    { name: '207', status: 207, body: { status: 'COMPLETE', results: [], numErrors: 1, errors: [] } },
    { name: '400', status: 400, body: { status: 'error', category: 'VALIDATION_ERROR', message: 'x' } },
  ])('an archive answered with $name goes on one by one, and a 404 there is done', async ({ status, body }) => {
    nock(baseUrl).post(`${contacts}/batch/archive`).reply(status, body, json);
    nock(baseUrl).delete(`${contacts}/1`).reply(204);
    nock(baseUrl).delete(`${contacts}/2`).reply(404, { status: 'error', category: 'OBJECT_NOT_FOUND' }, json);
    nock(baseUrl).delete(`${contacts}/3`).reply(423, { status: 'error' }, json);

    const results = await openHubSpot({ baseUrl }).hubspot.archiveRecords('contacts', ['1', '2', '3'], spend);

    expect([...results].map(([id, result]) => [id, result?.code ?? null])).toEqual([
      ['1', null],
      ['2', null],
      ['3', 'hubspot_record_locked'],
    ]);
  });

  it('an archive that may not be done fails every contact, and asks for none alone', async () => {
    const forbidden = { status: 'error', category: 'MISSING_SCOPES', message: 'x' };
    nock(baseUrl).post(`${contacts}/batch/archive`).reply(403, forbidden, json);
    const { hubspot, recorded } = openHubSpot({ baseUrl });

    const results = await hubspot.archiveRecords('contacts', ['1', '2'], spend);

    expect([...results.values()].map((result) => result?.code)).toEqual([
      'hubspot_missing_scopes',
      'hubspot_missing_scopes',
    ]);
    expect(recorded.taken).toHaveLength(1);
  });

  it('emails are asked for alone where the batch is refused for one that is none', async () => {
    const invalid = { status: 'error', category: 'VALIDATION_ERROR', message: 'x' };
    nock(baseUrl).post(`${contacts}/batch/read`).reply(400, invalid, json);
    nock(baseUrl)
      .get(`${contacts}/good%40example.com`)
      .query(true)
      .reply(200, { id: '5', properties: {}, createdAt: at, updatedAt: at, archived: false }, json);
    nock(baseUrl).get(`${contacts}/bad%40`).query(true).reply(400, invalid, json);

    const found = await openHubSpot({ baseUrl }).hubspot.contactIdsByEmail(['good@example.com', 'bad@'], spend);

    expect(found).toEqual(new Map([['good@example.com', '5']]));
  });

  it('owners come with the names of their teams, the primary one first; without teams with none', async () => {
    const owner = (id: string, more: object) => ({
      id,
      email: `o${id}@example.com`,
      userId: 1,
      type: 'PERSON',
      createdAt: at,
      updatedAt: at,
      archived: false,
      ...more,
    });
    const teams = [
      { id: '1', name: 'EMEA', primary: false },
      { id: '2', name: 'Enterprise', primary: true },
    ];
    nock(baseUrl)
      .get(/^\/crm\/v3\/owners\/?$/)
      .query(({ archived }) => String(archived) === 'false')
      .reply(200, { results: [owner('1', { teams }), owner('2', {})] }, json);
    nock(baseUrl)
      .get(/^\/crm\/v3\/owners\/?$/)
      .query(({ archived }) => String(archived) === 'true')
      .reply(200, { results: [] }, json);

    const owners = await openHubSpot({ baseUrl }).hubspot.owners(spend);

    expect(owners.map(({ id, teams: names }) => [id, names])).toEqual([
      ['1', ['Enterprise', 'EMEA']],
      ['2', []],
    ]);
  });
});
