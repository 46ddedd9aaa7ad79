import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newCompany,
  newContact,
  newDeal,
  opportunitiesOf,
  opportunityOf,
  refreshFacts,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { failureOf } from '../support/people.ts';

describe('a record type without permission', () => {
  let other: Engine;
  beforeAll(async () => {
    other = await startDeals({
      'deals.yaml': { 'pipelines.field': 'RecordTypeId', 'pipelines.list.0.salesforce': 'Sales' },
    });
    other.salesforce.addRecordType('Opportunity', { developerName: 'Common', isDefault: true });
    other.salesforce.addRecordType('Opportunity', { developerName: 'Sales', isAvailable: false });
  });
  afterAll(() => other.close());

  it('is told with those that our user may use, and goes once it is granted', async () => {
    const at = newCompany(other);
    const member = newContact(other, at);
    const deal = newDeal(other, { contacts: [member], companies: [at] });
    await settle(other, { contacts: [member], deals: [deal] });
    expect(await failureOf(other, deal)).toMatchObject({ code: 'record_type_unavailable' });
    expect((await failureOf(other, deal))?.message).toContain('Common');

    other.salesforce.changeRecordType('Opportunity', 'Sales', { isAvailable: true });
    refreshFacts(other);
    await other.lookAt('deal', deal);
    expect(opportunitiesOf(other, deal)).toHaveLength(1);
    expect(await failureOf(other, deal)).toBeUndefined();
  });
});

describe('several currencies', () => {
  let other: Engine;
  beforeAll(async () => {
    other = await startDeals({}, { hubspot: { currencies: ['USD', 'CHF', 'GBP'], companyCurrency: 'EUR' } });
    other.salesforce.setCurrencies([
      { isoCode: 'EUR', isCorporate: true },
      { isoCode: 'USD', conversionRate: 1.1 },
      { isoCode: 'GBP', isActive: false, conversionRate: 0.8 },
      { isoCode: 'JPY', conversionRate: 160 },
    ]);
  });
  afterAll(() => other.close());

  it('carries what both sides have, refuses what the org has not active, both ways', async () => {
    const at = newCompany(other);
    const member = newContact(other, at);
    const ends = { contacts: [member], companies: [at] };
    const [usd, gbp] = ['USD', 'GBP'].map((deal_currency_code) => newDeal(other, ends, { deal_currency_code }));
    await settle(other, { contacts: [member], deals: [String(usd), String(gbp)] });

    expect(opportunityOf(other, String(usd))).toMatchObject({ Amount: 1000, CurrencyIsoCode: 'USD' });
    expect(await failureOf(other, String(gbp))).toMatchObject({ code: 'currency_inactive' });
    expect((await failureOf(other, String(gbp)))?.message).toContain('EUR, JPY, USD');

    await other.poll();
    other.salesforce.edit('Opportunity', String(opportunityOf(other, String(usd)).Id), {
      CurrencyIsoCode: 'JPY',
      Amount: 5,
    });
    await other.poll();
    await other.drain();
    expect(await failureOf(other, String(usd))).toMatchObject({ code: 'currency_not_carried' });
    expect(other.hubspot.getDeal(String(usd))?.properties).toMatchObject({ amount: '1000', deal_currency_code: 'USD' });
  });
});
