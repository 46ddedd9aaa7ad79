import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cast, dealOf, newDeal, opportunityOf, pairedDeal, pollAndWork, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';

const cases = [
  // The last moment of the day before, the first and the last one of 31 December, by the clock of the account; midnight of 1 July 2027.
  [
    'America/Los_Angeles',
    '2026-12-31T07:59:59Z',
    '2026-12-31T08:00:00Z',
    '2027-01-01T07:59:59Z',
    '2027-07-01T07:00:00.000Z',
  ],
  ['Europe/Vienna', '2026-12-30T22:59:59Z', '2026-12-30T23:00:00Z', '2026-12-31T22:59:59Z', '2027-06-30T22:00:00.000Z'],
  [
    'Pacific/Auckland',
    '2026-12-30T10:59:59Z',
    '2026-12-30T11:00:00Z',
    '2026-12-31T10:59:59Z',
    '2027-06-30T12:00:00.000Z',
  ],
] as const;

describe.each(cases)('close dates around midnight in %s', (timeZone, before, first, last, july) => {
  let engine: Engine;
  let cast: Cast;
  beforeAll(async () => {
    engine = await startDeals({}, { hubspot: { timeZone } });
    await engine.poll();
    cast = await pairedDeal(engine, { closedate: first });
  });
  afterAll(() => engine.close());

  it.each([
    [before, '2026-12-30'],
    [first, '2026-12-31'],
    [last, '2026-12-31'],
  ])('%s is %s, and stays so on both sides however often it is looked at', async (closedate, day) => {
    const deal = newDeal(engine, { contacts: [cast.contact], companies: [cast.company] }, { closedate });
    await engine.lookAt('deal', deal);
    expect(opportunityOf(engine, deal).CloseDate).toBe(day);
    const held = dealOf(engine, deal).closedate;
    for (let look = 0; look < 3; look += 1) {
      await engine.lookAt('deal', deal);
      await pollAndWork(engine);
    }
    expect(opportunityOf(engine, deal).CloseDate).toBe(day);
    expect(dealOf(engine, deal).closedate).toBe(held);
  });

  it('a day that sales chooses begins at midnight of the account, and does not move again', async () => {
    engine.salesforce.edit('Opportunity', cast.opportunityId, { CloseDate: '2027-07-01' });
    await pollAndWork(engine);
    expect(dealOf(engine, cast.deal).closedate).toBe(july);
    for (let look = 0; look < 3; look += 1) {
      await engine.lookAt('deal', cast.deal);
      await pollAndWork(engine);
    }
    expect(dealOf(engine, cast.deal).closedate).toBe(july);
    expect(engine.salesforce.get('Opportunity', cast.opportunityId)?.CloseDate).toBe('2027-07-01');
  });

  it('another hour of the same day is no change for sales', async () => {
    engine.hubspot.editDeal(cast.deal, { closedate: last });
    await engine.lookAt('deal', cast.deal);
    const stamp = engine.salesforce.get('Opportunity', cast.opportunityId)?.SystemModstamp;
    engine.hubspot.editDeal(cast.deal, { closedate: first });
    await engine.lookAt('deal', cast.deal);
    expect(engine.salesforce.get('Opportunity', cast.opportunityId)).toMatchObject({
      CloseDate: '2026-12-31',
      SystemModstamp: stamp,
    });
    expect(dealOf(engine, cast.deal).closedate).toBe(new Date(first).toISOString());
  });
});
