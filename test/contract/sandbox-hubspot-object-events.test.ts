import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { createSdk, toSpecs } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let from: number;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox();
  sdk = createSdk(sandbox);
  from = 0;
});
afterEach(() => sandbox.close());

/** Events since the last `forget()`. */
const events = () => sandbox.webhookJournal.slice(from);
const forget = () => {
  from = sandbox.webhookJournal.length;
};
const associationEvents = () =>
  events()
    .filter(({ subscriptionType }) => subscriptionType.endsWith('associationChange'))
    .map((event) => [
      event.subscriptionType,
      event.associationType,
      event.objectId,
      event.fromObjectId,
      event.toObjectId,
      event.associationRemoved,
      event.isPrimaryAssociation,
    ]);
const NEW = { companies: { name: 'X' }, deals: { dealname: 'D', dealstage: 'qualifiedtobuy' } } as const;

describe.each(['companies', 'deals'] as const)('events of %s (webhooks guide)', (type) => {
  const name = type === 'companies' ? 'company' : 'deal';
  const typeId = type === 'companies' ? '0-2' : '0-3';

  it.each(['classic', 'object'] as const)(
    'tell of birth, change, deletion, return and merge in the %s form',
    (form) => {
      sandbox.configure({ webhookForm: form });
      const prefix = form === 'classic' ? name : 'object';
      const id = sandbox.createRecord(type, NEW[type]);
      const other = sandbox.createRecord(type, NEW[type]);
      forget();

      sandbox.editRecord(type, id, { description: 'new' });
      sandbox.deleteRecord(type, id);
      sandbox.restoreRecord(type, id);
      const survivor = sandbox.mergeRecords(type, id, other);

      expect(events().map(({ subscriptionType, objectId }) => [subscriptionType, objectId])).toEqual([
        [`${prefix}.propertyChange`, Number(id)],
        [`${prefix}.deletion`, Number(id)],
        [`${prefix}.restore`, Number(id)],
        [`${prefix}.merge`, Number(id)],
        [`${prefix}.deletion`, Number(id)],
        [`${prefix}.deletion`, Number(other)],
      ]);
      expect(events().find(({ subscriptionType }) => subscriptionType.endsWith('merge'))).toMatchObject({
        primaryObjectId: Number(id),
        mergedObjectIds: [Number(other)],
        newObjectId: Number(survivor),
      });
      const typeIds = new Set(events().map(({ objectTypeId }) => objectTypeId));
      expect([...typeIds]).toEqual([form === 'classic' ? undefined : typeId]);
    },
  );

  it('tell of a creation and of every subscribed value at the same instant, by our app when it was the API', async () => {
    const { id } = await sdk.crm.objects.basicApi.create(type, { properties: NEW[type], associations: [] });

    const told = events().filter(({ objectId }) => objectId === Number(id));
    expect(told[0]).toMatchObject({ subscriptionType: `${name}.creation`, changeFlag: 'CREATED' });
    expect(new Set(told.map(({ occurredAt }) => occurredAt)).size).toBe(1);
    expect(told.filter(({ sourceId }) => sourceId === String(sandbox.appId)).length).toBeGreaterThan(1);
  });
});

describe('associationChange (webhooks guide, generic subscriptions page)', () => {
  it('comes once per direction, and for a primary company once per type', async () => {
    const contact = sandbox.createContact({ email: 'a@x.example' });
    const company = sandbox.createCompany({ name: 'X' });
    forget();

    await sdk.crm.associations.v4.batchApi.create('contacts', 'companies', {
      inputs: [{ _from: { id: contact }, to: { id: company }, types: toSpecs([1]) }],
    });

    const [there, back] = [Number(contact), Number(company)];
    expect(associationEvents()).toEqual([
      ['contact.associationChange', 'CONTACT_TO_COMPANY', there, there, back, false, false],
      ['company.associationChange', 'COMPANY_TO_CONTACT', back, back, there, false, false],
      ['contact.associationChange', 'CONTACT_TO_COMPANY', there, there, back, false, true],
      ['company.associationChange', 'COMPANY_TO_CONTACT', back, back, there, false, true],
    ]);
    expect(events().filter(({ propertyName }) => propertyName === 'associatedcompanyid')).toMatchObject([
      { objectId: there, propertyValue: company, changeSource: 'CALCULATED' },
    ]);
  });

  it('tells of the company that is not primary any more, and of its clearing', () => {
    const deal = sandbox.createDeal(NEW.deals);
    const [one, other] = [sandbox.createCompany({ name: 'One' }), sandbox.createCompany({ name: 'Other' })];
    sandbox.setPrimaryCompany('deals', deal, one);
    forget();

    sandbox.setPrimaryCompany('deals', deal, other);
    const changed = events().filter(({ propertyName }) => propertyName === 'hs_primary_associated_company');
    const demoted = associationEvents().filter((row) => row[1] === 'DEAL_TO_COMPANY' && row[4] === Number(one));
    forget();
    sandbox.dissociate({ type: 'deals', id: deal }, { type: 'companies', id: other });

    expect(changed.map(({ propertyValue }) => propertyValue)).toEqual([other]);
    expect(demoted).toEqual([
      ['deal.associationChange', 'DEAL_TO_COMPANY', Number(deal), Number(deal), Number(one), true, true],
    ]);
    expect(associationEvents().filter((row) => row[1] === 'DEAL_TO_COMPANY')).toHaveLength(2);
    expect(events().find(({ propertyName }) => propertyName === 'hs_primary_associated_company')?.propertyValue).toBe(
      '',
    );
  });

  it('names types and numbers in the generic form', () => {
    sandbox.configure({ webhookForm: 'object' });
    const { typeId, inverseTypeId } = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' });
    const deal = sandbox.createDeal(NEW.deals);
    const contact = sandbox.createContact({ email: 'a@x.example' });
    sandbox.associate({ type: 'deals', id: deal }, { type: 'contacts', id: contact });
    forget();

    sandbox.associate({ type: 'deals', id: deal }, { type: 'contacts', id: contact }, { labels: ['Decision maker'] });

    expect(events()).toMatchObject([
      {
        subscriptionType: 'object.associationChange',
        fromObjectTypeId: '0-3',
        toObjectTypeId: '0-1',
        associationTypeId: typeId,
        associationCategory: 'USER_DEFINED',
      },
      { fromObjectTypeId: '0-1', toObjectTypeId: '0-3', associationTypeId: inverseTypeId },
    ]);
  });

  it('is silent about what changed nothing, and about seeded data', () => {
    const deal = sandbox.createDeal(NEW.deals);
    const [contact, seeded] = sandbox.seedContacts([{ email: 'a@x.example' }, { email: 'b@x.example' }]);
    const link = (id = '') => ({ from: { type: 'deals', id: deal } as const, to: { type: 'contacts', id } as const });
    sandbox.associate(link(contact).from, link(contact).to);
    forget();

    sandbox.associate(link(contact).from, link(contact).to);
    sandbox.seedAssociations([link(seeded)]);

    expect(events()).toEqual([]);
    expect(sandbox.getAssociations({ type: 'deals', id: deal }, 'contacts')).toHaveLength(2);
  });
});
