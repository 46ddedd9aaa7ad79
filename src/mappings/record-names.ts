import { accountField, dealCompanyProperty, idNames, stageProperty } from '../domain/record.ts';
import type { RecordNames } from './check-records.ts';

const ids = 'Handoff keeps the link between both systems in it';
const owners = 'owner: in this file and owners.yaml decide it';
const calculated = ['createdate', 'hs_createdate', 'hs_lastmodifieddate', 'hs_object_id', 'hs_merged_object_ids'];
const stamped = ['CreatedDate', 'CreatedById', 'LastModifiedDate', 'LastModifiedById', 'SystemModstamp', 'IsDeleted'];

function commonNames(property: string, field: string): [string, string][] {
  return [
    [property, ids],
    [field, ids],
    ['Id', ids],
    ['hubspot_owner_id', owners],
    ['OwnerId', owners],
  ];
}

export const companyNames: RecordNames = {
  file: 'companies.yaml',
  elsewhere: new Map([
    ...commonNames(idNames.company.property, idNames.company.field),
    [stageProperty, 'stage_follows_deals moves it'],
    ['MasterRecordId', ids],
  ]),
  readOnlyProperties: new Set([...calculated, 'num_associated_contacts', 'num_associated_deals', 'total_revenue']),
  readOnlyFields: new Set([...stamped, 'IsPersonAccount', 'PhotoUrl', 'LastActivityDate']),
  filled: ['OwnerId'],
};

const unit = 'pipelines: decides pipeline, stage and close date together';
const money = 'amount: decides amount and currency together';
const account = 'account: decides the Account and the primary company';

/** @param field what tells pipelines apart in Salesforce; null: nothing does */
export function dealNames(field: string | null): RecordNames {
  return {
    file: 'deals.yaml',
    elsewhere: new Map([
      ...commonNames(idNames.deal.property, idNames.deal.field),
      ...['pipeline', 'dealstage', 'closedate', 'StageName', 'CloseDate'].map((name): [string, string] => [name, unit]),
      ...(field === null ? [] : [[field, unit] as [string, string]]),
      ...['amount', 'deal_currency_code', 'Amount', 'CurrencyIsoCode'].map((name): [string, string] => [name, money]),
      [dealCompanyProperty, account],
      [accountField, account],
      ['ContactId', 'roles: decides the contacts'],
    ]),
    readOnlyProperties: new Set([
      ...calculated,
      'hs_is_closed',
      'hs_is_closed_won',
      'hs_is_closed_lost',
      'amount_in_home_currency',
      'hs_forecast_amount',
      'hs_projected_amount',
      'hs_closed_amount',
      'days_to_close',
      'num_associated_contacts',
    ]),
    readOnlyFields: new Set([
      ...stamped,
      'IsClosed',
      'IsWon',
      'ExpectedRevenue',
      'ForecastCategory',
      'HasOpportunityLineItem',
      'Fiscal',
      'FiscalYear',
      'FiscalQuarter',
      'LastActivityDate',
    ]),
    filled: [
      'StageName',
      'CloseDate',
      'Amount',
      'CurrencyIsoCode',
      accountField,
      'OwnerId',
      ...(field === null ? [] : [field]),
    ],
  };
}
