import { afterEach, describe, expect, it } from 'vitest';
import {
  accountsOf,
  type Cast,
  dealOf,
  decisionAbout,
  newCompany,
  newContact,
  newDeal,
  opportunitiesOf,
  opportunityOf,
  pairedDeal,
  pollAndWork,
  rolesOf,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';
import { stageIn } from '../support/two-way.ts';

let engine: Engine;
afterEach(() => engine.close());

async function start(): Promise<Cast> {
  engine = await startDeals();
  await engine.poll();
  return await pairedDeal(engine);
}

describe('who becomes an Opportunity', () => {
  it('waits for its contact to pass the gate, and goes as soon as it does', async () => {
    engine = await startDeals();
    const company = newCompany(engine);
    const contact = newContact(engine, company, { lifecyclestage: 'marketingqualifiedlead' });
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    await engine.lookAt('deal', deal);
    await engine.look(contact);

    expect(engine.salesforce.all('Opportunity')).toEqual([]);
    expect(engine.salesforce.all('Account')).toEqual([]);
    expect(await decisionAbout(engine, 'deal', deal)).toMatchObject({ outcome: 'waiting', code: 'contact_below_gate' });

    engine.hubspot.editContact(contact, { lifecyclestage: 'salesqualifiedlead' });
    await engine.look(contact);

    const opportunity = opportunityOf(engine, deal);
    expect(opportunity).toMatchObject({ AccountId: accountsOf(engine, company)[0]?.Id, Amount: 1000 });
    expect(rolesOf(engine, opportunity.Id)).toEqual([]);
    expect(dealOf(engine, deal).salesforce_opportunity_id).toBe(opportunity.Id);
  });

  it('gets the role of its contact once sales has converted the Lead', async () => {
    engine = await startDeals();
    await engine.poll();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    await settle(engine, { contacts: [contact], deals: [deal] });
    const [lead] = personsOf(engine, contact);
    const accountId = String(accountsOf(engine, company)[0]?.Id);
    const { contactId } = engine.salesforce.convertLead(String(lead?.Id), { accountId });
    await pollAndWork(engine);

    expect(rolesOf(engine, opportunityOf(engine, deal).Id)).toMatchObject([{ ContactId: contactId, IsPrimary: true }]);
    expect(opportunitiesOf(engine, deal)).toHaveLength(1);
  });

  it('is looked at twice and written once', async () => {
    const { company, contact, deal } = await start();
    engine.hubspot.resetCounters();
    const before = engine.salesforce.all('Opportunity');
    await settle(engine, { contacts: [contact], companies: [company], deals: [deal] });
    await pollAndWork(engine);

    const writes = Object.keys(engine.hubspot.countByPattern()).filter((name) => /update|create|upsert/.test(name));
    expect(writes).toEqual([]);
    expect(engine.salesforce.all('Opportunity')).toEqual(before);
  });
});

describe('stages', () => {
  it('that sales moves move in HubSpot, and a won deal makes a customer', async () => {
    const { contact, company, deal, opportunityId } = await start();
    engine.salesforce.edit('Opportunity', opportunityId, { StageName: 'Proposal/Price Quote' });
    await pollAndWork(engine);
    expect(dealOf(engine, deal).dealstage).toBe('contractsent');

    engine.salesforce.edit('Opportunity', opportunityId, { StageName: 'Closed Won', CloseDate: '2026-11-30' });
    await pollAndWork(engine);
    expect(dealOf(engine, deal)).toMatchObject({ dealstage: 'closedwon' });
    expect(dealOf(engine, deal).closedate).toContain('2026-11-30');
    expect(stageIn(engine, contact)).toBe('customer');
    expect(engine.hubspot.getCompany(company)?.properties.lifecyclestage).toBe('customer');
  });

  it('that are closed in HubSpot close in Salesforce, and reopen', async () => {
    const { deal, opportunityId } = await start();
    engine.hubspot.editDeal(deal, { dealstage: 'closedlost', closedate: '2026-11-20T10:00:00Z' });
    await engine.lookAt('deal', deal);
    expect(engine.salesforce.get('Opportunity', opportunityId)).toMatchObject({
      StageName: 'Closed Lost',
      IsClosed: true,
      CloseDate: '2026-11-20',
    });

    engine.hubspot.editDeal(deal, { dealstage: 'contractsent', closedate: '2027-01-20T10:00:00Z' });
    await engine.lookAt('deal', deal);
    expect(engine.salesforce.get('Opportunity', opportunityId)).toMatchObject({
      StageName: 'Negotiation/Review',
      IsClosed: false,
      CloseDate: '2027-01-20',
    });
  });
});

describe('born in Salesforce', () => {
  it('an Opportunity of a linked Account becomes a deal with its company, contacts, amount and date', async () => {
    const { company, contact, accountId } = await start();
    const person = personsOf(engine, contact).find(({ AccountId }) => AccountId === accountId);
    const { Id } = engine.salesforce.create('Opportunity', {
      Name: 'Second order',
      AccountId: accountId,
      StageName: 'Qualification',
      CloseDate: '2027-02-01',
      Amount: '250.55',
    });
    engine.salesforce.addRole(Id, String(person?.Id), { isPrimary: true });
    await pollAndWork(engine);

    const deal = String(engine.salesforce.get('Opportunity', Id)?.HubSpot_Deal_Id__c);
    expect(dealOf(engine, deal)).toMatchObject({
      dealname: 'Second order',
      dealstage: 'appointmentscheduled',
      amount: '250.55',
      hs_primary_associated_company: company,
      salesforce_opportunity_id: Id,
    });
    const contacts = engine.hubspot.getAssociations({ type: 'deals', id: deal }, 'contacts');
    expect(contacts.map(({ toId }) => toId)).toEqual([contact]);
    await pollAndWork(engine);
    expect(engine.salesforce.all('Opportunity').filter(({ Name }) => Name === 'Second order')).toHaveLength(1);
  });
});

describe('companies', () => {
  it('a contact that moves to another company moves to its Account, and back by sales', async () => {
    const { contact, company, accountId } = await start();
    const other = newCompany(engine);
    engine.hubspot.setPrimaryCompany('contacts', contact, other);
    await engine.look(contact);
    const person = () => personsOf(engine, contact).find(({ AccountId }) => AccountId !== undefined);
    const otherAccount = accountsOf(engine, other)[0]?.Id;
    expect(otherAccount).toBeDefined();
    expect(person()?.AccountId).toBe(otherAccount);

    engine.salesforce.edit('Contact', String(person()?.Id), { AccountId: accountId });
    await pollAndWork(engine);
    expect(engine.hubspot.getContact(contact)?.properties.associatedcompanyid).toBe(company);
  });

  it('are linked to the Account with their domain, and never created twice', async () => {
    engine = await startDeals();
    const account = engine.salesforce.create('Account', {
      Name: 'Alpine Works GmbH',
      Website: 'https://www.alpine.example/de',
    });
    const company = newCompany(engine, { name: 'Alpine Works', domain: 'alpine.example' });
    const contact = newContact(engine, company);
    await settle(engine, { contacts: [contact], companies: [company] });

    expect(engine.salesforce.all('Account')).toHaveLength(1);
    expect(engine.salesforce.get('Account', account.Id)?.HubSpot_Company_Id__c).toBe(company);
    expect(engine.hubspot.getCompany(company)?.properties.salesforce_account_id).toBe(account.Id);
  });
});

describe('roles', () => {
  it('come and go both ways', async () => {
    const { deal, contact, opportunityId } = await start();
    expect(rolesOf(engine, opportunityId)).toHaveLength(1);
    const person = String(rolesOf(engine, opportunityId)[0]?.ContactId);
    engine.salesforce.removeRole(opportunityId, person);
    await pollAndWork(engine);
    expect(engine.hubspot.getAssociations({ type: 'deals', id: deal }, 'contacts')).toEqual([]);

    engine.hubspot.associate({ type: 'deals', id: deal }, { type: 'contacts', id: contact });
    await engine.lookAt('deal', deal);
    expect(rolesOf(engine, opportunityId)).toHaveLength(1);

    engine.hubspot.dissociate({ type: 'deals', id: deal }, { type: 'contacts', id: contact });
    await engine.lookAt('deal', deal);
    expect(rolesOf(engine, opportunityId)).toEqual([]);
  });
});
