import { afterEach, describe, expect, it } from 'vitest';
import { accountsOf, newCompany, newContact, newDeal, opportunitiesOf, settle, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const stageOf = (company: string) => engine.hubspot.getCompany(company)?.properties.lifecyclestage;

/** A company with an Account and no deal. */
async function quietCompany(): Promise<string> {
  const company = newCompany(engine);
  await settle(engine, { contacts: [newContact(engine, company)] });
  expect(accountsOf(engine, company)).toHaveLength(1);
  expect(stageOf(company)).not.toBe('opportunity');
  return company;
}

describe('a company is told of a deal that comes to it', () => {
  it('by a merge of deals, from one that was told to nobody', async () => {
    engine = await startDeals();
    await engine.poll();
    const company = await quietCompany();
    const silent = newDeal(engine, { companies: [company] });
    await engine.lookAt('deal', silent);
    const contact = newContact(engine, null);
    const deal = newDeal(engine, { contacts: [contact] });
    await settle(engine, { contacts: [contact], deals: [deal] });
    expect(opportunitiesOf(engine, silent)).toEqual([]);
    expect(opportunitiesOf(engine, deal)).toHaveLength(1);
    engine.hubspot.mergeDeals(deal, silent);
    await engine.lookAt('deal', deal);
    expect(engine.hubspot.getPrimaryCompany('deals', deal)).toBe(company);
    expect(stageOf(company)).toBe('opportunity');
  });
});
