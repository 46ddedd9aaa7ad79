import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Cast,
  dealOf,
  decisionAbout,
  newDeal,
  opportunityOf,
  pairedDeal,
  pollAndWork,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import type { MappingChanges } from '../support/mappings.ts';
import { failureOf } from '../support/people.ts';
import { recycleReason, stageIn } from '../support/two-way.ts';

let engine: Engine;

async function start(changes: MappingChanges = {}): Promise<Cast> {
  engine = await startDeals(changes);
  await engine.poll();
  return await pairedDeal(engine);
}

const opportunity = (id: string): Record<string, unknown> => engine.salesforce.get('Opportunity', id) ?? {};

describe('a stage that moves', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await start();
  });
  afterAll(() => engine.close());

  it('on both sides: the later move stays, with its close date', async () => {
    engine.salesforce.trackHistory('Opportunity', ['StageName', 'CloseDate']);
    engine.salesforce.edit('Opportunity', cast.opportunityId, { StageName: 'Id. Decision Makers' });
    // Salesforce tells when in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    engine.hubspot.editDeal(cast.deal, { dealstage: 'contractsent', closedate: '2027-03-05T12:00:00Z' });
    await pollAndWork(engine);
    await engine.lookAt('deal', cast.deal);
    expect(opportunity(cast.opportunityId)).toMatchObject({ StageName: 'Negotiation/Review', CloseDate: '2027-03-05' });
    expect(dealOf(engine, cast.deal)).toMatchObject({ dealstage: 'contractsent' });
  });

  it('reopens in HubSpot what sales reopens, and the other way round', async () => {
    engine.hubspot.editDeal(cast.deal, { dealstage: 'closedwon', closedate: '2026-11-20T10:00:00Z' });
    await engine.lookAt('deal', cast.deal);
    expect(opportunity(cast.opportunityId)).toMatchObject({ StageName: 'Closed Won', CloseDate: '2026-11-20' });

    engine.salesforce.edit('Opportunity', cast.opportunityId, { StageName: 'Needs Analysis', CloseDate: '2027-04-01' });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal)).toMatchObject({ dealstage: 'qualifiedtobuy' });
    expect(dealOf(engine, cast.deal).closedate).toContain('2027-04-01');

    engine.salesforce.edit('Opportunity', cast.opportunityId, { StageName: 'Closed Lost', CloseDate: '2026-11-21' });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal)).toMatchObject({ dealstage: 'closedlost' });

    engine.hubspot.editDeal(cast.deal, { dealstage: 'presentationscheduled', closedate: '2027-05-01T10:00:00Z' });
    await engine.lookAt('deal', cast.deal);
    expect(opportunity(cast.opportunityId)).toMatchObject({ StageName: 'Value Proposition', CloseDate: '2027-05-01' });
  });

  it('to a StageName that is only mapped back keeps that name: the deal does not send its own', async () => {
    engine.salesforce.edit('Opportunity', cast.opportunityId, { StageName: 'Prospecting' });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal).dealstage).toBe('appointmentscheduled');
    engine.hubspot.editDeal(cast.deal, { amount: '4242' });
    await engine.lookAt('deal', cast.deal);
    expect(opportunity(cast.opportunityId)).toMatchObject({ StageName: 'Prospecting', Amount: 4242 });
  });

  it('to one that deals.yaml does not know is told with those it knows, and clears when it moves on', async () => {
    engine.salesforce.addOpportunityStage({
      label: 'Legal Review',
      isClosed: false,
      isWon: false,
      probability: 50,
      forecast: 'Pipeline',
    });
    engine.salesforce.edit('Opportunity', cast.opportunityId, { StageName: 'Legal Review' });
    await pollAndWork(engine);
    expect(await failureOf(engine, cast.deal)).toMatchObject({ code: 'deal_stage_unknown' });
    expect((await failureOf(engine, cast.deal))?.message).toContain('Negotiation/Review');
    expect(dealOf(engine, cast.deal).dealstage).toBe('appointmentscheduled');

    engine.salesforce.edit('Opportunity', cast.opportunityId, { StageName: 'Negotiation/Review' });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal).dealstage).toBe('contractsent');
    expect(await failureOf(engine, cast.deal)).toBeUndefined();
  });
});

describe('all deals lost', () => {
  afterEach(() => engine.close());

  it('leave the contact where it is, as shipped', async () => {
    const cast = await start();
    expect(stageIn(engine, cast.contact)).toBe('opportunity');
    engine.salesforce.edit('Opportunity', cast.opportunityId, { StageName: 'Closed Lost', CloseDate: '2026-11-20' });
    await pollAndWork(engine);
    await settle(engine, { contacts: [cast.contact] });
    expect(stageIn(engine, cast.contact)).toBe('opportunity');
  });

  it('return it with the reason where lifecycle.yaml says so, and a new one brings it forward again', async () => {
    const recycled = { opportunity: 'lost', to: 'lead', reason: 'All deals lost' };
    const cast = await start({ 'lifecycle.yaml': { recycle: [recycled] } });
    engine.salesforce.edit('Opportunity', cast.opportunityId, { StageName: 'Closed Lost', CloseDate: '2026-11-20' });
    await pollAndWork(engine);
    await settle(engine, { contacts: [cast.contact] });
    expect(stageIn(engine, cast.contact)).toBe('lead');
    expect(engine.hubspot.getContact(cast.contact)?.properties[recycleReason]).toBe('All deals lost');
  });
});

describe('pipelines', () => {
  afterEach(() => engine.close());

  const renewals = {
    hubspot: 'renewals',
    salesforce: 'Renewal',
    stages: { r1: 'Qualification', r2: 'Closed Won', r3: 'Closed Lost' },
  };
  const shipped = {
    hubspot: 'default',
    salesforce: 'New_Business',
    stages: {
      appointmentscheduled: 'Qualification',
      qualifiedtobuy: 'Needs Analysis',
      presentationscheduled: 'Needs Analysis',
      decisionmakerboughtin: 'Id. Decision Makers',
      contractsent: 'Negotiation/Review',
      closedwon: 'Closed Won',
      closedlost: 'Closed Lost',
    },
    stages_back: { 'Needs Analysis': 'qualifiedtobuy' },
  };
  const startWith = async (field: string) => {
    engine = await startDeals({
      'deals.yaml': {
        'pipelines.field': field,
        'pipelines.list': [shipped, renewals],
        examples: [],
        examples_back: [],
      },
    });
    engine.hubspot.addPipeline({
      id: 'renewals',
      label: 'Renewals',
      stages: [
        { id: 'r1', label: 'Open', probability: '0.2' },
        { id: 'r2', label: 'Won', probability: '1.0' },
        { id: 'r3', label: 'Lost', probability: '0.0' },
      ],
    });
    await engine.poll();
  };

  it('are record types, both ways, and a stage of several keeps its own', async () => {
    await startWith('RecordTypeId');
    const [fresh, renewal] = ['New_Business', 'Renewal'].map((developerName) =>
      engine.salesforce.addRecordType('Opportunity', { developerName }),
    );
    const cast = await pairedDeal(engine, { dealstage: 'presentationscheduled' });
    expect(opportunity(cast.opportunityId)).toMatchObject({ RecordTypeId: fresh, StageName: 'Needs Analysis' });
    engine.salesforce.edit('Opportunity', cast.opportunityId, { Amount: 12 });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal)).toMatchObject({ amount: '12', dealstage: 'presentationscheduled' });

    engine.hubspot.editDeal(cast.deal, { pipeline: 'renewals', dealstage: 'r1' });
    await engine.lookAt('deal', cast.deal);
    expect(opportunity(cast.opportunityId)).toMatchObject({ RecordTypeId: renewal, StageName: 'Qualification' });

    engine.salesforce.edit('Opportunity', cast.opportunityId, {
      RecordTypeId: String(fresh),
      StageName: 'Negotiation/Review',
    });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal)).toMatchObject({ pipeline: 'default', dealstage: 'contractsent' });
  });

  it('are values of a field, both ways', async () => {
    await startWith('Pipeline__c');
    engine.salesforce.addField('Opportunity', 'Pipeline__c', { type: 'string', length: 40 });
    const cast = await pairedDeal(engine);
    expect(opportunity(cast.opportunityId)).toMatchObject({ Pipeline__c: 'New_Business' });
    const deal = newDeal(
      engine,
      { contacts: [cast.contact], companies: [cast.company] },
      { pipeline: 'renewals', dealstage: 'r1' },
    );
    await engine.lookAt('deal', deal);
    expect(opportunityOf(engine, deal)).toMatchObject({ Pipeline__c: 'Renewal', StageName: 'Qualification' });

    engine.salesforce.edit('Opportunity', String(opportunityOf(engine, deal).Id), { Pipeline__c: 'New_Business' });
    await pollAndWork(engine);
    expect(dealOf(engine, deal)).toMatchObject({ pipeline: 'default', dealstage: 'appointmentscheduled' });
  });

  it('that are ignored are left alone on both sides, without a failure', async () => {
    const { deal, opportunityId, accountId } = await start({
      'deals.yaml': { 'pipelines.not_synced.stage_names': ['Parked'] },
    });
    const parked = { label: 'Parked', isClosed: false, isWon: false, probability: 10, forecast: 'Pipeline' };
    engine.salesforce.addOpportunityStage(parked);
    engine.salesforce.edit('Opportunity', opportunityId, { StageName: 'Parked', Amount: 9 });
    const { Id } = engine.salesforce.create('Opportunity', {
      Name: 'Left alone',
      AccountId: accountId,
      StageName: 'Parked',
      CloseDate: '2027-01-01',
    });
    await pollAndWork(engine);
    expect(dealOf(engine, deal)).toMatchObject({ amount: '1000', dealstage: 'qualifiedtobuy' });
    expect(await failureOf(engine, deal)).toBeUndefined();
    expect(await decisionAbout(engine, 'Opportunity', Id)).toMatchObject({
      outcome: 'left',
      code: 'deal_stage_ignored',
    });
    expect(opportunity(Id).HubSpot_Deal_Id__c ?? null).toBeNull();
  });
});
