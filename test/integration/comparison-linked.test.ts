import { afterAll, beforeAll, expect, it } from 'vitest';
import { chooseRebuildPolicy, startRebuild } from '../../src/usecases/rebuild/start-rebuild.ts';
import { newCompany, newContact, newDeal, settle, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { countsOf, finishRun } from '../support/runs.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startDeals({ 'deals.yaml': { 'pipelines.not_synced.stage_names': ['Parked'] } });
  const { hubspot, salesforce } = engine;
  const parked = { label: 'Parked', isClosed: false, isWon: false, probability: 10, forecast: 'Pipeline' };
  salesforce.addOpportunityStage(parked);
  hubspot.properties.define('contacts', { name: 'salesforceleadid', label: 'Lead' });
  hubspot.properties.define('companies', { name: 'salesforceaccountid', label: 'Account' });
  hubspot.properties.define('deals', { name: 'hs_salesforceopportunityid', label: 'Opportunity' });
  await engine.poll();
}, 60_000);
afterAll(() => engine.close());

it('misses nothing night after night of what was taken over and carries no id of ours: below the gate, or not synced', async () => {
  const { hubspot, salesforce, dependencies } = engine;
  const passed = newContact(engine, newCompany(engine));
  await settle(engine, { contacts: [passed] });
  const account = salesforce.create('Account', { Name: 'Taken over' });
  const below = newCompany(engine, { salesforceaccountid: String(account.Id) });
  const leads = Array.from({ length: 3 }, () => salesforce.create('Lead', { LastName: 'Taken', Company: 'Over' }));
  for (const { Id } of leads) newContact(engine, below, { lifecyclestage: 'lead', salesforceleadid: String(Id) });
  const opportunity = salesforce.create('Opportunity', { Name: 'P', StageName: 'Parked', CloseDate: '2026-12-01' });
  const ends = { contacts: [passed], companies: [] };
  const deal = newDeal(engine, ends, { hs_salesforceopportunityid: String(opportunity.Id) });
  await engine.drainLater();
  const id = await startRebuild(dependencies, { again: true, by: 'test' });
  await finishRun(engine, id);
  await chooseRebuildPolicy(dependencies, 'keep');
  expect(countsOf(await finishRun(engine, id), 'outcome')).toMatchObject({ below_gate: 3, not_wanted: 1 });
  expect(salesforce.all('Lead').filter(({ HubSpot_Contact_Id__c: own }) => own != null)).toHaveLength(1);

  for (const night of [1, 2]) {
    const run = await runToEnd(engine, 'comparison');
    expect([countsOf(run, 'drift'), countsOf(run, 'outcome')], `night ${night}`).toEqual([{}, {}]);
  }
  hubspot.editDeal(deal, { dealname: 'Edited, and no event came' });
  expect(countsOf(await runToEnd(engine, 'comparison'), 'drift')).toEqual({ unequal: 1 });
  expect(countsOf(await runToEnd(engine, 'comparison'), 'drift')).toEqual({});
});
