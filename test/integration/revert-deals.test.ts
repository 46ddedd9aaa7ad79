import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  accountsOf,
  newCompany,
  newContact,
  newDeal,
  opportunitiesOf,
  opportunityOf,
  pairedDeal,
  rolesOf,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { backfilled, reverted } from '../support/reverts.ts';
import { countsOf } from '../support/runs.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startDeals();
});

afterAll(async () => {
  await engine.close();
});

const deal = (id: string) => engine.hubspot.getDeal(id)?.properties ?? {};
const contact = (id: string) => engine.hubspot.getContact(id)?.properties ?? {};
const company = (id: string) => engine.hubspot.getCompany(id)?.properties ?? {};
const account = (id: string) => accountsOf(engine, id)[0] ?? { Id: undefined };

it('puts back amount, stage and close date of a deal, on both sides', async () => {
  const cast = await pairedDeal(engine);
  const before = opportunityOf(engine, cast.deal);
  engine.hubspot.editDeal(cast.deal, { amount: '2500', dealstage: 'closedwon', closedate: '2026-11-20T12:00:00Z' });
  const run = await backfilled(engine, 'deals', cast.deal);
  expect(opportunityOf(engine, cast.deal)).toMatchObject({
    Amount: 2500,
    StageName: 'Closed Won',
    CloseDate: '2026-11-20',
  });
  const revert = await reverted(engine, run.id);
  expect(revert.state).toBe('ended');
  expect(opportunityOf(engine, cast.deal)).toMatchObject({
    Amount: before.Amount,
    StageName: before.StageName,
    CloseDate: before.CloseDate,
  });
  expect(deal(cast.deal)).toMatchObject({ amount: '2500', dealstage: 'closedwon' });
  await settle(engine, { contacts: [cast.contact], deals: [cast.deal], companies: [cast.company] });
  expect(opportunityOf(engine, cast.deal)).toMatchObject({ Amount: before.Amount, StageName: before.StageName });
  expect(deal(cast.deal)).toMatchObject({ amount: '2500', dealstage: 'closedwon' });
  // And the revert of the revert.
  await reverted(engine, revert.id);
  expect(opportunityOf(engine, cast.deal)).toMatchObject({
    Amount: 2500,
    StageName: 'Closed Won',
    CloseDate: '2026-11-20',
  });
});

it('puts back what sales had changed in an Opportunity, in the deal', async () => {
  const cast = await pairedDeal(engine);
  engine.salesforce.edit('Opportunity', cast.opportunityId, { Amount: 77, StageName: 'Negotiation/Review' });
  const before = deal(cast.deal);
  const run = await backfilled(engine, 'deals', cast.deal);
  expect(deal(cast.deal).amount).toBe('77');
  expect(deal(cast.deal).dealstage).not.toBe(before.dealstage);
  await reverted(engine, run.id);
  expect(deal(cast.deal)).toMatchObject({ amount: '1000', dealstage: 'qualifiedtobuy' });
  await settle(engine, { contacts: [cast.contact], deals: [cast.deal], companies: [cast.company] });
  expect(deal(cast.deal)).toMatchObject({ amount: '1000', dealstage: 'qualifiedtobuy' });
  expect(opportunityOf(engine, cast.deal)).toMatchObject({ Amount: 77, StageName: 'Negotiation/Review' });
});

it('takes back a role that the run gave, and gives back one that it took', async () => {
  const cast = await pairedDeal(engine);
  const other = await pairedDeal(engine);
  engine.hubspot.associate({ type: 'deals', id: cast.deal }, { type: 'contacts', id: other.contact });
  const run = await backfilled(engine, 'deals', cast.deal);
  expect(rolesOf(engine, cast.opportunityId)).toHaveLength(2);
  const revert = await reverted(engine, run.id);
  expect(rolesOf(engine, cast.opportunityId)).toHaveLength(1);
  await reverted(engine, revert.id);
  expect(rolesOf(engine, cast.opportunityId)).toHaveLength(2);
});

it('puts back what followed from a deal: the stages of its company and its contact', async () => {
  const cast = await pairedDeal(engine);
  const all = { contacts: [cast.contact], deals: [cast.deal], companies: [cast.company] };
  await settle(engine, all);
  const stages = () => [company(cast.company).lifecyclestage, contact(cast.contact).lifecyclestage];
  const before = stages();
  engine.hubspot.editDeal(cast.deal, { dealstage: 'closedwon' });
  engine.hubspot.editCompany(cast.company, { phone: '+43 1 5555555' });
  const run = await backfilled(engine, 'deals', cast.deal);
  expect(stages()).toEqual(['customer', 'customer']);
  expect(account(cast.company)).toMatchObject({ Phone: '+43 1 5555555' });
  const revert = await reverted(engine, run.id);
  expect(revert.state).toBe('ended');
  // A stage that goes back in two steps counts once.
  expect(revert).toMatchObject({ total: 3, changes: 3, forecast: { changes: 3 } });
  expect(countsOf(revert, 'left').refused ?? 0).toBe(0);
  // HubSpot takes no step backward: the company's stage was emptied first.
  expect(stages()).toEqual(before);
  expect(account(cast.company)).not.toMatchObject({ Phone: '+43 1 5555555' });
  await settle(engine, all);
  expect(stages()).toEqual(before);
  expect(company(cast.company).phone).toBe('+43 1 5555555');
});

it('deletes the Opportunity that a run created, and an Account only once nobody belongs to it', async () => {
  const where = newCompany(engine);
  const who = newContact(engine, where);
  const contactRun = await backfilled(engine, 'contacts', who);
  await settle(engine, { contacts: [who], deals: [], companies: [where] });
  const accountId = String(account(where).Id);
  const lead = String(engine.hubspot.getContact(who)?.properties.salesforce_person_id);
  engine.salesforce.convertLead(lead, { accountId });
  await engine.look(who);
  const what = newDeal(engine, { contacts: [who], companies: [where] });
  const dealRun = await backfilled(engine, 'deals', what);
  expect(opportunitiesOf(engine, what)).toHaveLength(1);
  const revert = await reverted(engine, dealRun.id, { created: 'delete' });
  expect(countsOf(revert, 'put_back').deleted).toBe(1);
  expect(opportunitiesOf(engine, what)).toEqual([]);
  expect(deal(what).salesforce_opportunity_id ?? '').toBe('');
  await engine.lookAt('deal', what);
  expect(opportunitiesOf(engine, what)).toEqual([]);

  // The company followed in the contact's run; a Contact belongs to its Account by now.
  const rest = await reverted(engine, contactRun.id, { created: 'delete' });
  expect(accountsOf(engine, where)).toHaveLength(1);
  expect(rest.state).toBe('ended');
});

it('deletes an Account after the people whom the same run had created with it', async () => {
  const own = await startDeals({ 'contacts.yaml': { create: 'contact', examples: [] } });
  try {
    const where = newCompany(own);
    const who = newContact(own, where);
    const run = await backfilled(own, 'contacts', who);
    await settle(own, { contacts: [who], deals: [], companies: [where] });
    expect(accountsOf(own, where)).toHaveLength(1);
    expect(own.salesforce.all('Contact')).toHaveLength(1);
    const revert = await reverted(own, run.id, { created: 'delete' });
    expect(countsOf(revert, 'put_back').deleted).toBe(2);
    expect(own.salesforce.all('Contact')).toEqual([]);
    expect(accountsOf(own, where)).toEqual([]);
  } finally {
    await own.close();
  }
});
