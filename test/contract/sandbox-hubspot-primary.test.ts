import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { createSdk, toSpecs } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let one: string;
let other: string;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox();
  sdk = createSdk(sandbox);
  one = sandbox.createCompany({ name: 'One' });
  other = sandbox.createCompany({ name: 'Other' });
});
afterEach(() => sandbox.close());

const OWN_PROPERTY = { contacts: 'associatedcompanyid', deals: 'hs_primary_associated_company' } as const;
const PLAIN = { contacts: 279, deals: 341 } as const;
const PRIMARY = { contacts: 1, deals: 5 } as const;
type Kind = keyof typeof PRIMARY;
const KINDS: Kind[] = ['contacts', 'deals'];

function born(type: Kind): string {
  return type === 'contacts'
    ? sandbox.createContact({ email: `p${sandbox.contactCount()}@x.example` })
    : sandbox.createDeal({ dealname: 'D', dealstage: 'qualifiedtobuy' });
}
async function write(type: Kind, id: string, company: string, typeIds: number[]) {
  await sdk.crm.associations.v4.batchApi.create(type, 'companies', {
    inputs: [{ _from: { id }, to: { id: company }, types: toSpecs(typeIds) }],
  });
}
async function readOwn(type: Kind, id: string) {
  const name = OWN_PROPERTY[type];
  const of = type === 'contacts' ? sdk.crm.contacts : sdk.crm.deals;
  return (await of.basicApi.getById(id, [name])).properties[name];
}
const numbers = (type: Kind, id: string) =>
  sandbox
    .getAssociations({ type, id }, 'companies')
    .map(({ toId, types }) => [toId, types.map(({ typeId }) => typeId)]);

describe.each(KINDS)('the primary company of %s (associations guide)', (type) => {
  it('is one: another one demotes the first, which stays associated', async () => {
    const id = born(type);
    await write(type, id, one, [PRIMARY[type]]);
    const atFirst = await readOwn(type, id);

    await write(type, id, other, [PRIMARY[type]]);

    expect([atFirst, await readOwn(type, id)]).toEqual([one, other]);
    expect(numbers(type, id)).toEqual([
      [one, [PLAIN[type]]],
      [other, [PLAIN[type], PRIMARY[type]]],
    ]);
  });

  it('can be made so from the company’s side too', async () => {
    const id = born(type);
    await write(type, id, one, [PRIMARY[type]]);

    await sdk.crm.associations.v4.batchApi.create('companies', type, {
      inputs: [{ _from: { id: other }, to: { id }, types: toSpecs([PRIMARY[type] + 1]) }],
    });

    expect(await readOwn(type, id)).toBe(other);
  });

  it('goes with its label, its association or its company, and comes back with a restored one', async () => {
    const id = born(type);
    await write(type, id, one, [PRIMARY[type]]);
    await sdk.crm.associations.v4.batchApi.archiveLabels(type, 'companies', {
      inputs: [{ _from: { id }, to: { id: one }, types: toSpecs([PRIMARY[type]]) }],
    });
    const unlabelled = [await readOwn(type, id), numbers(type, id)];
    await write(type, id, one, [PRIMARY[type]]);
    sandbox.deleteCompany(one);
    const deleted = await readOwn(type, id);
    sandbox.restoreCompany(one);
    const restored = await readOwn(type, id);
    sandbox.dissociate({ type, id }, { type: 'companies', id: one });

    expect(unlabelled).toEqual([null, [[one, [PLAIN[type]]]]]);
    expect([deleted, restored, await readOwn(type, id)]).toEqual([null, one, null]);
  });

  it('can be searched for and does not move the modification time, but stands in the history', async () => {
    const id = born(type);
    const of = type === 'contacts' ? sdk.crm.contacts : sdk.crm.deals;
    const before = (await of.basicApi.getById(id)).updatedAt;
    await write(type, id, one, [PRIMARY[type]]);
    const name = OWN_PROPERTY[type];

    const search = { filterGroups: [{ filters: [{ propertyName: name, operator: 'EQ', value: one }] }] };
    const found = await sdk.apiRequest({ method: 'POST', path: `/crm/v3/objects/${type}/search`, body: search });
    const after = await of.basicApi.getById(id, undefined, [name]);

    expect(await found.json()).toMatchObject({ total: 1, results: [{ id }] });
    expect(after.updatedAt).toEqual(before);
    expect(after.propertiesWithHistory?.[name]?.[0]).toMatchObject({ value: one, sourceType: 'CALCULATED' });
  });

  it.each([
    { rule: 'people', byApp: null, byPerson: 'one' },
    { rule: 'always', byApp: 'one', byPerson: 'one' },
    { rule: 'never', byApp: null, byPerson: null },
  ] as const)('comes by itself with the first company where the portal says $rule', async (row) => {
    sandbox.configure({ firstCompanyIsPrimary: row.rule });
    const [first, second] = [born(type), born(type)];

    await write(type, first, one, [PLAIN[type]]);
    sandbox.associate({ type, id: second }, { type: 'companies', id: one });
    sandbox.associate({ type, id: second }, { type: 'companies', id: other });

    const expected = [row.byApp, row.byPerson].map((whose) => (whose === null ? null : one));
    expect([await readOwn(type, first), await readOwn(type, second)]).toEqual(expected);
  });
});

describe('counts (calculated)', () => {
  it('count living associations of deals and companies', async () => {
    const deal = sandbox.createDeal({ dealname: 'D', dealstage: 'qualifiedtobuy' }, { companies: [one] });
    const contacts = [born('contacts'), born('contacts')];
    for (const id of contacts) {
      sandbox.associate({ type: 'deals', id: deal }, { type: 'contacts', id });
      sandbox.setPrimaryCompany('contacts', id, one);
    }
    sandbox.deleteContact(contacts[0] ?? '');

    expect(sandbox.getDeal(deal)?.properties.num_associated_contacts).toBe('1');
    expect(sandbox.getCompany(one)?.properties).toMatchObject({
      num_associated_contacts: '1',
      num_associated_deals: '1',
    });
  });
});

describe('merges carry associations (changelogs on merging)', () => {
  it('leaves the survivor of two contacts with the primary company of the primary one', () => {
    const [primary, second] = [born('contacts'), born('contacts')];
    sandbox.setPrimaryCompany('contacts', primary, one);
    sandbox.setPrimaryCompany('contacts', second, other);

    const survivor = sandbox.mergeContacts(primary, second);

    expect(sandbox.getPrimaryCompany('contacts', survivor)).toBe(one);
    expect(numbers('contacts', survivor)).toEqual([
      [one, [279, 1]],
      [other, [279]],
    ]);
  });

  it('tells contacts and deals of two companies that their primary company has another id', async () => {
    const contact = born('contacts');
    const deal = born('deals');
    sandbox.setPrimaryCompany('contacts', contact, other);
    sandbox.setPrimaryCompany('deals', deal, one);

    const survivor = sandbox.mergeCompanies(one, other);

    expect([await readOwn('contacts', contact), await readOwn('deals', deal)]).toEqual([survivor, survivor]);
    const told = sandbox.webhookJournal.filter(
      ({ propertyName, propertyValue }) => propertyValue === survivor && propertyName !== undefined,
    );
    expect(told.map(({ objectId, propertyName, changeSource }) => [objectId, propertyName, changeSource])).toEqual(
      expect.arrayContaining([
        [Number(contact), 'associatedcompanyid', 'CALCULATED'],
        [Number(deal), 'hs_primary_associated_company', 'CALCULATED'],
      ]),
    );
  });

  it('keeps labels of merged deals, and none under the old ids', async () => {
    sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' });
    const contact = born('contacts');
    const [primary, second] = [born('deals'), born('deals')];
    sandbox.associate({ type: 'deals', id: second }, { type: 'contacts', id: contact }, { labels: ['Decision maker'] });

    const survivor = sandbox.mergeDeals(primary, second);

    expect(
      sandbox.getAssociations({ type: 'deals', id: survivor }, 'contacts')[0]?.types.map(({ label }) => label),
    ).toEqual([null, 'Decision maker']);
    const old = await sdk.crm.associations.v4.basicApi.getPage('deals', second, 'contacts');
    expect(old.results).toEqual([]);
  });
});
