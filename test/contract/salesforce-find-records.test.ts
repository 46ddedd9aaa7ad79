import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectReady, createHands, recordLookup } from './salesforce-record-support.ts';
import { connectTo, spend } from './salesforce-support.ts';

let sandbox: SalesforceSandbox;
let hands: ReturnType<typeof createHands>;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox({ keepBodies: true });
  hands = createHands(sandbox);
});
afterEach(() => sandbox.close());

const fields = { Account: ['Phone', 'OwnerId'], Opportunity: ['StageName', 'Amount', 'CloseDate'] } as const;

async function findAccounts(lookups: Parameters<typeof recordLookup>[]) {
  const { salesforce } = await connectReady(sandbox);
  return salesforce.findRecords(
    'Account',
    lookups.map((each) => recordLookup(...each)),
    fields.Account,
    spend,
  );
}

describe('finding accounts', () => {
  it('tells who carries the id of a company, with what was asked for and what is always told', async () => {
    const id = hands.account({ HubSpot_Company_Id__c: '9', Website: 'www.example.com', Phone: '+49 30 1' });

    const found = await findAccounts([['9']]);

    const [record] = found.get('9')?.byExternalId ?? [];
    expect(record).toMatchObject({
      object: 'Account',
      id,
      externalId: '9',
      fields: { Name: 'Example', Website: 'www.example.com', Phone: '+49 30 1' },
      isDeleted: false,
      masterRecordId: null,
      roles: [],
    });
    expect(record?.lastModifiedBy).toEqual({ id: sandbox.userId, name: 'Sales Person' });
    expect(record?.modifiedAtMs).toBeGreaterThan(0);
  });

  it('shows the dead, by the id of the company and by their own, and follows merges to the survivor', async () => {
    const winner = hands.account();
    const loser = hands.account({ HubSpot_Company_Id__c: '9' });
    const deleted = hands.account();
    sandbox.merge('Account', winner, [loser]);
    sandbox.remove('Account', deleted);

    const found = await findAccounts([
      ['9', { recordIds: [deleted.slice(0, 15)] }],
      ['10', { recordIds: [loser] }],
    ]);

    expect(found.get('9')?.byExternalId).toMatchObject([{ id: loser, isDeleted: true, masterRecordId: winner }]);
    expect(found.get('9')?.byId.map(({ id }) => id)).toEqual([deleted, winner]);
    expect(found.get('10')?.byExternalId).toEqual([]);
    expect(found.get('10')?.byId.map(({ id }) => id)).toEqual([loser, winner]);
  });

  it.each([
    ['example.com'],
    ['Example.COM'],
    ['www.example.com'],
    ['http://example.com'],
    ['https://www.example.com/'],
    ['https://shop.example.com/en?x=1#top'],
  ])('finds the living one whose website is %s by the domain', async (website) => {
    const id = hands.account({ Website: website });
    const deleted = hands.account({ Website: website });
    sandbox.remove('Account', deleted);

    const found = await findAccounts([['9', { domains: ['example.com'] }]]);

    expect(found.get('9')?.byDomain.map((record) => record.id)).toEqual([id]);
    expect(found.get('9')?.byId).toEqual([]);
  });

  it.each([['notexample.com'], ['example.com.evil.test'], ['https://evil.test/example.com'], ['example.community']])(
    'does not take %s for the domain',
    async (website) => {
      hands.account({ Website: website });

      expect((await findAccounts([['9', { domains: ['example.com'] }]])).get('9')?.byDomain).toEqual([]);
    },
  );

  it('gives each lookup its own, however many share a domain', async () => {
    const [one, two, other] = [
      hands.account({ Website: 'example.com' }),
      hands.account({ Website: 'www.example.com' }),
      hands.account({ Website: 'other.test' }),
    ];

    const found = await findAccounts([
      ['9', { domains: ['example.com', 'www.example.com'] }],
      ['10', { domains: ['other.test'] }],
      ['11'],
    ]);

    expect(
      found
        .get('9')
        ?.byDomain.map(({ id }) => id)
        .toSorted(),
    ).toEqual([one, two].toSorted());
    expect(found.get('10')?.byDomain.map(({ id }) => id)).toEqual([other]);
    expect(found.get('11')?.byDomain).toEqual([]);
  });

  it.each([["x.com' OR Name LIKE '%"], ['%'], ['x_y.com'], ['a\\.com'], ['.com'], ['com'], ['']])(
    'asks for no website where a domain is %j',
    async (domain) => {
      hands.account({ Website: 'xzy.com' });

      const found = await findAccounts([['9', { domains: [domain] }]]);

      expect(found.get('9')?.byDomain).toEqual([]);
      expect(sandbox.requests.map(({ body }) => body).join('')).not.toContain('Website%20LIKE');
    },
  );

  it('looks for 500 companies that nobody linked in one call', async () => {
    const { salesforce } = await connectReady(sandbox);
    const id = hands.account({ Website: 'https://company-499.example/about' });
    const lookups = Array.from({ length: 500 }, (_, n) =>
      recordLookup(`${30_000_000_000 + n}`, { domains: [`company-${n}.example`] }),
    );

    const found = await salesforce.findRecords('Account', lookups, fields.Account, spend);

    expect(found.get('30000000499')?.byDomain.map((record) => record.id)).toEqual([id]);
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('leaves person accounts out where the org has them', async () => {
    sandbox.addField('Account', 'IsPersonAccount', { type: 'boolean' });
    const person = hands.account({ HubSpot_Company_Id__c: '9', Website: 'example.com' });
    const company = hands.account({ HubSpot_Company_Id__c: '10', Website: 'example.com' });
    sandbox.edit('Account', person, { IsPersonAccount: true });

    const found = await findAccounts([['9', { recordIds: [person], domains: ['example.com'] }], ['10']]);

    expect(found.get('9')?.byExternalId).toEqual([]);
    expect(found.get('9')?.byId).toEqual([]);
    expect(found.get('9')?.byDomain.map(({ id }) => id)).toEqual([company]);
    expect(found.get('10')?.byExternalId).toHaveLength(1);
  });

  it('passes over ids that are none of an account', async () => {
    const contact = hands.contact();

    const found = await findAccounts([['9', { recordIds: [contact, 'x', ''] }]]);

    expect(found.get('9')).toEqual({ byExternalId: [], byId: [], byDomain: [] });
  });

  it('says that setup has not run where the field of our id is missing', async () => {
    sandbox.removeField('Account', 'HubSpot_Company_Id__c');

    await expect(findAccounts([['9']])).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'salesforce_unknown_field',
      detail: { advice: 'Run handoff setup.' },
    });
  });
});

describe('finding opportunities', () => {
  it('tells their roles, deleted ones left out, and what they have come to', async () => {
    const account = hands.account();
    const id = hands.opportunity({ HubSpot_Deal_Id__c: '7', AccountId: account, StageName: 'Closed Won' });
    const [one, two, gone] = [hands.contact(), hands.contact(), hands.contact()];
    sandbox.addRole(id, one, { role: 'Decision Maker', isPrimary: true });
    sandbox.addRole(id, two);
    sandbox.addRole(id, gone);
    sandbox.removeRole(id, gone);
    const { salesforce } = await connectReady(sandbox);

    const found = await salesforce.findRecords('Opportunity', [recordLookup('7')], fields.Opportunity, spend);

    const [record] = found.get('7')?.byExternalId ?? [];
    expect(record).toMatchObject({ id, fields: { AccountId: account, IsClosed: true, IsWon: true, Name: 'Deal' } });
    expect(record?.roles.map(({ id: _, ...role }) => role)).toEqual(
      expect.arrayContaining([
        { contactId: one, role: 'Decision Maker', isPrimary: true },
        { contactId: two, role: null, isPrimary: false },
      ]),
    );
    expect(record?.roles).toHaveLength(2);
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('reads roles on where the answer holds only the first of them', async () => {
    sandbox.configure({ childPageSize: 2 });
    const id = hands.opportunity({ HubSpot_Deal_Id__c: '7' });
    const contacts = Array.from({ length: 5 }, () => hands.contact());
    for (const contact of contacts) sandbox.addRole(id, contact);
    const { salesforce } = connectTo(sandbox);

    const found = await salesforce.findRecords('Opportunity', [recordLookup('7')], [], spend);

    const roles = found.get('7')?.byExternalId[0]?.roles ?? [];
    expect(roles.map(({ contactId }) => contactId).toSorted()).toEqual(contacts.toSorted());
  });

  it('shows deleted ones', async () => {
    const id = hands.opportunity({ HubSpot_Deal_Id__c: '7' });
    sandbox.remove('Opportunity', id);
    const { salesforce } = connectTo(sandbox);

    const found = await salesforce.findRecords('Opportunity', [recordLookup('7', { recordIds: [id] })], [], spend);

    expect(found.get('7')?.byExternalId).toMatchObject([{ id, isDeleted: true }]);
    expect(found.get('7')?.byId).toMatchObject([{ id, isDeleted: true }]);
  });

  it('finds 500 with their ids in both places in one call', async () => {
    const keys = Array.from({ length: 500 }, (_, n) => `${40_000_000_000 + n}`);
    const ids = sandbox.seed(
      'Opportunity',
      keys.map((key) => ({ Name: key, StageName: 'Qualification', CloseDate: '2026-12-31', HubSpot_Deal_Id__c: key })),
    );
    const { salesforce } = await connectReady(sandbox);
    const lookups = keys.map((key, n) => recordLookup(key, { recordIds: [ids[n] ?? ''] }));

    const found = await salesforce.findRecords('Opportunity', lookups, fields.Opportunity, spend);

    expect([...found.values()].every(({ byId, byExternalId }) => byId.length === 1 && byExternalId.length === 1)).toBe(
      true,
    );
    expect(sandbox.countedCalls()).toBe(1);
  });
});

describe('amounts', () => {
  it.each([['9999999999999999.99'], ['-1234567890123456.78'], ['123456789012345.67'], ['0.1']])(
    'of %s go to Salesforce and come back by the digit',
    async (amount) => {
      const { salesforce } = await connectReady(sandbox);
      const fieldsOfDeal = { Name: 'Deal', StageName: 'Qualification', CloseDate: '2026-12-31', Amount: amount };
      const write = { key: '7', operation: 'create', object: 'Opportunity', id: null, fields: fieldsOfDeal, roles: [] };

      const written = await salesforce.writeRecords(
        [{ ...write, operation: 'create', object: 'Opportunity' }],
        ['Amount'],
        spend,
      );
      const found = await salesforce.findRecords('Opportunity', [recordLookup('7')], ['Amount'], spend);

      const result = written.get('7');
      expect(result?.ok === true && String(result.held?.fields.Amount)).toBe(amount);
      expect(String(found.get('7')?.byExternalId[0]?.fields.Amount)).toBe(amount);
    },
  );
});
