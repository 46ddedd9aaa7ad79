import { afterEach, describe, expect, it } from 'vitest';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import {
  accountsOf,
  dealOf,
  decisionAbout,
  newCompany,
  newContact,
  newDeal,
  pairedDeal,
  pollAndWork,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf } from '../support/people.ts';
import { stageIn } from '../support/two-way.ts';

let engine: Engine;
afterEach(() => engine.close());

const order = { Name: 'Born there', StageName: 'Qualification', CloseDate: '2027-01-01' };
const living = () => engine.hubspot.deals().filter(({ archived }) => !archived);

describe('an Opportunity that nothing of is linked', () => {
  it('waits without a look at each change, and becomes a deal as soon as its Account is paired', async () => {
    engine = await startDeals();
    await engine.poll();
    const account = engine.salesforce.create('Account', { Name: 'Alpine', Website: 'alpine.example' });
    const { Id } = engine.salesforce.create('Opportunity', { ...order, AccountId: account.Id });
    await pollAndWork(engine);
    expect(living()).toEqual([]);
    expect(await decisionAbout(engine, 'Opportunity', Id)).toMatchObject({
      outcome: 'left',
      code: 'counterpart_not_linked',
    });

    const company = newCompany(engine, { name: 'Alpine', domain: 'alpine.example' });
    await settle(engine, { contacts: [newContact(engine, company)] });
    expect(accountsOf(engine, company)).toMatchObject([{ Id: account.Id }]);
    expect(living()).toMatchObject([
      { properties: { salesforce_opportunity_id: Id, hs_primary_associated_company: company } },
    ]);
  });

  it('becomes one as soon as the Contact in a role is linked', async () => {
    engine = await startDeals();
    await engine.poll();
    const person = engine.salesforce.create('Contact', { LastName: 'Person', Email: 'role@people.example' });
    const { Id } = engine.salesforce.create('Opportunity', order);
    engine.salesforce.addRole(Id, person.Id, { isPrimary: true });
    await pollAndWork(engine);
    expect(living()).toEqual([]);

    const contact = newContact(engine, null, { email: 'role@people.example' });
    await engine.look(contact);
    expect(personsOf(engine, contact)).toMatchObject([{ Id: person.Id }]);
    const [deal] = living();
    expect(deal?.properties.salesforce_opportunity_id).toBe(Id);
    const from = { type: 'deals', id: String(deal?.id) } as const;
    expect(engine.hubspot.getAssociations(from, 'contacts').map(({ toId }) => toId)).toEqual([contact]);
  });
});

describe('what is born in Salesforce', () => {
  it('moves company and contact to their stage without a further look', async () => {
    engine = await startDeals();
    await engine.poll();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    await settle(engine, { contacts: [contact] });
    const accountId = String(accountsOf(engine, company)[0]?.Id);
    const { contactId } = engine.salesforce.convertLead(String(personsOf(engine, contact)[0]?.Id), { accountId });
    await pollAndWork(engine);
    const { Id } = engine.salesforce.create('Opportunity', { ...order, AccountId: accountId });
    engine.salesforce.addRole(Id, contactId, { isPrimary: true });
    await pollAndWork(engine);

    expect(engine.hubspot.getCompany(company)?.properties.lifecyclestage).toBe('opportunity');
    expect(stageIn(engine, contact)).toBe('opportunity');
    expect(living()).toHaveLength(1);
    await pollAndWork(engine);
    expect(living()).toHaveLength(1);
  });

  it('links the company that has the Account’s domain, although nobody in HubSpot belongs to it', async () => {
    engine = await startDeals();
    await engine.poll();
    const account = engine.salesforce.create('Account', {
      Name: 'Alpine Works',
      Website: 'https://www.alpine.example',
    });
    const company = newCompany(engine, { name: 'Alpine Works GmbH', domain: 'alpine.example' });
    engine.salesforce.create('Contact', { LastName: 'Person', Email: 'who@people.example', AccountId: account.Id });
    const contact = newContact(engine, null, { email: 'who@people.example' });
    await engine.look(contact);
    await pollAndWork(engine);
    expect(accountsOf(engine, company)).toMatchObject([{ Id: account.Id }]);
    expect(engine.hubspot.companies()).toHaveLength(1);
    expect(engine.hubspot.getContact(contact)?.properties.associatedcompanyid).toBe(company);
  });

  it('is not created where the mapping says never, and nothing of it is a failure', async () => {
    engine = await startDeals({
      'deals.yaml': { create_in_hubspot: 'never', create_in_salesforce: 'never' },
      'companies.yaml': { create_in_hubspot: 'never' },
    });
    await engine.poll();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    await settle(engine, { contacts: [contact], deals: [deal] });
    const accountId = String(accountsOf(engine, company)[0]?.Id);
    const { Id } = engine.salesforce.create('Opportunity', { ...order, AccountId: accountId });
    await pollAndWork(engine);
    expect(living().map(({ id }) => id)).toEqual([deal]);
    expect(engine.salesforce.all('Opportunity').map((each) => each.Id)).toEqual([Id]);
    expect(await decisionAbout(engine, 'deal', deal)).toMatchObject({ outcome: 'not_wanted' });
    expect(await failureOf(engine, deal)).toBeUndefined();

    // A person links the two by hand.
    engine.hubspot.editDeal(deal, { salesforce_opportunity_id: Id });
    await engine.lookAt('deal', deal);
    expect(engine.salesforce.get('Opportunity', Id)?.HubSpot_Deal_Id__c).toBe(deal);
  });

  it('in an ignored or wrong state is told and goes on when that is mended', async () => {
    engine = await startDeals();
    await engine.poll();
    const { accountId } = await pairedDeal(engine);
    const stage = { label: 'Odd', isClosed: false, isWon: false, probability: 10, forecast: 'Pipeline' };
    engine.salesforce.addOpportunityStage(stage);
    const { Id } = engine.salesforce.create('Opportunity', { ...order, StageName: 'Odd', AccountId: accountId });
    const good = engine.salesforce.create('Opportunity', { ...order, Name: 'Good', AccountId: accountId });
    await pollAndWork(engine);
    expect(await failureOf(engine, Id)).toMatchObject({ code: 'deal_stage_unknown' });
    expect(engine.salesforce.get('Opportunity', good.Id)?.HubSpot_Deal_Id__c).toBeTruthy();
    engine.salesforce.edit('Opportunity', Id, { StageName: 'Qualification' });
    await pollAndWork(engine);
    const deal = String(engine.salesforce.get('Opportunity', Id)?.HubSpot_Deal_Id__c);
    expect(dealOf(engine, deal)).toMatchObject({ dealstage: 'appointmentscheduled' });
    expect(await failureOf(engine, Id)).toBeUndefined();
  });
});

describe('a contact that waits for its company and falls back below the gate', () => {
  it('before anybody looked at the company leaves it out of Salesforce', async () => {
    engine = await startDeals({ 'contacts.yaml': { create: 'contact', examples: [] } });
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    const { signal } = new AbortController();
    const look = async () => {
      await engine.ledger.mark([
        { system: 'hubspot', object: 'contact', recordId: contact, priority: 2, source: 'test' },
      ]);
      await drainContacts(engine.dependencies, signal);
    };
    await look();
    expect(personsOf(engine, contact)).toEqual([]);
    engine.hubspot.editContact(contact, { lifecyclestage: 'lead' });
    await look();
    await settle(engine, { companies: [company] });
    expect(engine.salesforce.all('Account')).toEqual([]);

    engine.hubspot.editContact(contact, { lifecyclestage: 'salesqualifiedlead' });
    await settle(engine, { contacts: [contact] });
    expect(personsOf(engine, contact)).toMatchObject([{ AccountId: accountsOf(engine, company)[0]?.Id }]);
  });
});
