import { describe, expect, it } from 'vitest';
import type { Base } from '../../../../src/domain/plan/types.ts';
import type { FieldValue } from '../../../../src/domain/record.ts';
import { planDeal } from '../../../../src/domain/records/plan-deal.ts';
import type { DealInput } from '../../../../src/domain/records/types.ts';
import {
  accountId,
  agreeingFields,
  codes,
  contactOf,
  deal,
  dealFacts,
  dealMapping,
  mappedField,
  opportunityId,
  otherAccountId,
  pairWith,
  personIdOf,
  salesforceRecord,
  sent,
  sentBack,
} from './given.ts';

const base: Base = {
  hubspot: {
    dealname: 'Big one',
    dealtype: null,
    pipeline: 'default',
    dealstage: 'demo',
    closedate: '2026-12-31T11:00:00Z',
    amount: '1234.50',
    hs_primary_associated_company: '501',
    'contacts/1': '*',
    'contacts/primary': null,
  },
  salesforce: {
    Name: 'Big one',
    Type: null,
    RecordTypeId: '012000000000001AAA',
    StageName: 'Qualification',
    CloseDate: '2026-12-31',
    Amount: '1234.5',
    AccountId: accountId,
    'roles/1': '*',
    'roles/primary': null,
  },
};

type Edit = Record<string, FieldValue>;

/** A pair that agreed, and what was edited on either side since. */
function edited(
  inHubSpot: Record<string, string | null>,
  inSalesforce: Edit = {},
  values: Partial<DealInput> = {},
): DealInput {
  const fields = { ...agreeingFields, ...inSalesforce };
  const roles = [{ id: '00K1', contactId: personIdOf('1'), role: null, isPrimary: false }];
  const found = salesforceRecord('Opportunity', opportunityId, fields, { externalId: '701', roles });
  const pair = pairWith({ object: 'Opportunity', id: opportunityId }, { base });
  const { matches: _none, ...others } = values;
  return deal(
    { pair, ...others, matches: { byId: [found] } },
    { salesforce_opportunity_id: opportunityId, ...inHubSpot },
  );
}

describe('a pair that agrees', () => {
  it('is left as it is', () => {
    const plan = planDeal(edited({}));

    expect(plan).toMatchObject({
      outcome: 'unchanged',
      write: null,
      changes: [],
      // Nobody stands for the owner: what Salesforce holds was seen, and is no agreement.
      agreed: { hubspot: {}, salesforce: { OwnerId: '005000000000001AAA' } },
      problem: null,
      waitsFor: [],
    });
    expect(plan.dealState).toBe('open');
  });

  it.each([
    ['the amount is written with other zeros', { amount: '1234.500' }, { Amount: 1234.5 }],
    ['the close date is another hour of the same day', { closedate: '2026-12-31T22:59:00Z' }, {}],
    ['two stages stand for the same one', { dealstage: 'trial' }, {}],
    ['another StageName leads back to the stage', { dealstage: 'offer' }, { StageName: 'Negotiation' }],
  ])('also where %s', (_case, inHubSpot, inSalesforce) => {
    const plan = planDeal(edited(inHubSpot, inSalesforce));

    expect(plan).toMatchObject({ outcome: 'unchanged', write: null, changes: [], problem: null });
  });

  it('is kept in step also when no contact of it passes the gate any more, which is told', () => {
    const contacts = new Map([['1', contactOf('1', 'below')]]);
    const plan = planDeal(edited({ amount: '2' }, {}, { contacts }));

    expect(sent(plan)).toStrictEqual({ Amount: '2' });
    expect(codes(plan)).toContain('nobody_passed_now');
  });
});

describe('a deal that is linked while nobody has passed the gate', () => {
  const onlyLinked = pairWith({ object: 'Opportunity', id: opportunityId }, { base, handedOverAtMs: null });
  const below = new Map([['1', contactOf('1', 'below')]]);

  it.each([
    ['when it is linked', null],
    ['whatever is edited in HubSpot then', onlyLinked],
  ])('sends no field and no role to Salesforce, %s', (_case, pair) => {
    const given = edited({ amount: '2', dealname: 'New' }, {}, { contacts: below, pair });
    const [found] = given.matches.byId;
    const plan = planDeal({
      ...given,
      matches: { ...given.matches, byId: found === undefined ? [] : [{ ...found, externalId: null }] },
    });

    expect(sent(plan)).toStrictEqual({ HubSpot_Deal_Id__c: '701' });
    expect(plan).toMatchObject({ handsOver: false, problem: null });
    expect(plan.waitsFor).toContainEqual({ object: 'contact', recordId: '1' });
    expect(codes(plan)).toContain('linked_below_gate');
  });

  it('takes what Salesforce says, and has no problem with what it does not send', () => {
    const given = edited(
      { closedate: 'nonsense', amount: '1.234.567' },
      { Name: 'Of sales' },
      { contacts: below, pair: onlyLinked },
    );

    expect(sentBack(planDeal(given))).toStrictEqual({ dealname: 'Of sales' });
    expect(planDeal(given).problem).toBeNull();
  });

  it('is handed over with all that was edited since as soon as somebody has', () => {
    const plan = planDeal(edited({ amount: '2' }, {}, { pair: onlyLinked }));

    expect(plan.handsOver).toBe(true);
    expect(sent(plan)).toStrictEqual({ Amount: '2' });
  });

  it.each([
    [true, { Amount: '2' }],
    [false, {}],
  ])('and has no contact at all sends where its company is handed over: %s', (handedOver, expected) => {
    const company = { id: '501', state: 'paired', accountId, companyId: '501', handedOver } as const;
    const values = { pair: onlyLinked, company, associations: [], contacts: new Map(), contactOfPerson: new Map() };
    const given = edited({ amount: '2' }, {}, values);
    const byId = given.matches.byId.map((each) => ({ ...each, roles: [] }));
    const plan = planDeal({ ...given, matches: { ...given.matches, byId } });

    expect(sent(plan)).toStrictEqual(expected);
    if (!handedOver) expect(plan.waitsFor).toStrictEqual([{ object: 'company', recordId: '501' }]);
  });
});

describe('a role that has gone with its Contact', () => {
  it.each([
    ['the pair has ended', { ...contactOf('1'), person: null }, undefined],
    ['sales took it away', contactOf('1'), null],
  ])('takes the contact off the deal only where its Contact is there: %s', (_case, contact, expected) => {
    const given = edited({}, {}, { contacts: new Map([['1', contact]]), contactOfPerson: new Map() });
    const byId = given.matches.byId.map((each) => ({ ...each, roles: [] }));

    expect(sentBack(planDeal({ ...given, matches: { ...given.matches, byId } }))['contacts/1']).toBe(expected);
  });
});

describe('the stage goes both ways', () => {
  it.each([
    ['an open stage', { dealstage: 'offer' }, { StageName: 'Proposal' }, 'open'],
    [
      'closed won with its date',
      { dealstage: 'won', closedate: '2026-11-22T09:30:00Z' },
      { StageName: 'Closed Won', CloseDate: '2026-11-22' },
      'won',
    ],
    ['closed lost', { dealstage: 'lost' }, { StageName: 'Closed Lost' }, 'lost'],
    [
      'another pipeline',
      { pipeline: '77', dealstage: '772' },
      { RecordTypeId: '012000000000002AAA', StageName: 'Closed Won' },
      'won',
    ],
    [
      'another pipeline with the same StageName',
      { pipeline: '77', dealstage: '771' },
      { RecordTypeId: '012000000000002AAA' },
      'open',
    ],
  ])('to Salesforce: %s', (_case, inHubSpot, expected, state) => {
    const plan = planDeal(edited(inHubSpot));

    expect(sent(plan)).toStrictEqual(expected);
    expect(plan.changes).toStrictEqual([]);
    expect(plan.dealState).toBe(state);
  });

  const closed = { IsClosed: true, IsWon: false };
  it.each([
    ['an open stage', { StageName: 'Proposal' }, { dealstage: 'offer' }],
    ['one that only the way back knows', { StageName: 'Negotiation' }, { dealstage: 'offer' }],
    [
      'closed lost goes with the close date that HubSpot has, or HubSpot would set its own',
      { StageName: 'Closed Lost', ...closed },
      { dealstage: 'lost', closedate: '2026-12-31T11:00:00Z' },
    ],
    [
      'closed lost with another date, from the start of that day',
      { StageName: 'Closed Lost', CloseDate: '2026-07-01', ...closed },
      { dealstage: 'lost', closedate: '2026-06-30T22:00:00Z' },
    ],
    [
      'another record type with the same StageName takes the stage with it',
      { RecordTypeId: '012000000000002AAA' },
      { pipeline: '77', dealstage: '771' },
    ],
  ])('to HubSpot: %s', (_case, inSalesforce, expected) => {
    const plan = planDeal(edited({}, inSalesforce));

    expect(sentBack(plan)).toStrictEqual(expected);
    expect(plan.write).toBeNull();
  });

  it('to HubSpot: reopened', () => {
    const lost = {
      ...base,
      hubspot: { ...base.hubspot, dealstage: 'lost' },
      salesforce: { ...base.salesforce, StageName: 'Closed Lost' },
    };
    const given = edited({ dealstage: 'lost' });
    const plan = planDeal({ ...given, pair: pairWith({ object: 'Opportunity', id: opportunityId }, { base: lost }) });

    expect(sentBack(plan)).toStrictEqual({ dealstage: 'demo', closedate: '2026-12-31T11:00:00Z' });
    expect(plan.dealState).toBe('open');
  });

  it('stage and date are one unit: who moved either last decides both', () => {
    const histories = {
      hubspot: { dealstage: [{ value: 'offer', atMs: 1, by: 'x' }] },
      salesforce: { CloseDate: [{ value: '2026-07-01', atMs: 2_000, by: 'y' }] },
    };
    const plan = planDeal(edited({ dealstage: 'offer' }, { CloseDate: '2026-07-01' }, { histories }));

    expect(sentBack(plan)).toStrictEqual({ dealstage: 'demo', closedate: '2026-06-30T22:00:00Z' });
    expect(plan.write).toBeNull();
  });

  it('one process in Salesforce: the deal stays in its pipeline, unless that does not know the stage', () => {
    const pipelines = { ...dealMapping.pipelines, field: null };
    const one = { mapping: { ...dealMapping, pipelines } };
    const known = planDeal(edited({ pipeline: '77', dealstage: '771' }, { StageName: 'Closed Won' }, one));
    const unknown = planDeal(edited({ pipeline: '77', dealstage: '771' }, { StageName: 'Proposal' }, one));

    expect(known.write).toBeNull();
    expect(sentBack(unknown)).toMatchObject({ dealstage: 'offer', pipeline: 'default' });
  });

  it.each([
    ['a StageName that the mapping does not know', {}, { StageName: 'Odd', CloseDate: '2026-07-01' }, 'Odd'],
    ['a stage that the mapping does not know', { dealstage: 'new', closedate: '2027-01-01T11:00:00Z' }, {}, 'new'],
    ['a record type that no pipeline stands for', {}, { RecordTypeId: '012000000000009AAA' }, '012000000000009AAA'],
  ])('%s is a failure, and neither side is half moved', (_case, inHubSpot, inSalesforce, word) => {
    const plan = planDeal(edited(inHubSpot, inSalesforce));

    expect(plan.problem?.code).toBe('deal_stage_unknown');
    expect(plan.problem?.message).toContain(word);
    expect(plan.write).toBeNull();
    expect(plan.changes).toStrictEqual([]);
  });

  it('a pipeline that was deleted in HubSpot is told, and all else goes on', () => {
    const { default: _gone, ...rest } = Object.fromEntries(dealFacts.pipelines);
    const facts = { ...dealFacts, pipelines: new Map(Object.entries(rest)) };
    const plan = planDeal(edited({ dealname: 'Bigger one' }, {}, { facts }));

    expect(sent(plan)).toStrictEqual({ Name: 'Bigger one' });
    expect(plan.problem).toMatchObject({ code: 'deal_stage_unknown' });
    expect(plan.problem?.message).toContain('no longer exists');
  });

  it('a stage that Salesforce has made inactive is left where both hold it', () => {
    const stages = new Map([
      ...dealFacts.stages,
      ['Qualification', { isActive: false, isClosed: false, isWon: false }],
    ]);
    const plan = planDeal(edited({ dealstage: 'trial' }, {}, { facts: { ...dealFacts, stages } }));

    expect(plan).toMatchObject({ outcome: 'unchanged', problem: null });
  });

  it('a pipeline that Salesforce does not tell apart leaves the record type as it is', () => {
    const plain = { hubspot: '55', salesforce: null, stages: new Map([['551', 'Proposal']]), stagesBack: new Map() };
    const pipelines = { ...dealMapping.pipelines, list: [...dealMapping.pipelines.list, plain] };
    const mapping = { ...dealMapping, pipelines };

    expect(sent(planDeal(edited({ pipeline: '55', dealstage: '551' }, {}, { mapping })))).toStrictEqual({
      StageName: 'Proposal',
    });
  });

  it('a close date that is emptied in HubSpot stays in Salesforce, which requires one', () => {
    const plan = planDeal(edited({ closedate: null }));

    expect(plan.write).toBeNull();
    expect(codes(plan)).toContain('required_not_cleared');
  });

  it('a probability that HubSpot owns goes with the stage, which would reset it', () => {
    const fields = [...dealMapping.fields, mappedField('Opportunity', 'odds', 'Probability', 'hubspot')];
    const mapping = { ...dealMapping, fields };
    const moved = planDeal(edited({ dealstage: 'offer', odds: '40' }, { Probability: 40 }, { mapping }));
    const still = planDeal(edited({ odds: '40' }, { Probability: 40 }, { mapping }));

    expect(sent(moved)).toStrictEqual({ StageName: 'Proposal', Probability: '40' });
    expect(still.write).toBeNull();
  });
});

describe('money goes both ways, to the digit', () => {
  it.each([
    ['to Salesforce', { amount: '9999999999999999.99' }, {}, { Amount: '9999999999999999.99' }, {}],
    ['to HubSpot', {}, { Amount: '9999999999999999.99' }, {}, { amount: '9999999999999999.99' }],
    ['emptied in HubSpot', { amount: null }, {}, { Amount: null }, {}],
    ['emptied in Salesforce', {}, { Amount: null }, {}, { amount: null }],
    ['negative', {}, { Amount: '-0.1' }, {}, { amount: '-0.1' }],
  ])('%s', (_case, inHubSpot, inSalesforce, there, back) => {
    const plan = planDeal(edited(inHubSpot, inSalesforce));

    expect(sent(plan)).toStrictEqual(there);
    expect(sentBack(plan)).toStrictEqual(back);
  });

  it('amount and currency go together', () => {
    const facts = { ...dealFacts, orgCurrencies: new Set(['EUR', 'USD']) };
    const given = edited({}, { CurrencyIsoCode: 'USD', Amount: '900' }, { facts });
    const both = {
      hubspot: { ...base.hubspot, deal_currency_code: null },
      salesforce: { ...base.salesforce, CurrencyIsoCode: 'EUR' },
    };
    const plan = planDeal({ ...given, pair: pairWith({ object: 'Opportunity', id: opportunityId }, { base: both }) });

    expect(sentBack(plan)).toStrictEqual({ amount: '900', deal_currency_code: 'USD' });
  });

  it('a currency that HubSpot does not know is a failure, and the amount stays with it', () => {
    const facts = { ...dealFacts, orgCurrencies: new Set(['EUR', 'CHF']) };
    const given = edited({}, { CurrencyIsoCode: 'CHF', Amount: '900' }, { facts });
    const both = {
      hubspot: { ...base.hubspot, deal_currency_code: null },
      salesforce: { ...base.salesforce, CurrencyIsoCode: 'EUR' },
    };
    const plan = planDeal({ ...given, pair: pairWith({ object: 'Opportunity', id: opportunityId }, { base: both }) });

    expect(plan.changes).toStrictEqual([]);
    expect(plan.problem).toMatchObject({ code: 'currency_not_carried', fields: ['CurrencyIsoCode'] });
  });

  it('a deal that is moved to a currency that the org lacks is a failure, and no amount changes hands', () => {
    const moved = planDeal(edited({ deal_currency_code: 'USD', dealname: 'Bigger one' }));
    const answered = planDeal(edited({ deal_currency_code: 'USD' }, { Amount: '900' }));

    expect(sent(moved)).toStrictEqual({ Name: 'Bigger one' });
    expect(moved.problem?.code).toBe('currency_not_carried');
    expect(answered.changes).toStrictEqual([]);
    expect(answered.problem?.code).toBe('currency_not_carried');
  });

  it('a blank amount is filled at the link although the currency is not blank', () => {
    const facts = { ...dealFacts, orgCurrencies: new Set(['EUR']) };
    const given = edited({ amount: null }, { CurrencyIsoCode: 'EUR' }, { facts });

    expect(sentBack(planDeal({ ...given, pair: null }))).toMatchObject({ amount: '1234.5' });
  });
});

describe('the Account goes both ways', () => {
  const company = {
    id: '502',
    state: 'paired',
    accountId: otherAccountId,
    companyId: '501',
    handedOver: true,
  } as const;

  it('to Salesforce when the primary company changes', () => {
    expect(sent(planDeal(edited({}, {}, { company })))).toStrictEqual({ AccountId: otherAccountId });
  });

  it('to HubSpot when the Account changes', () => {
    const other = { id: '501', state: 'paired', accountId, companyId: '502', handedOver: true } as const;
    const plan = planDeal(edited({}, { AccountId: otherAccountId }, { company: other }));

    expect(sentBack(plan)).toStrictEqual({ hs_primary_associated_company: '502' });
  });

  it('and waits for what is not paired yet', () => {
    const coming = planDeal(edited({}, {}, { company: { ...company, state: 'coming', accountId: null } }));
    const strange = { id: '501', state: 'paired', accountId, companyId: null, handedOver: true } as const;
    const unknown = planDeal(edited({}, { AccountId: otherAccountId }, { company: strange }));

    expect(coming).toMatchObject({ write: null, waitsFor: [{ object: 'company', recordId: '502' }] });
    expect(coming.wants).toStrictEqual([{ object: 'company', recordId: '502' }]);
    expect(codes(coming)).toContain('company_not_paired');
    expect(unknown).toMatchObject({ changes: [], waitsFor: [{ object: 'Account', recordId: otherAccountId }] });
  });
});

describe('what must be told', () => {
  it('a field that somebody else keeps changing is left alone', () => {
    const given = edited({ amount: '5' });
    const frozen = [{ system: 'salesforce', field: 'Amount' } as const];
    const plan = planDeal({ ...given, pair: pairWith({ object: 'Opportunity', id: opportunityId }, { base, frozen }) });

    expect(plan).toMatchObject({ write: null, problem: { code: 'field_frozen' } });
  });

  it('histories are asked for where both sides moved', () => {
    const plan = planDeal(edited({ amount: '5' }, { Amount: '6' }, { histories: null }));

    expect(plan.asks).toStrictEqual({ properties: ['amount'], fields: ['Amount'] });
  });

  it('a base about another Opportunity says nothing', () => {
    const pair = pairWith({ object: 'Opportunity', id: '006000000000009AAA' }, { base });
    const elsewhere = salesforceRecord('Opportunity', '006000000000009AAA', {}, { isDeleted: true });
    const given = edited({ amount: '5' });
    const plan = planDeal({ ...given, pair, matches: { ...given.matches, byId: [...given.matches.byId, elsewhere] } });

    expect(plan.counterpart?.id).toBe(opportunityId);
    expect(codes(plan)).toContain('differs_since_link');
  });
});
