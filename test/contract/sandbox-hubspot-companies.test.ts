import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/companies/models/Filter.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk, request } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let now: number;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startHubSpotSandbox({ withHandoffFields: true, now: () => now });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

type Kind = 'companies' | 'deals';
const KINDS: Kind[] = ['companies', 'deals'];
const NEW = { companies: { name: 'X' }, deals: { dealname: 'D', dealstage: 'qualifiedtobuy' } } as const;
const TITLE = { companies: 'name', deals: 'dealname' } as const;
const OUR_ID = { companies: 'salesforce_account_id', deals: 'salesforce_opportunity_id' } as const;
const born = (type: Kind, more: Record<string, string> = {}) => sandbox.createRecord(type, { ...NEW[type], ...more });
/** The generic client speaks for both types alike. */
const objects = () => sdk.crm.objects;

describe.each(KINDS)('%s behave as contacts do (using-object-apis page)', (type) => {
  it('upserts by our unique property: the second time it is no new record', async () => {
    const upsert = () =>
      objects().batchApi.upsert(type, {
        inputs: [{ id: '001A', idProperty: OUR_ID[type], properties: { ...NEW[type], [OUR_ID[type]]: '001A' } }],
      });

    const [first, second] = [await upsert(), await upsert()];

    expect([first.results[0]?._new, second.results[0]?._new]).toEqual([true, false]);
    expect(second.results[0]?.id).toBe(first.results[0]?.id);
    expect(sandbox.records(type)).toHaveLength(1);
  });

  it('refuses a value of it that another record holds', async () => {
    born(type, { [OUR_ID[type]]: '001A' });
    const error = await catchApiError(
      objects().basicApi.create(type, { properties: { ...NEW[type], [OUR_ID[type]]: '001A' }, associations: [] }),
    );

    expect(error).toMatchObject({ code: 409, body: { category: 'CONFLICT' } });
  });

  it('shows the property as unique in the definitions', async () => {
    const definition = await sdk.crm.properties.coreApi.getByName(type, OUR_ID[type]);

    expect(definition.hasUniqueValue).toBe(true);
  });

  it('reads in batches with 207 for what is not there, and archives in batches', async () => {
    const id = born(type);
    const ids = { inputs: [{ id }, { id: '77' }] };

    const { answer, status } = await callChecked(type, 'BatchResponseSimplePublicObjectWithErrors', () =>
      sdk.crm[type].batchApi.read({ ...ids, properties: [TITLE[type]], propertiesWithHistory: [] }),
    );
    await objects().batchApi.archive(type, ids);

    expect([status, answer.results.map((result) => result.id)]).toEqual([207, [id]]);
    expect(sandbox.getRecord(type, id)?.archived).toBe(true);
  });

  it('sweeps by hs_lastmodifieddate; the name contacts have matches nothing', async () => {
    const id = born(type);
    now += 60_000;
    await objects().basicApi.update(type, id, { properties: { description: 'new' } });
    const since = (propertyName: string) =>
      sdk.crm[type].searchApi.doSearch({
        filterGroups: [{ filters: [{ propertyName, operator: FilterOperatorEnum.Gte, value: String(now) }] }],
        sorts: ['hs_object_id'],
        properties: ['hs_lastmodifieddate'],
        limit: 10,
        after: '0',
      });

    expect((await since('hs_lastmodifieddate')).results.map((result) => result.id)).toEqual([id]);
    expect((await since('lastmodifieddate')).results).toEqual([]);
  });

  it('merges into a third record; the old ids lead to it and nobody updates it by them in a batch', async () => {
    const primary = born(type, { description: 'mine' });
    const other = born(type, { description: 'yours', hubspot_owner_id: sandbox.addOwner('o@x.example').id });

    const { json } = await request(sandbox, 'POST', `/crm/v3/objects/${type}/merge`, {
      primaryObjectId: primary,
      objectIdToMerge: other,
    });
    const survivor = sandbox.getRecord(type, primary);
    const { results } = await objects().batchApi.update(type, {
      inputs: [{ id: primary, properties: { description: 'lost' } }],
    });

    expect(json).toMatchObject({ id: survivor?.id, properties: { hs_merged_object_ids: `${primary};${other}` } });
    expect([primary, other]).not.toContain(survivor?.id);
    expect(survivor?.properties).toMatchObject({ description: 'mine' });
    expect((await objects().basicApi.getById(type, other)).id).toBe(survivor?.id);
    expect(results).toEqual([]);
  });
});

describe('lifecycle stages of companies (lifecycle stage article)', () => {
  it('go forward only for apps, with dates of their own, and backward for people', async () => {
    const id = born('companies', { lifecyclestage: 'opportunity' });
    const dates = ['lifecyclestage', 'hs_v2_date_entered_opportunity', 'hs_v2_date_entered_customer'];
    const update = (lifecyclestage: string) =>
      sdk.crm.companies.basicApi.update(id, { properties: { lifecyclestage } });

    const backward = await update('lead');
    now += 1000;
    await update('customer');
    const { properties } = await sdk.crm.companies.basicApi.getById(id, dates);
    sandbox.editCompany(id, { lifecyclestage: 'lead' });

    expect(backward.properties.lifecyclestage).toBe('opportunity');
    expect(properties).toMatchObject({
      lifecyclestage: 'customer',
      hs_v2_date_entered_opportunity: '2026-11-22T10:00:00.000Z',
      hs_v2_date_entered_customer: '2026-11-22T10:00:01.000Z',
    });
    expect(sandbox.getCompany(id)?.properties.lifecyclestage).toBe('lead');
  });
});

describe('built-in automation of stages (article on how stages sync between objects)', () => {
  const stageOf = (type: 'contacts' | 'companies', id: string) =>
    sandbox.getRecord(type, id)?.properties.lifecyclestage;

  it('does nothing unless it is switched on', () => {
    const contact = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'lead' });

    sandbox.createDeal({ dealname: 'D', dealstage: 'closedwon' }, { contacts: [contact] });

    expect(stageOf('contacts', contact)).toBe('lead');
  });

  it('moves contacts and companies of an open deal to opportunity and of a won one to customer', async () => {
    sandbox.configure({ stageAutomation: { dealCreated: true, dealWon: true } });
    const contact = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'lead' });
    const company = born('companies', { lifecyclestage: 'lead' });
    const deal = sandbox.createDeal(NEW.deals, { contacts: [contact], companies: [company] });
    const open = [stageOf('contacts', contact), stageOf('companies', company)];

    await sdk.crm.deals.basicApi.update(deal, { properties: { dealstage: 'closedwon' } });

    expect(open).toEqual(['opportunity', 'opportunity']);
    expect([stageOf('contacts', contact), stageOf('companies', company)]).toEqual(['customer', 'customer']);
  });

  it('never moves anybody backward', () => {
    sandbox.configure({ stageAutomation: { dealCreated: true, dealWon: true }, backwardStage: 'apply' });
    const contact = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'evangelist' });

    const deal = sandbox.createDeal(NEW.deals, { contacts: [contact] });
    sandbox.editDeal(deal, { dealstage: 'closedwon' });

    expect(stageOf('contacts', contact)).toBe('evangelist');
  });

  it('carries a company’s stage to the contacts whose primary company it is', () => {
    sandbox.configure({ stageAutomation: { companyToContacts: true }, firstCompanyIsPrimary: 'never' });
    const company = born('companies', { lifecyclestage: 'lead' });
    const [primary, other] = ['a', 'b'].map((name) => sandbox.createContact({ email: `${name}@x.example` }));
    sandbox.setPrimaryCompany('contacts', primary ?? '', company);
    sandbox.associate({ type: 'contacts', id: other ?? '' }, { type: 'companies', id: company });
    const atFirst = stageOf('contacts', primary ?? '');

    sandbox.editCompany(company, { lifecyclestage: 'customer' });

    expect([atFirst, stageOf('contacts', primary ?? ''), stageOf('contacts', other ?? '')]).toEqual([
      'lead',
      'customer',
      undefined,
    ]);
    expect(sandbox.getHistory(primary ?? '', 'lifecyclestage')[0]?.author.changeSource).toBe('COMPANIES');
  });
});
