import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/models/Filter.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let now = Date.parse('2026-11-22T10:00:00Z');

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({ now: () => now, searchPerSecond: 0 });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

type Filter = {
  propertyName: string;
  operator: FilterOperatorEnum;
  value?: string;
  highValue?: string;
  values?: string[];
};
type More = { limit?: number; after?: string; sorts?: string[]; properties?: string[] };

function search(filters: Filter[], more: More = {}) {
  return sdk.crm.contacts.searchApi.doSearch({ filterGroups: [{ filters }], ...more });
}

describe('search (search guide)', () => {
  it('answers in the shape of the client, with total and an integer offset', async () => {
    const ids = sandbox.seedContacts(Array.from({ length: 5 }, (_, index) => ({ email: `p${index}@x.example` })));

    const { answer } = await callChecked('contacts', 'CollectionResponseWithTotalSimplePublicObjectForwardPaging', () =>
      search([{ propertyName: 'email', operator: FilterOperatorEnum.HasProperty }], {
        limit: 2,
        sorts: ['hs_object_id'],
      }),
    );

    expect(answer.total).toBe(5);
    expect(answer.results.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(answer.paging?.next?.after).toBe('2');
  });

  it.each([
    { operator: FilterOperatorEnum.Eq, value: 'bath', found: 1 },
    { operator: FilterOperatorEnum.Neq, value: 'bath', found: 2 },
    { operator: FilterOperatorEnum.In, values: ['bath', 'ely'], found: 2 },
    { operator: FilterOperatorEnum.NotIn, values: ['bath', 'ely'], found: 1 },
    { operator: FilterOperatorEnum.HasProperty, found: 2 },
    { operator: FilterOperatorEnum.NotHasProperty, found: 1 },
    { operator: FilterOperatorEnum.ContainsToken, value: 'ba*', found: 1 },
    { operator: FilterOperatorEnum.NotContainsToken, value: 'bath', found: 2 },
    { operator: FilterOperatorEnum.Gt, value: 'bath', found: 1 },
  ])('knows $operator', async ({ operator, value, values, found }) => {
    sandbox.seedContacts([{ city: 'Bath' }, { city: 'Ely' }, { lastname: 'Nowhere' }]);

    const answer = await search([{ propertyName: 'city', operator, value, values }]);

    expect(answer.total).toBe(found);
  });

  it('finds what was modified between two instants, both included, only under the name contacts have for it', async () => {
    const [, second = ''] = sandbox.seedContacts([{ email: 'a@x.example' }, { email: 'b@x.example' }]);
    const seededAt = now;
    now += 60_000;
    sandbox.editContact(second, { city: 'Ely' });
    const between = (propertyName: string, from: number, to: number) =>
      search([{ propertyName, operator: FilterOperatorEnum.Between, value: String(from), highValue: String(to) }]);

    expect((await between('lastmodifieddate', seededAt + 1, now)).results.map(({ id }) => id)).toEqual([second]);
    expect((await between('lastmodifieddate', seededAt, seededAt)).total).toBe(1);
    expect((await between('hs_lastmodifieddate', 0, now)).total).toBe(0);
  });

  it('walks beyond the first page by id', async () => {
    const ids = sandbox.seedContacts(Array.from({ length: 450 }, (_, index) => ({ email: `p${index}@x.example` })));
    const seen: string[] = [];
    for (let last = '0'; ; last = seen.at(-1) ?? '0') {
      const page = await search([{ propertyName: 'hs_object_id', operator: FilterOperatorEnum.Gt, value: last }], {
        limit: 200,
        sorts: ['hs_object_id'],
      });
      if (page.results.length === 0) break;
      seen.push(...page.results.map(({ id }) => id));
    }

    expect(seen).toEqual(ids);
  });

  it('sorts downward with a minus sign', async () => {
    sandbox.seedContacts([{ lastname: 'A' }, { lastname: 'C' }, { lastname: 'B' }]);

    const answer = await search([{ propertyName: 'lastname', operator: FilterOperatorEnum.HasProperty }], {
      sorts: ['-lastname'],
      properties: ['lastname'],
    });

    expect(answer.results.map(({ properties }) => properties.lastname)).toEqual(['C', 'B', 'A']);
  });

  it('never shows the recycle bin', async () => {
    sandbox.deleteContact(sandbox.createContact({ email: 'a@x.example' }));

    expect((await search([{ propertyName: 'email', operator: FilterOperatorEnum.HasProperty }])).total).toBe(0);
  });

  it.each([
    { refused: 'a page over 200', filters: 1, more: { limit: 201 } },
    { refused: 'what lies beyond 10,000 results', filters: 1, more: { limit: 200, after: '9900' } },
    { refused: 'two sorts', filters: 1, more: { sorts: ['email', 'city'] } },
    { refused: 'seven filters in a group', filters: 7, more: {} },
    { refused: 'a body over 3,000 characters', filters: 1, more: { properties: ['x'.repeat(3000)] } },
  ])('refuses $refused with 400', async ({ filters, more }) => {
    const filter = { propertyName: 'email', operator: FilterOperatorEnum.HasProperty };

    const error = await catchApiError(
      search(
        Array.from({ length: filters }, () => filter),
        more,
      ),
    );

    expect(error).toMatchObject({ code: 400, body: { category: 'VALIDATION_ERROR' } });
  });

  it.each([
    ['part of a first name, without case', 'ANN', ['anna']],
    ['part of an email', 'b@y.ex', ['bert']],
    ['a company', 'muster', ['anna', 'bert']],
    ['words of two properties', 'bert  MUSTER', ['bert']],
    ['words of which one is nowhere', 'bert nowhere', []],
    ['what stands in a property that is not searched', 'Bath', []],
    ['a percent sign, which is a character like any other', '%', ['percent']],
    ['a quote', "'", ['percent']],
    ['a backslash', '\\', ['percent']],
    ['another alphabet', 'Łódź', ['percent']],
    ['nothing', '', ['anna', 'bert', 'percent']],
  ])('finds by a query: %s', async (_what, query, found) => {
    const names = ['anna', 'bert', 'percent'];
    const ids = sandbox.seedContacts([
      { email: 'a@x.example', firstname: 'Anna', company: 'Muster', city: 'Bath' },
      { email: 'b@y.example', firstname: 'Bert', company: 'Muster & Co' },
      { email: 'c@z.example', firstname: "50 % O'Hara \\ Łódź" },
    ]);

    const { answer } = await callChecked('contacts', 'CollectionResponseWithTotalSimplePublicObjectForwardPaging', () =>
      sdk.crm.contacts.searchApi.doSearch({ query, limit: 10 }),
    );

    expect(answer.results.map(({ id }) => names[ids.indexOf(id)])).toEqual(found);
  });

  it('sees a change only after its index has caught up, although a read sees it at once', async () => {
    sandbox.configure({ searchLagMs: 10_000 });
    const byCity = (value: string) =>
      search([{ propertyName: 'city', operator: FilterOperatorEnum.Eq, value }]).then(({ total }) => total);

    const id = sandbox.createContact({ email: 'a@x.example', city: 'Bath' });
    const whenNew = await byCity('Bath');
    now += 9000;
    sandbox.editContact(id, { city: 'Ely' });
    now += 2000;
    const whenCreationIsSeen = [await byCity('Bath'), await byCity('Ely')];
    now += 9000;
    const whenAllIsSeen = [await byCity('Bath'), await byCity('Ely')];

    expect(whenNew).toBe(0);
    expect(whenCreationIsSeen).toEqual([1, 0]);
    expect(whenAllIsSeen).toEqual([0, 1]);
    expect((await sdk.crm.contacts.basicApi.getById(id, ['city'])).properties.city).toBe('Ely');
  });
});
