import { afterEach, describe, expect, it } from 'vitest';
import { drainRecords } from '../../src/usecases/drain-records/drain-records.ts';
import type { RecordKind } from '../../src/usecases/drain-records/kinds.ts';
import {
  accountsOf,
  type Cast,
  dealOf,
  newCompany,
  newDeal,
  opportunityOf,
  pairedDeal,
  pollAndWork,
  rolesOf,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import type { MappingChanges } from '../support/mappings.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
afterEach(() => engine.close());

async function start(changes: MappingChanges = {}): Promise<Cast> {
  engine = await startDeals(changes);
  await engine.poll();
  const cast = await pairedDeal(engine);
  await pollAndWork(engine);
  return cast;
}

/** A look at one record alone, whatever else is due: what comes first is chance. */
async function lookFirst(kind: RecordKind, id: string): Promise<void> {
  await engine.ledger.mark([{ system: 'hubspot', object: kind, recordId: id, priority: 2, source: 'test' }]);
  await drainRecords(engine.dependencies, kind, new AbortController().signal);
}

const contactIn = (id: string) =>
  engine.salesforce.all('Contact').find(({ HubSpot_Contact_Id__c: own, IsDeleted }) => own === id && !IsDeleted);
const contactsOf = (deal: string) => engine.hubspot.getAssociations({ type: 'deals', id: deal }, 'contacts');
const labelsOf = (deal: string) => contactsOf(deal).flatMap(({ types }) => types.flatMap(({ label }) => label ?? []));
const end = (type: 'deals' | 'contacts', id: string) => ({ type, id }) as const;

describe('a company that is deleted in HubSpot empties nothing', () => {
  it.each(['company', 'contact and deal'])('with the %s looked at first', async (first) => {
    const cast = await start();
    engine.hubspot.deleteCompany(cast.company);
    if (first === 'company') await engine.lookAt('company', cast.company);
    await settle(engine, { contacts: [cast.contact], deals: [cast.deal] });
    await pollAndWork(engine);
    await settle(engine, { contacts: [cast.contact], deals: [cast.deal] });
    expect(contactIn(cast.contact)).toMatchObject({ AccountId: cast.accountId });
    expect(opportunityOf(engine, cast.deal)).toMatchObject({ AccountId: cast.accountId });

    // And whoever has it set again by hand is followed.
    const next = newCompany(engine);
    engine.hubspot.setPrimaryCompany('deals', cast.deal, next);
    engine.hubspot.setPrimaryCompany('contacts', cast.contact, next);
    await settle(engine, { contacts: [cast.contact], companies: [next], deals: [cast.deal] });
    await engine.drainLater();
    const account = accountsOf(engine, next)[0]?.Id;
    expect(opportunityOf(engine, cast.deal)).toMatchObject({ AccountId: account });
    expect(contactIn(cast.contact)).toMatchObject({ AccountId: account });
  });

  it('but one that a human takes off a deal that is still there is taken off', async () => {
    const cast = await start();
    engine.hubspot.dissociate(end('deals', cast.deal), { type: 'companies', id: cast.company });
    await engine.lookAt('deal', cast.deal);
    expect(opportunityOf(engine, cast.deal)).toMatchObject({ AccountId: null });
  });
});

describe('an Account that is deleted in Salesforce takes nobody off the company', () => {
  it.each(['company', 'contact and deal'])('with the %s looked at first', async (first) => {
    const cast = await start();
    engine.salesforce.edit('Contact', String(contactIn(cast.contact)?.Id), { AccountId: null });
    engine.salesforce.edit('Opportunity', cast.opportunityId, { AccountId: null });
    engine.salesforce.remove('Account', cast.accountId);
    if (first === 'company') await engine.lookAt('company', cast.company);
    await settle(engine, { contacts: [cast.contact], deals: [cast.deal] });
    await pollAndWork(engine);
    await settle(engine, { contacts: [cast.contact], deals: [cast.deal] });
    expect(dealOf(engine, cast.deal).hs_primary_associated_company).toBe(cast.company);
    expect(engine.hubspot.getPrimaryCompany('contacts', cast.contact)).toBe(cast.company);
  });
});

describe('a contact that is gone from HubSpot keeps its role', () => {
  it.each(['deal', 'contact'])('when it was deleted, with the %s looked at first', async (first) => {
    const cast = await start();
    const roles = rolesOf(engine, cast.opportunityId);
    expect(roles).toHaveLength(1);
    engine.hubspot.deleteContact(cast.contact);
    if (first === 'deal') await lookFirst('deal', cast.deal);
    await settle(engine, { contacts: [cast.contact], deals: [cast.deal] });
    await pollAndWork(engine);
    expect(rolesOf(engine, cast.opportunityId)).toEqual(roles);
  });

  it.each(['deal', 'contact'])('when it was merged, with the %s looked at first', async (first) => {
    const cast = await start();
    const [role] = rolesOf(engine, cast.opportunityId);
    engine.salesforce.edit('OpportunityContactRole', String(role?.Id), { Role: 'Decision Maker' });
    await pollAndWork(engine);
    await settle(engine, { deals: [cast.deal] });
    const other = engine.hubspot.createContact(sqlContact('survivor', { lifecyclestage: 'lead' }));
    await engine.look(other);
    engine.hubspot.mergeContacts(other, cast.contact);
    if (first === 'deal') await lookFirst('deal', cast.deal);
    await settle(engine, { contacts: [other, cast.contact], deals: [cast.deal] });
    await pollAndWork(engine);
    expect(rolesOf(engine, cast.opportunityId)).toMatchObject([{ Id: role?.Id, Role: 'Decision Maker' }]);
    expect(contactsOf(cast.deal)).toHaveLength(1);
  });

  it('and loses it when a human takes it off the deal, all of its roles', async () => {
    const cast = await start();
    const [role] = rolesOf(engine, cast.opportunityId);
    const more = { OpportunityId: cast.opportunityId, ContactId: String(role?.ContactId), Role: 'Evaluator' };
    engine.salesforce.create('OpportunityContactRole', more);
    await pollAndWork(engine);
    engine.hubspot.dissociate(end('deals', cast.deal), end('contacts', cast.contact));
    await engine.lookAt('deal', cast.deal);
    expect(rolesOf(engine, cast.opportunityId)).toEqual([]);
    expect(contactsOf(cast.deal)).toEqual([]);
  });
});

describe('a Contact that is gone from Salesforce keeps its contact on the deal', () => {
  it.each(['poll', 'deal', 'contact'])('when it was deleted, with the %s first', async (first) => {
    const cast = await start();
    engine.salesforce.remove('Contact', String(contactIn(cast.contact)?.Id));
    if (first === 'deal') await lookFirst('deal', cast.deal);
    if (first === 'contact') await engine.look(cast.contact);
    await pollAndWork(engine);
    await settle(engine, { contacts: [cast.contact], deals: [cast.deal] });
    expect(contactsOf(cast.deal).map(({ toId }) => toId)).toEqual([cast.contact]);
  });

  it.each(['poll', 'deal', 'contact'])('when it was merged, labels and all, with the %s first', async (first) => {
    const cast = await start();
    engine.hubspot.defineAssociationLabel('deals', 'contacts', { label: 'Champion' });
    engine.hubspot.associate(end('deals', cast.deal), end('contacts', cast.contact), { labels: ['Champion'] });
    await settle(engine, { deals: [cast.deal] });
    const winner = engine.salesforce.create('Contact', { LastName: 'Winner', Email: 'winner@people.example' });
    engine.salesforce.merge('Contact', String(winner.Id), [String(contactIn(cast.contact)?.Id)]);
    if (first === 'deal') await lookFirst('deal', cast.deal);
    if (first === 'contact') await engine.look(cast.contact);
    await pollAndWork(engine);
    await settle(engine, { contacts: [cast.contact], deals: [cast.deal] });
    expect(labelsOf(cast.deal)).toContain('Champion');
    expect(rolesOf(engine, cast.opportunityId)).toMatchObject([{ ContactId: winner.Id }]);
  });

  it('but one whose role sales takes away is taken off', async () => {
    const cast = await start();
    const [role] = rolesOf(engine, cast.opportunityId);
    engine.salesforce.remove('OpportunityContactRole', String(role?.Id));
    await pollAndWork(engine);
    await engine.lookAt('deal', cast.deal);
    expect(contactsOf(cast.deal)).toEqual([]);
  });
});

describe('below the gate', () => {
  const below = (name: string) => engine.hubspot.createContact(sqlContact(name, { lifecyclestage: 'lead' }));

  it('a deal that is linked by hand sends nothing but its id, until a contact passes', async () => {
    engine = await startDeals();
    await engine.poll();
    const contact = below('hand');
    const deal = newDeal(engine, { contacts: [contact] }, { amount: '777' });
    const { Id } = engine.salesforce.create('Opportunity', {
      Name: 'By hand',
      StageName: 'Prospecting',
      CloseDate: '2027-03-01',
      Description: 'of sales',
    });
    const id = String(Id);
    engine.hubspot.editDeal(deal, { salesforce_opportunity_id: id });
    await settle(engine, { contacts: [contact], deals: [deal] });
    engine.hubspot.editDeal(deal, { amount: '778' });
    await engine.lookAt('deal', deal);
    expect(engine.salesforce.get('Opportunity', id)).toMatchObject({
      Name: 'By hand',
      StageName: 'Prospecting',
      CloseDate: '2027-03-01',
      HubSpot_Deal_Id__c: deal,
    });
    expect(engine.salesforce.get('Opportunity', id)?.Amount ?? null).toBeNull();
    expect(rolesOf(engine, id)).toEqual([]);

    // What sales says reaches HubSpot.
    engine.salesforce.edit('Opportunity', id, { StageName: 'Qualification' });
    await pollAndWork(engine);
    expect(await handedOver('deal', deal)).toBe(false);

    engine.hubspot.editContact(contact, { lifecyclestage: 'salesqualifiedlead' });
    await engine.look(contact);
    await engine.drainLater();
    expect(personsOf(engine, contact)).toHaveLength(1);
    expect(engine.salesforce.get('Opportunity', id)).toMatchObject({ Amount: 778 });
    expect(await handedOver('deal', deal)).toBe(true);
  });

  it('a company that is found by the domain of an Account sends nothing but its id, until one of its contacts passes', async () => {
    engine = await startDeals();
    await engine.poll();
    const named = { name: 'Mkt Works', domain: 'mktworks.example' };
    const company = engine.hubspot.createCompany({ ...named, phone: '+43 1 234', numberofemployees: '55' });
    const account = engine.salesforce.create('Account', { Name: 'Mkt Works', Website: 'mktworks.example' });
    const accountId = String(account.Id);
    engine.salesforce.create('Contact', { LastName: 'below', Email: 'below@people.example', AccountId: accountId });
    const contact = below('below');
    await engine.look(contact);
    await pollAndWork(engine);
    await settle(engine, { contacts: [contact], companies: [company] });
    expect(engine.hubspot.getCompany(company)?.properties.salesforce_account_id).toBe(accountId);
    engine.hubspot.editCompany(company, { numberofemployees: '56' });
    await engine.lookAt('company', company);
    expect(engine.salesforce.get('Account', accountId)).toMatchObject({ HubSpot_Company_Id__c: company });
    expect(engine.salesforce.get('Account', accountId)?.NumberOfEmployees ?? null).toBeNull();
    expect(await handedOver('company', company)).toBe(false);

    engine.hubspot.setPrimaryCompany('contacts', contact, company);
    engine.hubspot.editContact(contact, { lifecyclestage: 'salesqualifiedlead' });
    await engine.look(contact);
    await engine.drainLater();
    expect(engine.salesforce.get('Account', accountId)).toMatchObject({ NumberOfEmployees: 56 });
    expect(await handedOver('company', company)).toBe(true);
  });

  it('an Opportunity of somebody who is only linked becomes a deal whose edits stay in HubSpot, until they pass', async () => {
    engine = await startDeals();
    await engine.poll();
    const person = engine.salesforce.create('Contact', { LastName: 'only', Email: 'only@people.example' });
    const contact = below('only');
    await engine.look(contact);
    await pollAndWork(engine);
    const { Id } = engine.salesforce.create('Opportunity', {
      Name: 'Theirs',
      StageName: 'Qualification',
      CloseDate: '2027-03-01',
      Amount: 10,
    });
    const id = String(Id);
    engine.salesforce.create('OpportunityContactRole', { OpportunityId: id, ContactId: String(person.Id) });
    await pollAndWork(engine);
    const deal = String(engine.salesforce.get('Opportunity', id)?.HubSpot_Deal_Id__c);
    expect(dealOf(engine, deal)).toMatchObject({ dealname: 'Theirs', amount: '10' });
    engine.hubspot.editDeal(deal, { amount: '11', dealname: 'Of marketing' });
    await engine.lookAt('deal', deal);
    expect(engine.salesforce.get('Opportunity', id)).toMatchObject({ Name: 'Theirs', Amount: 10 });
  });

  async function handedOver(object: string, recordId: string): Promise<boolean | undefined> {
    const { rows } = await engine.database.pool.query<{ is: boolean }>(
      `select p.handed_over_at is not null as is from pairs p join links l on l.pair_id = p.id
       where l.system = 'hubspot' and l.object = $1 and l.record_id = $2`,
      [object, recordId],
    );
    return rows[0]?.is;
  }
});

it('a role that Salesforce refuses is not told as done: it stands apart, as refused', async () => {
  const labels = { 'roles.labels': { 'Decision maker': 'Decision Maker' } };
  const cast = await start({ 'deals.yaml': labels });
  engine.hubspot.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' });
  engine.salesforce.setPicklist('OpportunityContactRole', 'Role', ['Other'], { restricted: true });
  engine.hubspot.editDeal(cast.deal, { amount: '4321' });
  engine.hubspot.associate(end('deals', cast.deal), end('contacts', cast.contact), { labels: ['Decision maker'] });
  await engine.lookAt('deal', cast.deal);
  expect(opportunityOf(engine, cast.deal)).toMatchObject({ Amount: 4321 });
  const { rows } = await engine.database.pool.query<{ state: string; error_code: string | null; field: string }>(
    `select state, error_code, field from field_changes where object = 'Opportunity' and operation = 'update'
       and (field = 'Amount' or (field = $1 and after = '"Decision Maker"'::jsonb))`,
    [`roles/${cast.contact}`],
  );
  const role = rows.filter(({ field }) => field !== 'Amount');
  expect(rows.filter(({ field }) => field === 'Amount')).toMatchObject([{ state: 'done', error_code: null }]);
  expect(role).toMatchObject([{ state: 'refused', error_code: expect.stringMatching(/./) }]);
});
