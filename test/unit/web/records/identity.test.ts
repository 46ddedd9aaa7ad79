import { describe, expect, it } from 'vitest';
import {
  companyIdentity,
  contactIdentity,
  dealIdentity,
  moneyText,
} from '../../../../web/src/pages/records/identity.ts';

function fields(values: Record<string, unknown>) {
  return Object.entries(values).map(([name, value]) => ({
    hubspot: { name, value, changedAt: null, changedBy: null, changeOf: null },
  }));
}

describe('how a record is called on its page', () => {
  it.each([
    { held: { firstname: 'Ada', lastname: 'Brook', email: 'a@b.example' }, title: 'Ada Brook', detail: 'a@b.example' },
    { held: { firstname: ' ', lastname: 'Brook', email: null }, title: 'Brook', detail: null },
    { held: { email: 'a@b.example' }, title: 'a@b.example', detail: null },
    { held: {}, title: 'Contact 17', detail: null },
    { held: { firstname: '<script>' }, title: '<script>', detail: null },
  ])('a contact with $held: $title', ({ held, title, detail }) => {
    expect(contactIdentity('17', fields(held))).toEqual({ title, detail });
  });

  it('a company by its name, else its domain, else its id', () => {
    expect(companyIdentity('17', fields({ name: 'Acme', domain: 'acme.example' }))).toEqual({
      title: 'Acme',
      detail: 'acme.example',
    });
    expect(companyIdentity('17', fields({ domain: 'acme.example' }))).toEqual({ title: 'acme.example', detail: null });
    expect(companyIdentity('17', []).title).toBe('Company 17');
  });

  it('a deal by its name, with its amount and currency', () => {
    const held = { dealname: 'Rollout', amount: '48250.55', deal_currency_code: 'USD' };

    expect(dealIdentity('17', fields(held))).toEqual({ title: 'Rollout', detail: 'USD 48,250.55' });
    expect(dealIdentity('17', [])).toEqual({ title: 'Deal 17', detail: null });
  });
});

describe('money', () => {
  it.each([
    { amount: '48250.55', currency: 'USD', text: 'USD 48,250.55' },
    { amount: 7800.4, currency: 'EUR', text: 'EUR 7,800.40' },
    { amount: '-1000', currency: null, text: '-1,000' },
    { amount: '999', currency: 'USD', text: 'USD 999' },
    { amount: '0.1234567', currency: 'USD', text: 'USD 0.1234567' },
    { amount: '12345678901234567890.01', currency: 'USD', text: 'USD 12,345,678,901,234,567,890.01' },
    { amount: 'a lot', currency: 'USD', text: 'a lot' },
  ])('$amount $currency is $text, to the digit', ({ amount, currency, text }) => {
    expect(moneyText(amount, currency)).toBe(text);
  });
});
