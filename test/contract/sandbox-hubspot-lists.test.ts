import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox();
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

const members = (id: string, after?: string, limit?: number) =>
  callChecked('lists', 'ApiCollectionResponseJoinTimeAndRecordId', () =>
    sdk.crm.lists.membershipsApi.getPage(id, after, undefined, limit),
  );

async function control(method: string, path: string, body?: unknown) {
  const response = await fetch(`${sandbox.url}/__sandbox/${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

describe('lists (lists API)', () => {
  it('answers a list and its members in the shapes of the client, by id and in pages', async () => {
    const ids = sandbox.seedContacts(Array.from({ length: 5 }, (_, n) => ({ email: `p${n}@x.example` })));
    const id = sandbox.createList({ name: 'Fair', type: 'contacts', ids: ids.toReversed() });

    const list = await callChecked('lists', 'ListFetchResponse', () => sdk.crm.lists.listsApi.getById(id));
    const first = await members(id, undefined, 3);
    const second = await members(id, first.answer.paging?.next?.after, 3);

    expect(list.answer.list).toMatchObject({ listId: id, objectTypeId: '0-1', processingType: 'MANUAL' });
    expect([first, second].flatMap(({ answer }) => answer.results.map(({ recordId }) => recordId))).toEqual(ids);
    expect(first.answer.total).toBe(5);
    expect(second.answer.paging).toBeUndefined();
  });

  it('holds no archived records, survivors once, and in an active list whoever fits now', async () => {
    const [one = '', two = '', gone = ''] = sandbox.seedContacts([{ city: 'Bath' }, { city: 'Bath' }, { city: 'Ely' }]);
    const fixed = sandbox.createList({ name: 'Fixed', type: 'contacts', ids: [one, two, gone] });
    const active = sandbox.createList({ name: 'Active', type: 'contacts', where: { city: 'Ely' } });
    const survivor = sandbox.mergeContacts(one, two);
    sandbox.deleteContact(gone);
    sandbox.editContact(survivor, { city: 'Ely' });

    for (const id of [fixed, active]) {
      expect((await members(id)).answer.results.map(({ recordId }) => recordId)).toEqual([survivor]);
    }
  });

  it('answers a deleted list with its time of deletion, and 404 for its members and for none', async () => {
    const id = sandbox.createList({ name: 'Fair', type: 'contacts', ids: [] });
    sandbox.deleteList(id);

    const { answer } = await callChecked('lists', 'ListFetchResponse', () => sdk.crm.lists.listsApi.getById(id));

    expect(answer.list.deletedAt).toBeInstanceOf(Date);
    expect((await catchApiError(sdk.crm.lists.membershipsApi.getPage(id))).code).toBe(404);
    expect((await catchApiError(sdk.crm.lists.listsApi.getById('99'))).code).toBe(404);
  });

  it('refuses more than 250 a page, and a token without the scope', async () => {
    const id = sandbox.createList({ name: 'Fair', type: 'contacts', ids: [] });

    const tooMany = await catchApiError(sdk.crm.lists.membershipsApi.getPage(id, undefined, undefined, 251));
    sandbox.configure({ missingScopes: ['crm.lists.read'] });
    const refused = await catchApiError(sdk.crm.lists.listsApi.getById(id));

    expect([tooMany.code, refused.code]).toEqual([400, 403]);
    expect(refused.body.category).toBe('MISSING_SCOPES');
  });

  it('can be made and deleted by curl', async () => {
    const [id = ''] = sandbox.seedContacts([{ city: 'Bath' }]);

    const made = [
      await control('POST', 'lists', { ids: [id] }),
      await control('POST', 'lists', { name: 'Bath', type: 'contacts', where: { city: 'Bath' } }),
    ];
    for (const { json } of made) expect((await members(json.id)).answer.results).toHaveLength(1);
    const deleted = await control('DELETE', `lists/${made[0]?.json.id}`);

    expect(made.map(({ status }) => status)).toEqual([201, 201]);
    expect(deleted.status).toBe(204);
    expect((await catchApiError(sdk.crm.lists.membershipsApi.getPage(made[0]?.json.id))).code).toBe(404);
  });
});

describe('the calls of the day (account information API)', () => {
  it('counts every request of the account, and ends at its midnight', async () => {
    const nowMs = Date.parse('2026-11-22T10:00:00Z');
    const own = await startHubSpotSandbox({ now: () => nowMs, dailyLimit: 500, timeZone: 'Europe/Berlin' });
    try {
      own.setRequestsToday(41);
      const response = await fetch(`${own.url}/account-info/v3/api-usage/daily/private-apps`, {
        headers: { authorization: `Bearer ${own.accessToken}` },
      });

      expect(await response.json()).toEqual({
        results: [
          {
            name: 'private-apps-api-calls-daily',
            usageLimit: 500,
            currentUsage: 42,
            collectedAt: '2026-11-22T10:00:00.000Z',
            fetchStatus: 'SUCCESS',
            resetsAt: '2026-11-22T23:00:00.000Z',
          },
        ],
      });
    } finally {
      await own.close();
    }
  });
});
