import { afterEach, describe, expect, it } from 'vitest';
import { type Cast, dealOf, pairedDeal, pollAndWork, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import type { MappingChanges } from '../support/mappings.ts';

let engine: Engine;

async function start(changes: MappingChanges = {}): Promise<Cast> {
  engine = await startDeals(changes);
  await engine.poll();
  return await pairedDeal(engine);
}

const opportunity = (id: string): Record<string, unknown> => engine.salesforce.get('Opportunity', id) ?? {};

describe('fields of a deal', () => {
  afterEach(() => engine.close());

  it('a loss reason and a field of their own go both ways', async () => {
    const own = [
      { hubspot: 'dealname', salesforce: 'Name', rule: 'newest' },
      { hubspot: 'closed_lost_reason', salesforce: 'Loss_Reason__c', rule: 'newest', too_long: 'truncate' },
      { hubspot: 'project_code', salesforce: 'Project_Code__c', rule: 'hubspot' },
    ];
    engine = await startDeals({ 'deals.yaml': { fields: own, examples: [], examples_back: [] } });
    if (engine.hubspot.properties.get('deals', 'closed_lost_reason') === undefined)
      engine.hubspot.properties.define('deals', { name: 'closed_lost_reason', label: 'Loss reason' });
    engine.hubspot.properties.define('deals', { name: 'project_code', label: 'Project' });
    for (const name of ['Loss_Reason__c', 'Project_Code__c'])
      engine.salesforce.addField('Opportunity', name, { type: 'string', length: 40 });
    await engine.poll();
    const cast = await pairedDeal(engine, { project_code: 'P-1' });
    expect(opportunity(cast.opportunityId)).toMatchObject({ Project_Code__c: 'P-1' });

    engine.salesforce.edit('Opportunity', cast.opportunityId, {
      StageName: 'Closed Lost',
      CloseDate: '2026-11-20',
      Loss_Reason__c: 'Price',
      Project_Code__c: 'P-2',
    });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal)).toMatchObject({
      dealstage: 'closedlost',
      closed_lost_reason: 'Price',
      project_code: 'P-1',
    });
    expect(opportunity(cast.opportunityId)).toMatchObject({ Project_Code__c: 'P-1' });
  });

  it('owners go both ways', async () => {
    const cast = await start();
    const rep = engine.salesforce.addUser({ email: 'rep.one@sandbox.example' });
    const owner = engine.hubspot.addOwner('rep.one@sandbox.example');
    const other = engine.salesforce.addUser({ email: 'rep.two@sandbox.example' });
    const otherOwner = engine.hubspot.addOwner('rep.two@sandbox.example');
    Object.assign(engine.dependencies, { facts: engine.secondWorker().facts });
    engine.hubspot.editDeal(cast.deal, { hubspot_owner_id: owner.id });
    await engine.lookAt('deal', cast.deal);
    expect(opportunity(cast.opportunityId).OwnerId).toBe(rep.Id);
    engine.salesforce.edit('Opportunity', cast.opportunityId, { OwnerId: other.Id });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal).hubspot_owner_id).toBe(otherOwner.id);
  });
});
