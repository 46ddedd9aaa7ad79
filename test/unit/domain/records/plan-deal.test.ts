import { describe, expect, it } from 'vitest';
import { planDeal } from '../../../../src/domain/records/plan-deal.ts';
import type { DealInput } from '../../../../src/domain/records/types.ts';
import {
  accountId,
  agreeingFields,
  associated,
  codes,
  contactOf,
  deal,
  dealFacts,
  dealMapping,
  deskUser,
  opportunityId,
  pairWith,
  salesforceRecord,
  sent,
} from './given.ts';

const opportunity = (values: Parameters<typeof salesforceRecord>[3] = {}) =>
  salesforceRecord('Opportunity', opportunityId, agreeingFields, { externalId: '701', ...values });

const multiCurrency = { ...dealFacts, orgCurrencies: new Set(['EUR', 'USD']) };
const contacts = (...all: ReturnType<typeof contactOf>[]) => new Map(all.map((each) => [each.contactId, each]));

describe('an Opportunity is created for a deal', () => {
  it('with pipeline, stage, day, exact amount, Account, owner and role', () => {
    const plan = planDeal(deal());

    expect(plan).toMatchObject({ outcome: 'create', linkBack: true, problem: null, waitsFor: [], dealState: 'open' });
    expect(sent(plan)).toStrictEqual({
      HubSpot_Deal_Id__c: '701',
      RecordTypeId: '012000000000001AAA',
      StageName: 'Qualification',
      CloseDate: '2026-12-31',
      Amount: '1234.5',
      Name: 'Big one',
      AccountId: accountId,
      'roles/1': '*',
      OwnerId: deskUser,
    });
  });

  it('without Account where the deal has no company', () => {
    const plan = planDeal(
      deal({ company: { id: null, state: 'none', accountId: null, companyId: null, handedOver: true } }),
    );

    expect(plan.outcome).toBe('create');
    expect(sent(plan)).not.toHaveProperty('AccountId');
    expect(codes(plan)).toContain('no_company');
  });

  it('for a person that is still a Lead, without a role, which comes with the conversion', () => {
    const plan = planDeal(deal({ contacts: contacts(contactOf('1', 'Lead')) }));

    expect(plan.outcome).toBe('create');
    expect(sent(plan)).toMatchObject({ AccountId: accountId });
    expect(sent(plan)).not.toHaveProperty('roles/1');
    expect(plan.waitsFor).toStrictEqual([{ object: 'contact', recordId: '1' }]);
    expect(codes(plan)).toContain('role_waits_for_conversion');
  });

  it('with twenty contacts, each in a role', () => {
    const ids = Array.from({ length: 20 }, (_, at) => String(at + 1));
    const plan = planDeal(
      deal({ associations: ids.map((id) => associated(id)), contacts: contacts(...ids.map((id) => contactOf(id))) }),
    );

    expect(Object.keys(sent(plan)).filter((name) => name.startsWith('roles/'))).toHaveLength(20);
  });

  it('with roles for those who have passed the gate alone', () => {
    const plan = planDeal(
      deal({
        associations: [associated('1'), associated('2')],
        contacts: contacts(contactOf('1'), contactOf('2', 'below')),
      }),
    );

    expect(sent(plan)).toMatchObject({ 'roles/1': '*' });
    expect(sent(plan)).not.toHaveProperty('roles/2');
    expect(codes(plan)).toContain('role_below_gate');
    expect(plan.waitsFor).toStrictEqual([{ object: 'contact', recordId: '2' }]);
  });
});

describe('a deal waits', () => {
  const coming = { id: '501', state: 'coming', accountId: null, companyId: null, handedOver: true } as const;
  it.each([
    ['without contact', { associations: [] }, ['deal_without_contact'], []],
    [
      'while all its contacts are below the gate',
      { associations: [associated('1'), associated('2')], contacts: contacts(contactOf('1', 'below')) },
      ['contact_below_gate'],
      ['contact/1', 'contact/2'],
    ],
    ['for its company', { company: coming }, ['company_coming'], ['company/501']],
    [
      'while its company is refused',
      { company: { ...coming, state: 'refused' } },
      ['company_refused'],
      ['company/501'],
    ],
    [
      'for the first of its contacts to be in Salesforce',
      { contacts: contacts(contactOf('1', 'nobody')) },
      ['contact_coming'],
      ['contact/1'],
    ],
    [
      'for its company and its contact',
      { company: coming, contacts: contacts(contactOf('1', 'nobody')) },
      ['company_coming', 'contact_coming'],
      ['company/501', 'contact/1'],
    ],
  ] as const)('%s', (_case, values, reasons, waits) => {
    const plan = planDeal(deal(values as Partial<DealInput>));

    expect(plan).toMatchObject({ outcome: 'waiting', write: null, changes: [], problem: null, dealState: null });
    expect(codes(plan)).toStrictEqual(reasons);
    expect(plan.waitsFor.map(({ object, recordId }) => `${object}/${recordId}`)).toStrictEqual(waits);
  });

  it('and wants the company that it waits for', () => {
    expect(planDeal(deal({ company: coming })).wants).toStrictEqual([{ object: 'company', recordId: '501' }]);
  });

  it('and says which contacts are below the gate, by id', () => {
    expect(planDeal(deal({ contacts: contacts(contactOf('1', 'below')) })).reasons[0]?.text).toContain('(1)');
  });
});

describe('a deal is left alone', () => {
  const pair = pairWith({ object: 'Opportunity', id: opportunityId });
  it.each([
    ['in an ignored pipeline', { pipeline: '99', dealstage: '991' }],
    ['in an ignored stage', { dealstage: 'parked' }],
  ])('%s', (_case, properties) => {
    expect(planDeal(deal({}, properties))).toMatchObject({ outcome: 'not_wanted', counterpart: null, write: null });
    expect(planDeal(deal({ pair, matches: { byId: [opportunity()] } }, properties))).toMatchObject({
      outcome: 'not_wanted',
      counterpart: { id: opportunityId },
      write: null,
      changes: [],
      dealState: 'open',
    });
  });

  it.each([
    ['StageName', { StageName: 'Frozen' }],
    ['record type', { RecordTypeId: '012000000000003AAA' }],
  ])('whose Opportunity has an ignored %s', (_case, fields) => {
    const byId = [salesforceRecord('Opportunity', opportunityId, { ...agreeingFields, ...fields })];

    expect(planDeal(deal({ pair, matches: { byId } }))).toMatchObject({
      outcome: 'not_wanted',
      write: null,
      changes: [],
    });
  });

  it('where the mapping creates none', () => {
    const plan = planDeal(deal({ mapping: { ...dealMapping, createInSalesforce: 'never' } }));

    expect(plan.outcome).toBe('not_wanted');
    expect(codes(plan)).toStrictEqual(['create_off']);
  });
});

describe('what Salesforce could not hold is a failure that says what, where and what to do', () => {
  it.each([
    ['an amount that is not a number', { amount: '12,50 EUR' }, 'amount_invalid', []],
    ['an amount of seventeen digits', { amount: '12345678901234567' }, 'amount_too_large', ['16']],
    ['an amount with an exponent', { amount: '1e40' }, 'amount_too_large', ['16']],
    ['an amount of three decimals', { amount: '0.005' }, 'amount_too_precise', ['2']],
    ['a currency that the org does not have', { deal_currency_code: 'USD' }, 'currency_not_carried', ['USD', 'EUR']],
    ['a missing close date', { closedate: null }, 'close_date_missing', ['close_date_days']],
    ['a close date that is none', { closedate: 'soon' }, 'close_date_invalid', []],
    [
      'a stage outside its pipeline',
      { dealstage: '771' },
      'deal_stage_unknown',
      ['771', 'default (Sales)', 'demo (Demo booked)'],
    ],
    [
      'a stage that the mapping does not know',
      { dealstage: 'new' },
      'deal_stage_unknown',
      ['new (Brand new)', 'demo, trial'],
    ],
    [
      'a pipeline that the mapping does not know',
      { pipeline: '55', dealstage: '551' },
      'deal_stage_unknown',
      ['55 (Projects)', 'default, 77'],
    ],
    [
      'a pipeline that was deleted in HubSpot',
      { pipeline: '404', dealstage: '4041' },
      'deal_stage_unknown',
      ['404', 'no longer exists'],
    ],
    ['no stage at all', { dealstage: null }, 'deal_stage_unknown', []],
    ['no name', { dealname: null }, 'required_missing', ['Name']],
    ['an inactive owner without a fallback', { hubspot_owner_id: '12' }, 'owner_unmapped', ['12']],
    ['no owner and no fallback', {}, 'owner_missing', []],
  ] as const)('%s', (_case, properties, code, words) => {
    const isOwner = code.startsWith('owner');
    const owner = { ...dealMapping.owner, fallbackEmail: isOwner ? null : 'desk@example.com' };
    const plan = planDeal(deal({ mapping: { ...dealMapping, owner } }, properties));

    expect(plan).toMatchObject({ outcome: 'needs_person', write: null, problem: { code } });
    const told = `${plan.problem?.message} ${plan.problem?.advice}`;
    expect(words.filter((word) => !told.includes(word))).toStrictEqual([]);
    expect(plan.problem?.advice).not.toBe('');
    if ('amount' in properties) expect(told).not.toContain(properties.amount);
  });

  it.each([
    ['a currency that is not active', multiCurrency, { deal_currency_code: 'CHF' }, 'currency_inactive'],
    [
      'a record type that our user may not use',
      { ...dealFacts, recordTypes: new Map([['Renewal', '012000000000002AAA']]) },
      {},
      'record_type_unavailable',
    ],
    [
      'a stage that is not active in Salesforce',
      { ...dealFacts, stages: new Map([['Qualification', { isActive: false, isClosed: false, isWon: false }]]) },
      {},
      'deal_stage_unknown',
    ],
  ])('%s', (_case, facts, properties, code) => {
    expect(planDeal(deal({ facts }, properties))).toMatchObject({ outcome: 'needs_person', problem: { code } });
  });

  it.each([
    ['a negative amount', { amount: '-99.90' }, { Amount: '-99.9' }],
    ['the largest amount', { amount: '9999999999999999.99' }, { Amount: '9999999999999999.99' }],
    ['a large amount as HubSpot writes it', { amount: '1.234567890123456E15' }, { Amount: '1234567890123456' }],
    ['a currency code in lower case', { deal_currency_code: 'eur' }, { Amount: '1234.5' }],
  ])('%s is no failure', (_case, properties, fields) => {
    expect(sent(planDeal(deal({}, properties)))).toMatchObject(fields);
  });

  it('an empty amount stays empty', () => {
    const plan = planDeal(deal({}, { amount: '' }));

    expect(plan.outcome).toBe('create');
    expect(sent(plan)).not.toHaveProperty('Amount');
    expect(plan.blanks).toContainEqual({ property: 'amount', field: 'Amount' });
  });

  it('digits and decimals are those of the field where the org tells them', () => {
    const facts = { type: 'number', maxLength: null, valuesByLabel: new Map(), precision: 10, scale: 4 } as const;
    const fieldFacts: DealInput['fieldFacts'] = (_object, field) => (field === 'Amount' ? facts : undefined);

    expect(sent(planDeal(deal({ fieldFacts }, { amount: '123456.0005' })))).toMatchObject({ Amount: '123456.0005' });
    expect(planDeal(deal({ fieldFacts }, { amount: '1234567' })).problem?.code).toBe('amount_too_large');
  });

  it('the currency goes with the amount where the org has several', () => {
    const home = planDeal(deal({ facts: multiCurrency }));
    const foreign = planDeal(deal({ facts: multiCurrency }, { deal_currency_code: 'USD' }));

    expect(sent(home)).toMatchObject({ CurrencyIsoCode: 'EUR' });
    expect(sent(foreign)).toMatchObject({ CurrencyIsoCode: 'USD' });
  });

  it('the one currency of the org is what the mapping says', () => {
    const plan = planDeal(deal({ mapping: { ...dealMapping, orgCurrency: 'USD' } }, { deal_currency_code: 'USD' }));

    expect(sent(plan)).toMatchObject({ Amount: '1234.5' });
  });

  it('a missing close date is the day that the mapping names, counted in the account’s zone', () => {
    const now = Date.parse('2026-12-30T23:30:00Z');
    const plan = planDeal(deal({ now, mapping: { ...dealMapping, closeDateDays: 30 } }, { closedate: null }));

    expect(sent(plan)).toMatchObject({ CloseDate: '2027-01-30' });
  });
});

describe('which Opportunity a deal is', () => {
  it.each([
    ['ledger', { pair: pairWith({ object: 'Opportunity', id: opportunityId }), matches: { byId: [opportunity()] } }],
    ['external id', { matches: { byExternalId: [opportunity()] } }],
    ['former id', { pair: pairWith(null, { formerPersonIds: [opportunityId] }), matches: { byId: [opportunity()] } }],
  ])('by %s', (_memory, values) => {
    expect(planDeal(deal(values)).counterpart?.id).toBe(opportunityId);
  });

  it('by our id property', () => {
    const plan = planDeal(
      deal({ matches: { byId: [opportunity({ externalId: null })] } }, { salesforce_opportunity_id: opportunityId }),
    );

    expect(plan.outcome).toBe('link');
    expect(sent(plan)).toMatchObject({ HubSpot_Deal_Id__c: '701' });
  });

  it.each([
    [
      'two carry its id',
      { byExternalId: [opportunity(), { ...opportunity(), id: '006000000000009AAA' }] },
      'several_opportunities',
    ],
    ['it is that of another deal', { byId: [opportunity({ externalId: '999' })] }, 'opportunity_taken'],
    ['it is out of sight', {}, 'opportunity_deleted'],
  ])('a person decides where %s', (_case, matches, code) => {
    const plan = planDeal(deal({ matches }, { salesforce_opportunity_id: opportunityId }));

    expect(plan).toMatchObject({ outcome: 'needs_person', write: null, problem: { code } });
  });

  it('none any more once it was deleted', () => {
    const pair = pairWith({ object: 'Opportunity', id: opportunityId });
    const plan = planDeal(deal({ pair, matches: { byId: [opportunity({ isDeleted: true })] } }));

    expect(plan).toMatchObject({ outcome: 'unlinked', tombstone: 'person_deleted', dealState: null });
    expect(plan.problem?.code).toBe('opportunity_deleted');
  });
});
