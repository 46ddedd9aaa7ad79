import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cast, newDeal, opportunitiesOf, pairedDeal, pollAndWork, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';

const count = 200;

let engine: Engine;
let deals: string[];
beforeAll(async () => {
  engine = await startDeals();
  await engine.poll();
  const casts: Cast[] = [await pairedDeal(engine), await pairedDeal(engine)];
  deals = Array.from({ length: count }, (_, index) => {
    const { contact = '', company = '' } = casts[index % 2] ?? {};
    return newDeal(engine, { contacts: [contact], companies: [company] });
  });
  // Facts and descriptions are read by now, and kept.
  await pollAndWork(engine);
}, 60_000);
afterAll(() => engine.close());

/** Calls of both CRMs while something is done. */
async function callsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  engine.hubspot.resetCounters();
  engine.salesforce.resetRequests();
  await work();
  return { ...engine.hubspot.countByPattern(), salesforce: engine.salesforce.countedCalls() };
}

const sum = (calls: Record<string, number>) => Object.values(calls).reduce((all, each) => all + each, 0);

describe(`${count} deals of two companies`, () => {
  it('become Opportunities with roles in few calls', async () => {
    const calls = await callsOf(() => engine.lookAt('deal', ...deals));
    expect(deals.every((deal) => opportunitiesOf(engine, deal).length === 1)).toBe(true);
    expect(engine.salesforce.all('OpportunityContactRole')).toHaveLength(count + 2);
    // Two reads, two associations, two updates; one look and one write in Salesforce; then the contact and the company that follow.
    expect(sum(calls), JSON.stringify(calls)).toBeLessThanOrEqual(14);
  });

  it('cost a round of polling nothing else, as our own writes are no news', async () => {
    const calls = await callsOf(() => pollAndWork(engine));
    expect(calls, JSON.stringify(calls)).toEqual({ salesforce: 1 });
  });

  it('are looked at again in reads alone', async () => {
    const calls = await callsOf(() => engine.lookAt('deal', ...deals));
    // Two reads, two associations; one look in Salesforce.
    expect(sum(calls), JSON.stringify(calls)).toBeLessThanOrEqual(5);
  });

  it('come back from Salesforce in few calls', async () => {
    for (const { Id } of engine.salesforce.all('Opportunity')) {
      engine.salesforce.edit('Opportunity', Id, { Amount: 77, StageName: 'Proposal/Price Quote' });
    }
    const calls = await callsOf(() => pollAndWork(engine));
    expect(deals.every((deal) => engine.hubspot.getDeal(deal)?.properties.amount === '77')).toBe(true);
    // The poll; then two or three reads, as many updates, associations and one look.
    expect(sum(calls), JSON.stringify(calls)).toBeLessThanOrEqual(14);
    const again = await callsOf(() => pollAndWork(engine));
    expect(again, JSON.stringify(again)).toEqual({ salesforce: 1 });
  });
});
