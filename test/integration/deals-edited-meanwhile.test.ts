import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HubSpotPort } from '../../src/ports/hubspot.ts';
import { drainRecords } from '../../src/usecases/drain-records/drain-records.ts';
import { type Cast, dealOf, opportunityOf, pairedDeal, rolesOf, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';

let engine: Engine;
let cast: Cast;
beforeEach(async () => {
  engine = await startDeals();
  await engine.poll();
  cast = await pairedDeal(engine);
  await engine.poll();
  await engine.drain();
});
afterEach(() => engine.close());

it('an edit in HubSpot right before our own write to the deal is seen in its answer, and carried', async () => {
  const { hubspot } = engine.dependencies;
  let edits = 0;
  const update: HubSpotPort['update'] = async (...given) => {
    if (given[0] === 'deals') edits += 1;
    if (given[0] === 'deals' && edits === 1) {
      engine.hubspot.editDeal(cast.deal, { dealname: 'Renamed meanwhile' });
    }
    const answers = await hubspot.update(...given);
    const answer = answers.get(cast.deal);
    if (answer?.ok !== true) return answers;
    // HubSpot may answer more than what was written.
    const properties = { ...answer.properties, dealname: dealOf(engine, cast.deal).dealname ?? null };
    return new Map([...answers, [cast.deal, { ...answer, properties }]]);
  };
  Object.assign(engine.dependencies, { hubspot: { ...hubspot, update } });
  engine.salesforce.edit('Opportunity', cast.opportunityId, { Amount: 4711 });
  await engine.poll();
  await engine.drainLater();
  await engine.drainLater();

  expect(edits).toBeGreaterThan(0);
  expect(dealOf(engine, cast.deal)).toMatchObject({ amount: '4711', dealname: 'Renamed meanwhile' });
  // No webhook told of it.
  expect(opportunityOf(engine, cast.deal)).toMatchObject({ Name: 'Renamed meanwhile' });
});

async function dueContacts(): Promise<string[]> {
  const { rows } = await engine.database.pool.query("select record_id from pending where object = 'contact'");
  return rows.map(({ record_id: id }) => id);
}

it('a contact that sales takes off the deal is looked at: the deal is no part of its stage any more', async () => {
  for (const { Id } of rolesOf(engine, cast.opportunityId)) engine.salesforce.remove('OpportunityContactRole', Id);
  engine.salesforce.edit('Opportunity', cast.opportunityId, { NextStep: 'Call' });
  await engine.poll();
  expect(await dueContacts()).toEqual([]);
  await drainRecords(engine.dependencies, 'deal', new AbortController().signal);

  expect(engine.hubspot.getAssociations({ type: 'deals', id: cast.deal }, 'contacts')).toEqual([]);
  expect(await dueContacts()).toEqual([cast.contact]);
});
