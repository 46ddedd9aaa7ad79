import { describe, expect, it } from 'vitest';
import type { FieldValue } from '../../../../src/domain/record.ts';
import { companyOfAccount, dealOfOpportunity, ignoredOpportunity } from '../../../../src/domain/records/births.ts';
import {
  accountId,
  agreeingFields,
  companyMapping,
  dealFacts,
  dealMapping,
  janeUser,
  opportunityId,
  owners,
  salesforceRecord,
  sentBack,
} from './given.ts';

const fieldFacts = () => undefined;
const opportunity = (fields: Record<string, FieldValue> = {}) =>
  salesforceRecord('Opportunity', opportunityId, { ...agreeingFields, ...fields });
const given = { mapping: dealMapping, facts: dealFacts, owners, fieldFacts };

describe('a company that is created for an Account', () => {
  it('begins with its fields, its owner and the id of the Account', () => {
    const account = salesforceRecord('Account', accountId, { Name: 'Acme', Website: null, OwnerId: janeUser });
    const born = companyOfAccount(account, { mapping: companyMapping, owners, fieldFacts });

    expect(sentBack(born)).toStrictEqual({ name: 'Acme', hubspot_owner_id: '11', salesforce_account_id: accountId });
    expect(born.changes[0]).toMatchObject({ source: 'Name', sourceValue: 'Acme' });
  });

  it('has no owner where nobody stands for the user', () => {
    const account = salesforceRecord('Account', accountId, { Name: 'Acme', OwnerId: '005000000000009AAA' });

    expect(sentBack(companyOfAccount(account, { mapping: companyMapping, owners, fieldFacts }))).not.toHaveProperty(
      'hubspot_owner_id',
    );
  });
});

describe('a deal that is created for an Opportunity', () => {
  it('begins with pipeline, stage, the start of the close day, the exact amount, and the id of the Opportunity', () => {
    const born = dealOfOpportunity(opportunity({ Amount: '9999999999999999.99' }), given);

    expect(sentBack(born)).toStrictEqual({
      pipeline: 'default',
      dealstage: 'demo',
      closedate: '2026-12-30T23:00:00Z',
      amount: '9999999999999999.99',
      dealname: 'Big one',
      salesforce_opportunity_id: opportunityId,
    });
  });

  it('has a pipeline also where Salesforce has one process', () => {
    const pipelines = { ...dealMapping.pipelines, field: null };
    const born = dealOfOpportunity(opportunity(), { ...given, mapping: { ...dealMapping, pipelines } });

    expect(sentBack(born)).toMatchObject({ pipeline: 'default', dealstage: 'demo' });
  });

  it.each([
    [
      'the currency of the Opportunity',
      { orgCurrencies: new Set(['EUR', 'USD']) },
      null,
      { CurrencyIsoCode: 'USD' },
      'USD',
    ],
    ['the one currency of the org, where HubSpot has another at home', {}, 'USD', {}, 'USD'],
    ['none where it is the one at home', {}, null, {}, undefined],
  ])('has %s', (_case, facts, orgCurrency, fields, code) => {
    const mapping = { ...dealMapping, orgCurrency };
    const born = dealOfOpportunity(opportunity(fields), { ...given, mapping, facts: { ...dealFacts, ...facts } });

    expect(sentBack(born).deal_currency_code).toBe(code);
    expect(sentBack(born).amount).toBe('1234.5');
  });

  it.each([
    ['a stage that the mapping does not know', { StageName: 'Odd' }, {}, 'deal_stage_unknown'],
    ['a record type that no pipeline stands for', { RecordTypeId: null }, {}, 'deal_stage_unknown'],
    [
      'a currency that HubSpot does not know',
      { CurrencyIsoCode: 'CHF' },
      { orgCurrencies: new Set(['CHF']) },
      'currency_not_carried',
    ],
  ])('is a failure with %s', (_case, fields, facts, code) => {
    const born = dealOfOpportunity(opportunity(fields), { ...given, facts: { ...dealFacts, ...facts } });

    expect(born).toMatchObject({ problem: { code }, changes: [] });
  });

  it.each([
    [{ StageName: 'Frozen' }, 'the StageName Frozen'],
    [{ RecordTypeId: '012000000000003AAA' }, 'Partner in RecordTypeId'],
    [{}, null],
  ])('is not wanted where the mapping ignores it: %j', (fields, ignored) => {
    expect(ignoredOpportunity(opportunity(fields), given)).toBe(ignored);
  });
});
