import { afterEach, describe, expect, it } from 'vitest';
import {
  type Cast,
  dealOf,
  decisionAbout,
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
import type { Engine, EngineOptions } from '../support/engine.ts';
import type { MappingChanges } from '../support/mappings.ts';
import { failureOf, personsOf } from '../support/people.ts';

let engine: Engine;
afterEach(() => engine.close());

async function start(changes: MappingChanges = {}, options: EngineOptions = {}): Promise<Cast> {
  engine = await startDeals(changes, options);
  await engine.poll();
  return await pairedDeal(engine);
}

const opportunity = (id: string): Record<string, unknown> => engine.salesforce.get('Opportunity', id) ?? {};

describe('merges', () => {
  it('of two deals that both have an Opportunity ask a person, and go on with the one that is left', async () => {
    const cast = await start();
    const other = newDeal(engine, { contacts: [cast.contact], companies: [cast.company] }, { amount: '7' });
    await engine.lookAt('deal', other);
    const otherId = String(opportunityOf(engine, other).Id);
    const survivor = engine.hubspot.mergeDeals(cast.deal, other);
    await engine.lookAt('deal', cast.deal, other, survivor);
    expect(await failureOf(engine, survivor)).toMatchObject({
      code: 'several_opportunities',
      recordIds: [cast.opportunityId, otherId],
    });
    expect(engine.salesforce.all('Opportunity')).toHaveLength(2);

    engine.salesforce.remove('Opportunity', otherId);
    await pollAndWork(engine);
    await engine.drainLater();
    expect(opportunity(cast.opportunityId).HubSpot_Deal_Id__c).toBe(survivor);
    expect(dealOf(engine, survivor).salesforce_opportunity_id).toBe(cast.opportunityId);
    expect(await failureOf(engine, survivor)).toBeUndefined();
    engine.hubspot.editDeal(survivor, { amount: '99' });
    await engine.lookAt('deal', survivor);
    expect(opportunity(cast.opportunityId)).toMatchObject({ Amount: 99 });
  });

  it('of two companies that both have an Account ask a person, and go on once sales has merged those too', async () => {
    const one = await start();
    const two = await pairedDeal(engine);
    const survivor = engine.hubspot.mergeCompanies(one.company, two.company);
    await settle(engine, { companies: [one.company, two.company, survivor], contacts: [one.contact, two.contact] });
    expect(await failureOf(engine, survivor)).toMatchObject({ code: 'several_accounts' });
    const deal = newDeal(engine, { contacts: [one.contact], companies: [survivor] });
    await engine.lookAt('deal', deal);
    expect(await decisionAbout(engine, 'deal', deal)).toMatchObject({ code: 'company_refused' });

    engine.salesforce.merge('Account', one.accountId, [two.accountId]);
    await pollAndWork(engine);
    await engine.drainLater();
    expect(await failureOf(engine, survivor)).toBeUndefined();
    expect(engine.hubspot.getCompany(survivor)?.properties.salesforce_account_id).toBe(one.accountId);
    expect(opportunityOf(engine, deal).AccountId).toBe(one.accountId);
  });

  it('of an Account into one that nobody knows are followed, its deals with it', async () => {
    const cast = await start();
    const winner = engine.salesforce.create('Account', { Name: 'Winner' });
    engine.salesforce.merge('Account', String(winner.Id), [cast.accountId]);
    await pollAndWork(engine);
    await settle(engine, { companies: [cast.company], contacts: [cast.contact], deals: [cast.deal] });
    expect(engine.hubspot.getCompany(cast.company)?.properties.salesforce_account_id).toBe(winner.Id);
    expect(opportunity(cast.opportunityId).AccountId).toBe(winner.Id);
    expect(dealOf(engine, cast.deal).hs_primary_associated_company).toBe(cast.company);
    expect(await failureOf(engine, cast.deal)).toBeUndefined();
  });

  it('of an Account into another company’s: a person is asked, and new deals say that they wait for that', async () => {
    const one = await start();
    const two = await pairedDeal(engine);
    engine.salesforce.merge('Account', one.accountId, [two.accountId]);
    await pollAndWork(engine);
    await engine.lookAt('company', two.company);
    expect(await failureOf(engine, two.company)).toMatchObject({ code: 'account_taken' });
    const deal = newDeal(engine, { contacts: [two.contact], companies: [two.company] });
    await engine.lookAt('deal', deal);
    expect(await decisionAbout(engine, 'deal', deal)).toMatchObject({ outcome: 'waiting', code: 'company_refused' });
  });
});

describe('what is deleted', () => {
  it('in Salesforce ends the pair, and goes on when it comes back', async () => {
    const cast = await start();
    engine.salesforce.remove('Opportunity', cast.opportunityId);
    await pollAndWork(engine);
    expect(await failureOf(engine, cast.deal)).toMatchObject({ code: 'opportunity_deleted' });
    engine.hubspot.editDeal(cast.deal, { amount: '5' });
    await engine.lookAt('deal', cast.deal);
    expect(opportunitiesOf(engine, cast.deal)).toEqual([]);

    engine.salesforce.undelete('Opportunity', cast.opportunityId);
    await pollAndWork(engine);
    await engine.drainLater();
    expect(opportunity(cast.opportunityId)).toMatchObject({ IsDeleted: false, Amount: 5 });
    expect(await failureOf(engine, cast.deal)).toBeUndefined();
  });

  it('in Salesforce is deleted in HubSpot where the mapping says so', async () => {
    const cast = await start({ 'deals.yaml': { 'events.deleted_in_salesforce': 'delete' } });
    engine.salesforce.remove('Opportunity', cast.opportunityId);
    await pollAndWork(engine);
    expect(engine.hubspot.getDeal(cast.deal)?.archived).toBe(true);
  });

  it('in HubSpot leaves the Opportunity, which is not born again', async () => {
    const cast = await start();
    engine.hubspot.deleteDeal(cast.deal);
    await engine.lookAt('deal', cast.deal);
    engine.salesforce.edit('Opportunity', cast.opportunityId, { Amount: 6 });
    await pollAndWork(engine);
    expect(opportunity(cast.opportunityId)).toMatchObject({ IsDeleted: false, Amount: 6 });
    expect(engine.hubspot.deals().filter(({ archived }) => !archived)).toEqual([]);
  });

  it('in HubSpot is deleted in Salesforce where the mapping says so', async () => {
    const cast = await start({ 'deals.yaml': { 'events.deleted_in_hubspot': 'delete' } });
    engine.hubspot.deleteDeal(cast.deal);
    await engine.lookAt('deal', cast.deal);
    expect(engine.salesforce.all('Opportunity')).toEqual([]);
  });
});

describe('roles', () => {
  const labels = {
    'roles.labels': { 'Decision maker': 'Decision Maker', 'Budget holder': 'Economic Buyer' },
    'roles.primary_label': 'Primary contact',
  };

  it('are labels, and one label is the primary one, both ways', async () => {
    engine = await startDeals({ 'deals.yaml': labels });
    for (const label of ['Decision maker', 'Budget holder', 'Primary contact', 'Friend'])
      engine.hubspot.defineAssociationLabel('deals', 'contacts', { label });
    engine.salesforce.setPicklist('OpportunityContactRole', 'Role', ['Decision Maker', 'Economic Buyer']);
    await engine.poll();
    const cast = await pairedDeal(engine);
    const [second] = [newContact(engine, cast.company)];
    await engine.look(String(second));
    engine.salesforce.convertLead(String(personsOf(engine, String(second))[0]?.Id), { accountId: cast.accountId });
    await pollAndWork(engine);
    const from = { type: 'deals', id: cast.deal } as const;
    const to = (id: string) => ({ type: 'contacts', id }) as const;
    engine.hubspot.associate(from, to(cast.contact), { labels: ['Decision maker', 'Friend'] });
    engine.hubspot.associate(from, to(String(second)), { labels: ['Budget holder', 'Primary contact'] });
    await engine.lookAt('deal', cast.deal);
    const shown = () =>
      rolesOf(engine, cast.opportunityId)
        .map(({ Role, IsPrimary }) => `${Role} ${IsPrimary}`)
        .sort();
    expect(shown()).toEqual(['Decision Maker false', 'Economic Buyer true']);

    const [primary] = rolesOf(engine, cast.opportunityId).filter(({ IsPrimary }) => IsPrimary !== true);
    engine.salesforce.setPrimaryRole(cast.opportunityId, String(primary?.ContactId));
    await pollAndWork(engine);
    const labelsOf = (id: string) =>
      engine.hubspot
        .getAssociations(from, 'contacts')
        .filter(({ toId }) => toId === id)
        .flatMap(({ types }) => types.flatMap(({ label }) => label ?? []))
        .sort();
    expect(labelsOf(cast.contact)).toEqual(['Decision maker', 'Friend', 'Primary contact']);
    expect(labelsOf(String(second))).toEqual(['Budget holder']);
  });

  it('that Salesforce refuses are told although the rest was written, and go once it takes them', async () => {
    const cast = await start({ 'deals.yaml': labels });
    engine.hubspot.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' });
    engine.salesforce.setPicklist('OpportunityContactRole', 'Role', ['Other'], { restricted: true });
    const deal = newDeal(engine, { companies: [cast.company] });
    engine.hubspot.associate(
      { type: 'deals', id: deal },
      { type: 'contacts', id: cast.contact },
      { labels: ['Decision maker'] },
    );
    await engine.lookAt('deal', deal);
    expect(dealOf(engine, deal).salesforce_opportunity_id).toBe(opportunityOf(engine, deal).Id);
    expect(rolesOf(engine, opportunityOf(engine, deal).Id)).toEqual([]);
    expect(await failureOf(engine, deal)).toBeDefined();

    engine.salesforce.setPicklist('OpportunityContactRole', 'Role', ['Decision Maker'], { restricted: true });
    await engine.lookAt('deal', deal);
    await engine.drainLater();
    expect(rolesOf(engine, opportunityOf(engine, deal).Id)).toMatchObject([{ Role: 'Decision Maker' }]);
    expect(await failureOf(engine, deal)).toBeUndefined();
  });
});
