import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/deals/models/Filter.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk, request, toSpecs } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox();
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

const NEW_DEAL = { dealname: 'D', dealstage: 'qualifiedtobuy' };

describe('associations beside a record (contacts and deals guides)', () => {
  it('come with a single read that asks for them, and only where there are some', async () => {
    const contact = sandbox.createContact({ email: 'a@x.example' });
    const company = sandbox.createCompany({ name: 'X' });
    const deal = sandbox.createDeal(NEW_DEAL, { contacts: [contact], companies: [company] });

    const { answer } = await callChecked('deals', 'SimplePublicObjectWithAssociations', () =>
      sdk.crm.deals.basicApi.getById(deal, ['dealname'], undefined, ['contacts', 'companies']),
    );
    const bare = await sdk.crm.contacts.basicApi.getById(contact, ['email'], undefined, ['companies']);

    expect(answer.associations?.companies?.results.map(({ id, type }) => [id, type])).toEqual([
      [company, 'deal_to_company_unlabeled'],
      [company, 'deal_to_company'],
    ]);
    expect(answer.associations?.contacts?.results.map(({ id, type }) => [id, type])).toEqual([
      [contact, 'deal_to_contact'],
    ]);
    expect(bare.associations).toBeUndefined();
  });

  it('can be searched for by the id at the other end (search guide)', async () => {
    const contact = sandbox.createContact({ email: 'a@x.example' });
    const mine = sandbox.createDeal(NEW_DEAL, { contacts: [contact] });
    sandbox.createDeal(NEW_DEAL);

    const { results } = await sdk.crm.deals.searchApi.doSearch({
      filterGroups: [
        { filters: [{ propertyName: 'associations.contact', operator: FilterOperatorEnum.Eq, value: contact }] },
      ],
      properties: [],
      limit: 10,
      after: '0',
      sorts: [],
    });

    expect(results.map(({ id }) => id)).toEqual([mine]);
  });
});

describe('where the documentation is open, the portal can be set', () => {
  it('answers a missing record of a batch for itself in a 207', async () => {
    sandbox.configure({ associationErrors: 'each' });
    const deal = sandbox.createDeal(NEW_DEAL);
    const contact = sandbox.createContact({ email: 'a@x.example' });

    const { answer, status } = await callChecked(
      'associations/v4',
      'BatchResponseLabelsBetweenObjectPairWithErrors',
      () =>
        sdk.crm.associations.v4.batchApi.create('deals', 'contacts', {
          inputs: [contact, '77'].map((id) => ({ _from: { id: deal }, to: { id }, types: toSpecs([3]) })),
        }),
    );

    expect(status).toBe(207);
    expect(answer.results.map(({ toObjectId }) => toObjectId)).toEqual([contact]);
    expect(answer).toMatchObject({ numErrors: 1, errors: [{ context: { objectId: ['77'] } }] });
  });

  it.each([true, false])('moves the modification time with an association: %s', async (associationsMoveModified) => {
    let now = Date.parse('2026-11-22T10:00:00Z');
    await sandbox.close();
    sandbox = await startHubSpotSandbox({ associationsMoveModified, now: () => now });
    const deal = sandbox.createDeal(NEW_DEAL);
    const company = sandbox.createCompany({ name: 'X' });
    const before = sandbox.getDeal(deal)?.updatedAt;
    now += 60_000;

    sandbox.setPrimaryCompany('deals', deal, company);

    expect(sandbox.getDeal(deal)?.updatedAt).toBe(associationsMoveModified ? now : before);
  });

  it('refuses an association beyond the limit an admin has set, from either side', async () => {
    sandbox.limitAssociations('deals', 'contacts', 1);
    const deal = sandbox.createDeal(NEW_DEAL);
    const [one, two] = ['a', 'b'].map((name) => sandbox.createContact({ email: `${name}@x.example` }));
    const call = (ids: (string | undefined)[]) =>
      sdk.crm.associations.v4.batchApi.create('contacts', 'deals', {
        inputs: ids.map((id = '') => ({ _from: { id }, to: { id: deal }, types: toSpecs([4]) })),
      });

    const both = await catchApiError(call([one, two]));
    const none = sandbox.getAssociations({ type: 'deals', id: deal }, 'contacts');
    await call([one]);
    await call([one]);

    expect([both.code, none]).toEqual([400, []]);
    expect((await catchApiError(call([two]))).code).toBe(400);
  });

  it('leaves the object out of events about associations', () => {
    sandbox.configure({ associationEventsNameObject: false });

    sandbox.createDeal(NEW_DEAL, { contacts: [sandbox.createContact({ email: 'a@x.example' })] });

    const told = sandbox.webhookJournal.filter(({ subscriptionType }) => subscriptionType === 'deal.associationChange');
    expect(told.map((event) => ['fromObjectId' in event, 'objectId' in event])).toEqual([[true, false]]);
  });

  it('pages with opaque tokens and refuses one of its own making', async () => {
    sandbox.configure({ associationPageSize: 1 });
    const [one, two] = ['a', 'b'].map((name) => sandbox.createContact({ email: `${name}@x.example` }));
    const deal = sandbox.createDeal(NEW_DEAL, { contacts: [one ?? '', two ?? ''] });
    const path = '/crm/v4/associations/deals/contacts/batch/read';

    const page = await sdk.crm.associations.v4.batchApi.getPage('deals', 'contacts', { inputs: [{ id: deal }] });
    const after = page.results[0]?.paging?.next?.after;
    const bad = await request(sandbox, 'POST', path, { inputs: [{ id: deal, after: one }] });

    expect(after).toMatch(/^[\w%]+$/);
    expect(after).not.toContain(one);
    expect(bad.status).toBe(400);
  });
});

describe('dates of deal stages', () => {
  it('say when a deal entered and left each stage, last time counting; a stage nobody has is no property', async () => {
    const id = sandbox.createDeal(NEW_DEAL);
    await sdk.crm.deals.basicApi.update(id, { properties: { dealstage: 'closedwon' } });
    const names = ['entered_qualifiedtobuy', 'exited_qualifiedtobuy', 'entered_closedwon', 'entered_closedlost', 'x'];

    const { properties } = await sdk.crm.deals.basicApi.getById(
      id,
      names.map((name) => `hs_v2_date_${name}`),
    );

    const iso = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(properties).toMatchObject({
      hs_v2_date_entered_qualifiedtobuy: iso,
      hs_v2_date_exited_qualifiedtobuy: iso,
      hs_v2_date_entered_closedwon: iso,
      hs_v2_date_entered_closedlost: null,
    });
    expect(properties).not.toHaveProperty('hs_v2_date_x');
  });
});

describe('companies that HubSpot makes of email domains (article on associating companies automatically)', () => {
  const companiesOf = (contact: string) =>
    sandbox.getAssociations({ type: 'contacts', id: contact }, 'companies').map(({ toId }) => toId);

  it('appear a moment after the contact, one per domain, as its primary company', async () => {
    sandbox.configure({ companiesFromEmails: true });
    const { id: first } = await sdk.crm.contacts.basicApi.create({
      properties: { email: 'a@acme.example' },
      associations: [],
    });
    const { id: second } = await sdk.crm.contacts.basicApi.create({
      properties: { email: 'b@acme.example' },
      associations: [],
    });

    const [company] = sandbox.companies();
    expect(sandbox.companies()).toHaveLength(1);
    expect(company?.properties.domain).toBe('acme.example');
    expect([companiesOf(first), companiesOf(second)]).toEqual([[company?.id], [company?.id]]);
    expect(sandbox.getPrimaryCompany('contacts', first)).toBe(company?.id);
  });

  it('find the company by a further domain of it', async () => {
    const company = sandbox.createCompany({ domain: 'acme.example', hs_additional_domains: 'acme.test; acme.invalid' });
    sandbox.configure({ companiesFromEmails: true });

    const { id } = await sdk.crm.contacts.basicApi.create({
      properties: { email: 'a@acme.invalid' },
      associations: [],
    });

    expect(companiesOf(id)).toEqual([company]);
  });

  it('never override a company the contact was born with, and never come from free mail', async () => {
    sandbox.configure({ companiesFromEmails: true });
    const own = sandbox.createCompany({ name: 'Own' });
    const { id: linked } = await sdk.crm.contacts.basicApi.create({
      properties: { email: 'a@acme.example' },
      associations: [{ to: { id: own }, types: toSpecs([1]) }],
    });
    const { id: free } = await sdk.crm.contacts.basicApi.create({
      properties: { email: 'a@gmail.com' },
      associations: [],
    });

    expect([companiesOf(linked), companiesOf(free), sandbox.companies().length]).toEqual([[own], [], 1]);
  });

  it('do not appear where the portal has it switched off', async () => {
    await sdk.crm.contacts.basicApi.create({ properties: { email: 'a@acme.example' }, associations: [] });

    expect(sandbox.companies()).toEqual([]);
    expect((await catchApiError(sdk.crm.companies.basicApi.getById('77'))).code).toBe(404);
  });
});

describe('hands by curl (`/__sandbox/…`)', () => {
  async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(`${sandbox.url}/__sandbox/${path}`, init);
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
  }

  it('make, change, associate, delete, restore and merge deals and companies', async () => {
    await ask('POST', 'companies', { name: 'X', domain: 'x.example' });
    await ask('POST', 'companies', { name: 'Y', domain: 'y.example' });
    await ask('POST', 'deals', NEW_DEAL);
    const [deal] = sandbox.deals();
    const [one, two] = sandbox.companies();
    const pair = { from: { type: 'deals', id: deal?.id }, to: { type: 'companies', id: one?.id } };

    const changed = await ask('PATCH', `deals/${deal?.id}`, { dealstage: 'closedwon' });
    const linked = await ask('POST', 'associations', { ...pair, primary: true });
    const unlinked = await ask('DELETE', 'associations', pair);
    const deleted = await ask('DELETE', `deals/${deal?.id}`);
    const restored = await ask('POST', `deals/${deal?.id}/restore`, {});
    const merged = await ask('POST', 'companies/merge', { primaryId: one?.id, otherId: two?.id });
    const unknown = await ask('POST', `deals/${deal?.id}/sing`, {});

    expect(changed.json).toMatchObject({ properties: { hs_is_closed_won: 'true' } });
    expect([linked.json, unlinked.json]).toMatchObject([[{ toId: one?.id }], []]);
    expect([deleted.status, restored.status, merged.status, unknown.status]).toEqual([204, 200, 200, 404]);
    expect((await ask('GET', `companies/${one?.id}`)).json).toMatchObject({
      properties: { domain: 'x.example', hs_additional_domains: 'y.example' },
    });
    expect((await ask('GET', 'deals')).json).toMatchObject({ total: 1 });
  });
});

describe('workflows of deals', () => {
  it('run on deals and not on contacts, under the rules of any write', () => {
    sandbox.automate(({ properties }) => ({ hs_next_step: `after ${properties.dealstage}` }), { type: 'deals' });
    const contact = sandbox.createContact({ email: 'a@x.example' });
    const deal = sandbox.createDeal(NEW_DEAL, { contacts: [contact] });

    expect(sandbox.runWorkflows()).toBe(1);
    expect(sandbox.getDeal(deal)?.properties.hs_next_step).toBe('after qualifiedtobuy');
    expect(sandbox.getRecordHistory('deals', deal, 'hs_next_step')[0]?.author.changeSource).toBe('AUTOMATION_PLATFORM');
  });
});
