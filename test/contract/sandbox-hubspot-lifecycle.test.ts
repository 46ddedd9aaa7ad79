import { AssociationSpecAssociationCategoryEnum } from '@hubspot/api-client/lib/codegen/crm/associations/v4/models/AssociationSpec.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let now = Date.parse('2026-11-22T10:00:00Z');

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({ now: () => now });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

const stageOf = (id: string) => sandbox.getContact(id)?.properties.lifecyclestage;
const setStage = (id: string, lifecyclestage: string) =>
  sdk.crm.contacts.basicApi.update(id, { properties: { lifecyclestage } });

describe('lifecycle stage (contacts guide: forward only)', () => {
  it('moves forward over several stages at once', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'lead' });

    await setStage(id, 'salesqualifiedlead');

    expect(stageOf(id)).toBe('salesqualifiedlead');
  });

  it('answers a backward move with 200 and ignores it, which the answer shows', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'customer' });

    const answer = await setStage(id, 'lead');

    expect(answer.properties.lifecyclestage).toBe('customer');
    expect(stageOf(id)).toBe('customer');
  });

  it('refuses a backward move with 400 where the portal does so', async () => {
    sandbox.configure({ backwardStage: 'reject' });
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'customer' });

    expect((await catchApiError(setStage(id, 'lead'))).code).toBe(400);
    expect(stageOf(id)).toBe('customer');
  });

  it('moves backward in two steps, and clearing keeps the dates of entering', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'salesqualifiedlead' });
    const enteredAt = new Date(now).toISOString();
    now += 60_000;

    await setStage(id, '');
    const between = await sdk.crm.contacts.basicApi.getById(id, [
      'lifecyclestage',
      'hs_v2_date_entered_salesqualifiedlead',
    ]);
    await setStage(id, 'marketingqualifiedlead');

    expect(between.properties).toMatchObject({
      lifecyclestage: null,
      hs_v2_date_entered_salesqualifiedlead: enteredAt,
    });
    const after = await sdk.crm.contacts.basicApi.getById(id, [
      'hs_v2_date_entered_marketingqualifiedlead',
      'hs_v2_date_exited_salesqualifiedlead',
    ]);
    expect(after.properties).toMatchObject({
      hs_v2_date_entered_marketingqualifiedlead: new Date(now).toISOString(),
      hs_v2_date_exited_salesqualifiedlead: new Date(now).toISOString(),
    });
    expect(stageOf(id)).toBe('marketingqualifiedlead');
  });

  it('lets a person move backward at once', () => {
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'customer' });

    sandbox.editContact(id, { lifecyclestage: 'lead' });

    expect(stageOf(id)).toBe('lead');
  });

  it('has numeric ids for custom stages and orders them by their place in the settings', async () => {
    const options = sandbox.properties.get('contacts', 'lifecyclestage')?.options ?? [];
    const custom = { value: '51439524', label: 'Recycled', displayOrder: 2.5 };
    sandbox.properties.setOptions('contacts', 'lifecyclestage', [...options, custom]);
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'salesqualifiedlead' });
    const other = sandbox.createContact({ email: 'b@x.example', lifecyclestage: 'marketingqualifiedlead' });

    await setStage(id, '51439524');
    await setStage(other, '51439524');

    expect([stageOf(id), stageOf(other)]).toEqual(['salesqualifiedlead', '51439524']);
    const read = await sdk.crm.contacts.basicApi.getById(other, ['hs_v2_date_entered_51439524']);
    expect(read.properties.hs_v2_date_entered_51439524).toBe(new Date(now).toISOString());
  });
});

describe('merge (changelog "updated merge functionality", using-object-apis page)', () => {
  it('makes a third record; the primary’s values win and blanks are filled', async () => {
    const primary = sandbox.createContact({ email: 'a@x.example', city: 'Bath' });
    const other = sandbox.createContact({ email: 'b@x.example', city: 'Ely', country: 'UK' });

    const { answer } = await callChecked('contacts', 'SimplePublicObject', () =>
      sdk.crm.contacts.basicApi.merge({ primaryObjectId: primary, objectIdToMerge: other }),
    );

    expect([primary, other]).not.toContain(answer.id);
    expect(sandbox.getContact(answer.id)?.properties).toMatchObject({
      email: 'a@x.example',
      city: 'Bath',
      country: 'UK',
    });
    expect(answer.properties.hs_merged_object_ids).toBe(`${primary};${other}`);
  });

  it('answers a read or a PATCH of an old id with the survivor, over chains too', async () => {
    const [one = '', two = '', three = ''] = sandbox.seedContacts([
      { email: 'a@x.example' },
      { email: 'b@x.example' },
      { email: 'c@x.example' },
    ]);
    const first = sandbox.mergeContacts(one, two);
    const last = sandbox.mergeContacts(three, first);

    expect((await sdk.crm.contacts.basicApi.getById(two)).id).toBe(last);
    expect((await sdk.crm.contacts.basicApi.update(one, { properties: { city: 'Ely' } })).id).toBe(last);
    const survivor = await sdk.crm.contacts.basicApi.getById(last, ['hs_merged_object_ids', 'hs_additional_emails']);
    expect(survivor.properties.hs_merged_object_ids?.split(';').toSorted()).toEqual(
      [one, two, three, first].toSorted(),
    );
    expect(survivor.properties.hs_additional_emails?.split(';').toSorted()).toEqual(['a@x.example', 'b@x.example']);
  });

  it('takes both old ids out of lists', async () => {
    const survivor = sandbox.mergeContacts(
      sandbox.createContact({ email: 'a@x.example' }),
      sandbox.createContact({ email: 'b@x.example' }),
    );

    expect((await sdk.crm.contacts.basicApi.getPage()).results.map(({ id }) => id)).toEqual([survivor]);
  });

  it('carries associations over to the survivor and leaves none under the old ids', async () => {
    const company = sandbox.createRecord('companies', { name: 'X' });
    const primary = sandbox.createContact({ email: 'a@x.example' });
    const other = sandbox.createContact({ email: 'b@x.example' });
    const associations = sdk.crm.associations.v4.basicApi;
    const unlabelled = [
      { associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined, associationTypeId: 279 },
    ];
    await associations.create('contacts', other, 'companies', company, unlabelled);

    const survivor = sandbox.mergeContacts(primary, other);

    const ofCompany = await associations.getPage('companies', company, 'contacts');
    expect(ofCompany.results.map(({ toObjectId }) => String(toObjectId))).toEqual([survivor]);
    expect((await associations.getPage('contacts', survivor, 'companies')).results).toHaveLength(1);
    expect((await associations.getPage('contacts', other, 'companies')).results).toEqual([]);
  });
});
