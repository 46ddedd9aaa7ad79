import { afterEach, describe, expect, it } from 'vitest';
import {
  accountsOf,
  dealOf,
  decisionAbout,
  newCompany,
  newContact,
  newDeal,
  opportunitiesOf,
  opportunityOf,
  pollAndWork,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';
import { beginRun } from '../support/run-to-end.ts';
import { finishRun } from '../support/runs.ts';

let engine: Engine;
afterEach(() => engine.close());

const opportunity = (id: string): Record<string, unknown> => engine.salesforce.get('Opportunity', id) ?? {};

describe('what is off or hidden', () => {
  it('deals off: they are left alone, companies go on', async () => {
    engine = await startDeals({ 'deals.yaml': { sync: false } });
    await engine.poll();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    await settle(engine, { contacts: [contact], deals: [deal] });
    expect(accountsOf(engine, company)).toHaveLength(1);
    expect(engine.salesforce.all('Opportunity')).toEqual([]);
  });

  it('deals off: a run of before does not wait for the deals that it marked', async () => {
    engine = await startDeals({ 'deals.yaml': { sync: false } });
    const contact = newContact(engine, null);
    const ids = { filter: { hasIds: true } };
    const runId = await beginRun(engine, 'backfill', { object: 'contacts', options: ids });
    await engine.ledger.addRunIds(runId, [contact]);
    await engine.ledger.addRunIds(runId, []);
    const deal = { system: 'hubspot', object: 'deal', recordId: '1', priority: 4, source: 'parent', runId } as const;
    await engine.ledger.mark([deal]);

    expect(await finishRun(engine, runId)).toMatchObject({ state: 'ended', backlog: 0 });
    expect(personsOf(engine, contact)).toHaveLength(1);
  });

  it('companies off: an Opportunity has no Account of ours, and one that sales chose stays', async () => {
    engine = await startDeals({ 'companies.yaml': { sync: false } });
    await engine.poll();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    await settle(engine, { contacts: [contact], deals: [deal] });
    expect(engine.salesforce.all('Account')).toEqual([]);
    const id = String(opportunityOf(engine, deal).Id);
    const account = engine.salesforce.create('Account', { Name: 'Chosen' });
    engine.salesforce.edit('Opportunity', id, { AccountId: String(account.Id) });
    await pollAndWork(engine);
    engine.hubspot.editDeal(deal, { amount: '8' });
    await engine.lookAt('deal', deal);
    expect(opportunity(id)).toMatchObject({ AccountId: account.Id, Amount: 8 });
    expect(dealOf(engine, deal).hs_primary_associated_company).toBe(company);
  });

  it.each(['Opportunity', 'Account'])(
    '%s hidden from our user: contacts go on, deals wait with a clear failure',
    async (type) => {
      engine = await startDeals();
      engine.salesforce.setObjectHidden(type, true);
      await engine.poll();
      const company = newCompany(engine);
      const contact = newContact(engine, type === 'Opportunity' ? company : null);
      const deal = newDeal(engine, { contacts: [contact], companies: [company] });
      await settle(engine, { contacts: [contact], deals: [deal] });
      expect(personsOf(engine, contact)).toHaveLength(1);
      const decision = await decisionAbout(engine, 'deal', deal);
      expect(['failed', 'later']).toContain(decision?.outcome);
      expect(decision?.text).toContain(type);

      engine.salesforce.setObjectHidden(type, false);
      Object.assign(engine.dependencies, { facts: engine.secondWorker().facts });
      await settle(engine, { contacts: [contact], deals: [deal] });
      await engine.drainLater();
      expect(opportunitiesOf(engine, deal)).toHaveLength(1);
    },
  );

  it('a token without the scope of deals: contacts go on, deals say which scope is missing', async () => {
    engine = await startDeals({}, { hubspot: { missingScopes: ['crm.objects.deals.read'] } });
    const contact = newContact(engine, null);
    const deal = newDeal(engine, { contacts: [contact] });
    await settle(engine, { contacts: [contact], deals: [deal] });
    expect(personsOf(engine, contact)).toHaveLength(1);
    expect((await decisionAbout(engine, 'deal', deal))?.text).toMatch(/scope|crm\.objects\.deals/);
  });

  it('observe mode decides everything and writes nothing, in either CRM', async () => {
    engine = await startDeals({}, { observe: true });
    await engine.poll();
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    const { Id: accountId } = engine.salesforce.create('Account', { Name: 'Born there' });
    engine.salesforce.create('Opportunity', {
      Name: 'Born there',
      AccountId: accountId,
      StageName: 'Qualification',
      CloseDate: '2027-01-01',
    });
    engine.hubspot.resetCounters();
    engine.salesforce.resetRequests();
    await pollAndWork(engine);
    await settle(engine, { contacts: [contact], companies: [company], deals: [deal] });
    const writes = [...engine.hubspot.requests, ...engine.salesforce.requests].filter(
      ({ method, path }) => method !== 'GET' && !/\/(read|search|token|composite|query)/.test(path),
    );
    expect(writes.map(({ path }) => path)).toEqual([]);
    expect(engine.salesforce.all('Account')).toHaveLength(1);
    expect(engine.salesforce.all('Opportunity')).toHaveLength(1);
    expect(engine.hubspot.deals()).toHaveLength(1);
  });
});
