import { afterEach, describe, expect, it } from 'vitest';
import {
  accountsOf,
  decisionAbout,
  newCompany,
  newContact,
  pairedDeal,
  pollAndWork,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const order = { Name: 'Born there', StageName: 'Qualification', CloseDate: '2027-01-01' };

const dealsFor = (opportunityId: string) =>
  engine.hubspot.deals().filter(({ properties }) => properties.salesforce_opportunity_id === opportunityId);

/** An Opportunity of this Account that was looked at while nothing of it was linked. */
async function leftAlone(accountId?: string): Promise<string> {
  const { Id } = engine.salesforce.create('Opportunity', {
    ...order,
    ...(accountId === undefined ? {} : { AccountId: accountId }),
  });
  await pollAndWork(engine);
  expect(await decisionAbout(engine, 'Opportunity', Id)).toMatchObject({ code: 'counterpart_not_linked' });
  expect(dealsFor(Id)).toEqual([]);
  return Id;
}

describe('an Opportunity that nothing of was linked becomes a deal', () => {
  it('when a linked Contact gets a role in it that is not the primary one', async () => {
    engine = await startDeals();
    await engine.poll();
    const { contact } = await pairedDeal(engine);
    const person = engine.salesforce.all('Contact').find(({ HubSpot_Contact_Id__c: id }) => id === contact);
    const stranger = engine.salesforce.create('Account', { Name: 'Elsewhere' });
    // The Opportunity itself is in no window any more.
    engine.salesforce.jumpClock(-30 * 60_000);
    const { Id: id } = engine.salesforce.create('Opportunity', { ...order, AccountId: stranger.Id });
    engine.salesforce.jumpClock(30 * 60_000);
    await engine.ledger.mark([
      { system: 'salesforce', object: 'Opportunity', recordId: id, priority: 2, source: 'test' },
    ]);
    await pollAndWork(engine);
    expect(await decisionAbout(engine, 'Opportunity', id)).toMatchObject({ code: 'counterpart_not_linked' });
    // Not so fresh that somebody may still be at it.
    engine.salesforce.jumpClock(-40_000);
    engine.salesforce.addRole(id, String(person?.Id), { role: 'Influencer' });
    engine.salesforce.jumpClock(40_000);
    await pollAndWork(engine);
    expect(dealsFor(id)).toHaveLength(1);
  });

  it('when its Account’s company comes back from HubSpot’s bin', async () => {
    engine = await startDeals();
    await engine.poll();
    const company = newCompany(engine);
    await settle(engine, { contacts: [newContact(engine, company)] });
    const accountId = String(accountsOf(engine, company)[0]?.Id);
    engine.hubspot.deleteCompany(company);
    await engine.lookAt('company', company);
    const id = await leftAlone(accountId);
    engine.hubspot.restoreCompany(company);
    await engine.lookAt('company', company);
    expect(dealsFor(id)).toHaveLength(1);
  });

  it('when the contact of a role comes back from HubSpot’s bin', async () => {
    engine = await startDeals();
    await engine.poll();
    const { contact } = await pairedDeal(engine);
    const person = engine.salesforce.all('Contact').find(({ HubSpot_Contact_Id__c: id }) => id === contact);
    engine.hubspot.deleteContact(contact);
    await engine.look(contact);
    const { Id } = engine.salesforce.create('Opportunity', order);
    engine.salesforce.addRole(Id, String(person?.Id), { isPrimary: true });
    await pollAndWork(engine);
    expect(dealsFor(Id)).toEqual([]);
    engine.hubspot.restoreContact(contact);
    await engine.look(contact);
    expect(dealsFor(Id)).toHaveLength(1);
  });

  it('when its Account comes back from Salesforce’s bin', async () => {
    engine = await startDeals();
    await engine.poll();
    const company = newCompany(engine);
    await settle(engine, { contacts: [newContact(engine, company)] });
    const accountId = String(accountsOf(engine, company)[0]?.Id);
    const stranger = engine.salesforce.create('Account', { Name: 'Elsewhere' });
    const id = await leftAlone(stranger.Id);
    engine.salesforce.edit('Opportunity', id, { AccountId: accountId });
    engine.salesforce.remove('Account', accountId);
    await pollAndWork(engine);
    engine.salesforce.undelete('Account', accountId);
    for (const opportunity of engine.salesforce.all('Opportunity', { withDeleted: true })) {
      if (opportunity.IsDeleted === true) engine.salesforce.undelete('Opportunity', opportunity.Id);
    }
    await pollAndWork(engine);
    expect(dealsFor(id)).toHaveLength(1);
  });
});
