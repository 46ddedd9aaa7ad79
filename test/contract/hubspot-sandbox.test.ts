import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotWrite } from '../../src/ports/hubspot.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

let sandbox: HubSpotSandbox;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({ rateLimitPer10s: 0, keepBodies: true });
});
afterEach(() => sandbox.close());

function open(apiPaths: 'v3' | '2026-03' = 'v3', timeoutMs = 20_000) {
  return openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken, apiPaths, timeoutMs });
}

function seed(count: number): string[] {
  return sandbox.seedContacts(
    Array.from({ length: count }, (_, at) => ({
      email: `c${at}@example.com`,
      firstname: `F${at}`,
      lifecyclestage: 'lead',
    })),
  );
}

describe.each(['v3', '2026-03'] as const)('the HubSpot adapter on the local HubSpot, paths %s', (apiPaths) => {
  it('tells which portal the token belongs to', async () => {
    const account = await open(apiPaths).hubspot.account(spend);

    expect(account).toEqual({
      portalId: String(sandbox.portalId),
      timeZone: 'America/New_York',
      homeCurrency: 'USD',
      url: sandbox.url,
    });
  });

  it('reads 250 contacts in three calls', async () => {
    const ids = seed(250);
    const { hubspot, recorded } = open(apiPaths);

    const reads = await hubspot.read('contacts', ids, ['email', 'jobtitle'], spend);

    expect(reads.size).toBe(250);
    expect([...reads.values()].every(({ kind }) => kind === 'found')).toBe(true);
    const read = reads.get(ids[7] ?? '');
    expect(read?.kind === 'found' && read.record.properties.email).toBe('c7@example.com');
    expect(read?.kind === 'found' && read.record.properties.jobtitle).toBeNull();
    expect(recorded.taken).toHaveLength(3);
  });

  it('writes 250 contacts in three calls and answers what HubSpot holds then', async () => {
    const ids = seed(250);
    const { hubspot, recorded } = open(apiPaths);
    const before = Date.now();

    const results = await hubspot.update(
      'contacts',
      ids.map((id) => ({ id, properties: { jobtitle: `J${id}` } })),
      spend,
    );

    expect(results.size).toBe(250);
    for (const id of ids) {
      const result = results.get(id);
      expect(result?.ok && result.properties.jobtitle).toBe(`J${id}`);
      expect(result?.ok && result.updatedAtMs >= before - 1000).toBe(true);
    }
    expect(recorded.taken).toHaveLength(3);
  });

  it('walks through what was modified by id, page by page', async () => {
    const ids = seed(450);
    const { hubspot } = open(apiPaths);
    const found: string[] = [];
    let afterId: string | null = null;
    let pages = 0;

    do {
      const page: Awaited<ReturnType<typeof hubspot.searchModified>> = await hubspot.searchModified(
        'contacts',
        { fromMs: 0, untilMs: Date.now() + 1000, afterId },
        spend,
      );
      found.push(...page.records.map(({ id }) => id));
      afterId = page.nextAfterId;
      pages += 1;
    } while (afterId !== null);

    expect(found).toEqual(ids);
    expect(pages).toBe(3);
    expect(
      sandbox.requests.filter(({ path }) => path.endsWith('/search')).every(({ body }) => !body?.includes('"after"')),
    ).toBe(true);
  });

  it('creates a unique property once', async () => {
    const { hubspot } = open(apiPaths);
    const property = {
      name: 'salesforce_person_id',
      label: 'Salesforce person id',
      description: 'Kept by Handoff.',
      unique: true,
    };
    sandbox.properties.remove('contacts', property.name);

    await hubspot.createTextProperty('contacts', property, spend);
    await hubspot.createTextProperty('contacts', property, spend);

    const created = (await hubspot.properties('contacts', spend)).find(({ name }) => name === property.name);
    expect(created).toMatchObject({ type: 'string', fieldType: 'text', hasUniqueValue: true, readOnly: false });
    expect(
      sandbox.requests.filter(({ method, path }) => method === 'POST' && path.includes('/properties/')),
    ).toHaveLength(1);
  });

  it('lists active and archived owners', async () => {
    for (let at = 0; at < 120; at += 1) sandbox.addOwner(`owner${at}@example.com`, { archived: at % 4 === 0 });

    const owners = await open(apiPaths).hubspot.owners(spend);

    const ours = owners.filter(({ email }) => email.startsWith('owner'));
    expect(ours).toHaveLength(120);
    expect(ours.filter(({ archived }) => archived)).toHaveLength(30);
  });

  it('finds a contact by its email', async () => {
    const [id] = seed(2);
    const { hubspot } = open(apiPaths);

    expect(await hubspot.contactIdByEmail('C0@Example.com', spend)).toBe(id);
    expect(await hubspot.contactIdByEmail('nobody+1@example.com', spend)).toBeNull();
    expect(await hubspot.contactIdByEmail(' ', spend)).toBeNull();
  });
});

describe('reading contacts: every id is accounted for', () => {
  it.each(['survivor', 'omitted'] as const)(
    'a merged id leads to the survivor (batch read: %s)',
    async (mergedInBatchRead) => {
      sandbox.configure({ mergedInBatchRead });
      const [a = '', b = '', c = ''] = seed(3);
      const survivor = sandbox.mergeContacts(a, b);

      const reads = await open().hubspot.read('contacts', [a, b, c, survivor], ['email'], spend);

      for (const id of [a, b]) {
        const read = reads.get(id);
        expect(read?.kind).toBe('merged');
        expect(read?.kind === 'merged' && read.record.id).toBe(survivor);
        expect(read?.kind === 'merged' && [...read.record.mergedIds].sort()).toEqual([a, b].sort());
      }
      expect(reads.get(c)?.kind).toBe('found');
      expect(reads.get(survivor)?.kind).toBe('found');
    },
  );

  it('deleted, erased and invented ids are missing, and cost one call each besides the batch', async () => {
    const [a = '', b = '', c = ''] = seed(3);
    sandbox.deleteContact(a);
    sandbox.privacyDelete(b);
    const { hubspot, recorded } = open();

    const reads = await hubspot.read('contacts', [a, b, c, '999999999999'], ['email'], spend);

    expect([a, b, c, '999999999999'].map((id) => reads.get(id)?.kind)).toEqual([
      'missing',
      'missing',
      'found',
      'missing',
    ]);
    expect(recorded.taken).toHaveLength(1 + 3);
  });

  it('the same id asked for twice is read once', async () => {
    const [a = ''] = seed(1);
    const { hubspot, recorded } = open();

    const reads = await hubspot.read('contacts', [a, a], ['email'], spend);

    expect(reads.size).toBe(1);
    expect(recorded.taken).toHaveLength(1);
  });

  it('nothing asked, nothing called', async () => {
    const { hubspot, recorded } = open();

    expect((await hubspot.read('contacts', [], ['email'], spend)).size).toBe(0);
    expect((await hubspot.update('contacts', [], spend)).size).toBe(0);
    expect(recorded.taken).toHaveLength(0);
  });

  it('a batch that fails as a whole is an error for its ids and for no others', async () => {
    const ids = seed(150);
    sandbox.faults.add({ kind: 'status', status: 502, raw: '<html>bad gateway</html>', match: 'batch/read' });

    const reads = await open().hubspot.read('contacts', ids, ['email'], spend);

    const kinds = ids.map((id) => reads.get(id)?.kind);
    const failedCount = kinds.filter((kind) => kind === 'error').length;
    expect([50, 100]).toContain(failedCount);
    expect(kinds.filter((kind) => kind === 'found')).toHaveLength(150 - failedCount);
  });
});

describe('updating contacts: one bad record fails nobody else', () => {
  const title: HubSpotWrite['properties'] = { jobtitle: 'CTO' };
  const badStage: HubSpotWrite['properties'] = { lifecyclestage: 'nonsense' };
  const takenEmail: HubSpotWrite['properties'] = { email: 'c100@example.com' };

  it('a bad value comes back alone, with the property and the code', async () => {
    const ids = seed(100);
    const { hubspot, recorded } = open();
    const writes: HubSpotWrite[] = ids.map((id, at) => ({
      id,
      properties: at === 41 ? badStage : title,
    }));

    const results = await hubspot.update('contacts', writes, spend);

    const bad = results.get(ids[41] ?? '');
    expect(bad?.ok === false && bad.error).toMatchObject({
      kind: 'needs-human',
      code: 'hubspot_invalid_value',
      detail: { fields: ['lifecyclestage'], vendorCode: 'INVALID_OPTION' },
    });
    expect([...results.values()].filter(({ ok }) => ok)).toHaveLength(99);
    expect(recorded.taken).toHaveLength(1);
  });

  it('a duplicate email, which refuses the whole batch, is found by halving', async () => {
    const ids = seed(101);
    const { hubspot, recorded } = open();
    const batch = ids.slice(0, 100);
    const writes: HubSpotWrite[] = batch.map((id, at) => ({
      id,
      properties: at === 63 ? takenEmail : title,
    }));

    const results = await hubspot.update('contacts', writes, spend);

    const bad = results.get(batch[63] ?? '');
    expect(bad?.ok === false && bad.error).toMatchObject({
      kind: 'needs-human',
      code: 'hubspot_duplicate_value',
      detail: { recordIds: [ids[100]] },
    });
    expect(batch.filter((id) => sandbox.getContact(id)?.properties.jobtitle === 'CTO')).toHaveLength(99);
    expect(recorded.taken.length).toBeLessThanOrEqual(1 + 2 * 7);
  });

  it.each(['conflict', 'validation'] as const)(
    'a unique id that another contact holds needs a person (as %s)',
    async (uniqueConflict) => {
      sandbox.configure({ uniqueConflict });
      const [a = '', b = '', c = ''] = seed(3);
      const { hubspot } = open();
      await hubspot.createTextProperty(
        'contacts',
        { name: 'salesforce_person_id', label: 'Id', description: 'Id', unique: true },
        spend,
      );
      await hubspot.update('contacts', [{ id: a, properties: { salesforce_person_id: '00Q000000000001AAA' } }], spend);

      const results = await hubspot.update(
        'contacts',
        [
          { id: b, properties: { salesforce_person_id: '00Q000000000001AAA' } },
          { id: c, properties: { salesforce_person_id: '00Q000000000002AAA' } },
        ],
        spend,
      );

      const bad = results.get(b);
      expect(bad?.ok === false && bad.error.code).toBe('hubspot_duplicate_value');
      expect(results.get(c)?.ok).toBe(true);
    },
  );

  it('merged and deleted ids are told apart from done ones: look again', async () => {
    const [a = '', b = '', c = '', d = ''] = seed(4);
    sandbox.mergeContacts(a, b);
    sandbox.deleteContact(c);

    const results = await open().hubspot.update(
      'contacts',
      [a, c, d].map((id) => ({ id, properties: { jobtitle: 'CTO' } })),
      spend,
    );

    for (const id of [a, c]) {
      const result = results.get(id);
      expect(result?.ok === false && result.error).toMatchObject({
        kind: 'retryable',
        code: 'record_missing_in_answer',
      });
    }
    expect(results.get(d)?.ok).toBe(true);
  });

  it('two writes for one record go as one, the later value wins', async () => {
    const [a = ''] = seed(1);

    await open().hubspot.update(
      'contacts',
      [
        { id: a, properties: { jobtitle: 'first', city: 'Ghent' } },
        { id: a, properties: { jobtitle: 'second' } },
      ],
      spend,
    );

    expect(sandbox.getContact(a)?.properties).toMatchObject({ jobtitle: 'second', city: 'Ghent' });
  });

  it('a backward stage that HubSpot ignores is seen in the answer', async () => {
    const [a = ''] = sandbox.seedContacts([{ email: 'x@example.com', lifecyclestage: 'customer' }]);

    const results = await open().hubspot.update('contacts', [{ id: a, properties: { lifecyclestage: 'lead' } }], spend);

    const result = results.get(a);
    expect(result?.ok && result.properties.lifecyclestage).toBe('customer');
  });
});

describe('the HubSpot adapter and a connection that breaks', () => {
  it.each(['cut-before', 'cut-during', 'cut-after'] as const)(
    '%s: a write may have happened, a read is simply tried again',
    async (kind) => {
      const [a = ''] = seed(1);
      const { hubspot } = open();
      sandbox.faults.add({ kind, match: 'batch/', times: 2 });

      const results = await hubspot.update('contacts', [{ id: a, properties: { jobtitle: 'CTO' } }], spend);
      const reads = await hubspot.read('contacts', [a], ['jobtitle'], spend);

      const result = results.get(a);
      expect(result?.ok === false && result.error).toMatchObject({
        kind: 'retryable',
        detail: { mayHaveHappened: true },
      });
      const read = reads.get(a);
      expect(read?.kind === 'error' && read.error.kind).toBe('retryable');
      expect(read?.kind === 'error' && read.error.detail.mayHaveHappened).toBeUndefined();
    },
  );

  it('an answer that never comes ends at the timeout', async () => {
    const [a = ''] = seed(1);
    sandbox.faults.add({ kind: 'hang', match: 'batch/update' });

    const results = await open('v3', 300).hubspot.update(
      'contacts',
      [{ id: a, properties: { jobtitle: 'CTO' } }],
      spend,
    );

    const result = results.get(a);
    expect(result?.ok === false && result.error).toMatchObject({
      code: 'hubspot_timeout',
      detail: { mayHaveHappened: true },
    });
  });
});

describe('the HubSpot adapter and the budget', () => {
  it('tells the budget what the headers say, and searches take from their own bucket', async () => {
    await sandbox.close();
    sandbox = await startHubSpotSandbox({ rateLimitPer10s: 50, dailyLimit: 1000 });
    const { hubspot, recorded } = open();

    await hubspot.read('contacts', seed(1), ['email'], spend);
    await hubspot.searchModified('contacts', { fromMs: 0, untilMs: 1, afterId: null }, spend);

    expect(recorded.observed[0]).toEqual({
      bucket: 'hubspot',
      facts: { limitPerWindow: 50, remainingInWindow: 49, dailyLimit: 1000, dailyUsed: 1 },
    });
    expect(recorded.taken.map(({ bucket }) => bucket)).toEqual(['hubspot', 'hubspot-search']);
  });

  it('a spent window pauses the connection for ten seconds, a spent second only searches', async () => {
    await sandbox.close();
    sandbox = await startHubSpotSandbox({ rateLimitPer10s: 1, searchPerSecond: 1 });
    const ids = seed(1);
    const { hubspot, recorded } = openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken, nowMs: 5000 });
    const window = { fromMs: 0, untilMs: 1, afterId: null };

    await hubspot.searchModified('contacts', window, spend);
    const search = await hubspot.searchModified('contacts', window, spend).catch((thrown: unknown) => thrown);
    await hubspot.read('contacts', ids, ['email'], spend);
    const read = (await hubspot.read('contacts', ids, ['email'], spend)).get(ids[0] ?? '');

    expect(search).toMatchObject({ kind: 'wait', code: 'hubspot_search_limit', detail: { untilMs: 6000 } });
    expect(read?.kind === 'error' && read.error).toMatchObject({ kind: 'wait', code: 'hubspot_rate_limit' });
    expect(recorded.pauses).toEqual([{ untilMs: 15_000, code: 'hubspot_rate_limit' }]);
  });

  it('a spent day pauses until midnight of the account, an hour at most', async () => {
    const ids = seed(1);
    const { hubspot, recorded } = openHubSpot({
      baseUrl: sandbox.url,
      accessToken: sandbox.accessToken,
      nowMs: Date.parse('2026-11-22T04:59:00Z'),
    });
    await hubspot.account(spend);
    sandbox.setRequestsToday(250_000);

    await hubspot.read('contacts', ids, ['email'], spend);

    expect(recorded.pauses).toEqual([{ untilMs: Date.parse('2026-11-22T05:00:00Z'), code: 'hubspot_daily_limit' }]);
  });

  it('a token that is refused pauses the connection and needs a person', async () => {
    const { hubspot, recorded } = openHubSpot({ baseUrl: sandbox.url, accessToken: 'pat-na1-wrong', nowMs: 0 });

    await expect(hubspot.account(spend)).rejects.toMatchObject({ kind: 'needs-human', code: 'hubspot_unauthorised' });
    expect(recorded.pauses).toEqual([{ untilMs: 300_000, code: 'hubspot_unauthorised' }]);
  });

  it('a missing scope is named', async () => {
    sandbox.configure({ missingScopes: ['crm.objects.contacts.read'] });

    const read = (await open().hubspot.read('contacts', seed(1), ['email'], spend)).values().next().value;

    expect(read?.kind === 'error' && read.error).toMatchObject({ kind: 'needs-human', code: 'hubspot_missing_scopes' });
    expect(read?.kind === 'error' && read.error.detail.advice).toContain('crm.objects.contacts.read');
  });
});

describe("HubSpot's own Salesforce connector", () => {
  it('is not there', async () => {
    expect(await open().hubspot.connectorLastSync(spend)).toEqual({ installed: false, lastSyncMs: null });
  });

  it('tells when it last wrote', async () => {
    sandbox.properties.define('contacts', { name: 'salesforceleadid', type: 'string' });
    sandbox.properties.define('contacts', { name: 'salesforcelastsynctime', type: 'datetime' });
    sandbox.seedContacts([
      { email: 'a@example.com', salesforcelastsynctime: '2026-11-20T10:00:00Z' },
      { email: 'b@example.com', salesforcelastsynctime: '2026-11-21T10:00:00Z' },
      { email: 'c@example.com' },
    ]);

    expect(await open().hubspot.connectorLastSync(spend)).toEqual({
      installed: true,
      lastSyncMs: Date.parse('2026-11-21T10:00:00Z'),
    });
  });

  it('is installed but never wrote', async () => {
    sandbox.properties.define('contacts', { name: 'salesforcelastsynctime', type: 'datetime' });

    expect(await open().hubspot.connectorLastSync(spend)).toEqual({ installed: true, lastSyncMs: null });
  });
});

describe('the property that holds the Salesforce id', () => {
  const property = {
    name: 'salesforce_person_id',
    label: 'Salesforce person id',
    description: 'Kept by Handoff.',
    unique: true,
  };

  it.each([
    { name: 'without unique values', existing: { type: 'string', hasUniqueValue: false } },
    { name: 'as a number', existing: { type: 'number', hasUniqueValue: true } },
  ])('exists $name: a person is told that this cannot be changed later', async ({ existing }) => {
    sandbox.properties.define('contacts', { name: property.name, ...existing });

    await expect(open().hubspot.createTextProperty('contacts', property, spend)).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'hubspot_property_not_unique',
      detail: { fields: [property.name] },
    });
  });

  it('is created although the answer was lost', async () => {
    sandbox.properties.remove('contacts', property.name);
    sandbox.faults.add({ kind: 'cut-after', match: /^POST .*\/properties\// });

    await open().hubspot.createTextProperty('contacts', property, spend);

    expect(sandbox.properties.get('contacts', property.name)?.hasUniqueValue).toBe(true);
  });
});
