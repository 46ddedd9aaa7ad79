import {
  defineField,
  LEAD_SOURCES,
  longText,
  OWNER,
  READ_ONLY,
  reference,
  system,
  text,
  toPicklist,
} from './field-kit.ts';
import type { FieldDefinition } from './types.ts';

/** A row of `OpportunityStage`; `probability` in percent. What an opportunity's IsClosed, IsWon and Probability follow from. */
export type Stage = { label: string; isClosed: boolean; isWon: boolean; probability: number; forecast: string };

/** The stages that every new org has, with their probabilities (Object Reference, OpportunityStage; help, "Opportunity Stages"). */
export const STAGES: readonly Stage[] = [
  { label: 'Prospecting', isClosed: false, isWon: false, probability: 10, forecast: 'Pipeline' },
  { label: 'Qualification', isClosed: false, isWon: false, probability: 10, forecast: 'Pipeline' },
  { label: 'Needs Analysis', isClosed: false, isWon: false, probability: 20, forecast: 'Pipeline' },
  { label: 'Value Proposition', isClosed: false, isWon: false, probability: 50, forecast: 'Pipeline' },
  { label: 'Id. Decision Makers', isClosed: false, isWon: false, probability: 60, forecast: 'Pipeline' },
  { label: 'Perception Analysis', isClosed: false, isWon: false, probability: 70, forecast: 'Pipeline' },
  { label: 'Proposal/Price Quote', isClosed: false, isWon: false, probability: 75, forecast: 'Pipeline' },
  { label: 'Negotiation/Review', isClosed: false, isWon: false, probability: 90, forecast: 'Pipeline' },
  { label: 'Closed Won', isClosed: true, isWon: true, probability: 100, forecast: 'Closed' },
  { label: 'Closed Lost', isClosed: true, isWon: false, probability: 0, forecast: 'Omitted' },
];
const FORECASTS = ['Omitted', 'Pipeline', 'Best Case', 'Commit', 'Closed'];
const FORECAST_CATEGORIES = ['Omitted', 'Pipeline', 'BestCase', 'MostLikely', 'Forecast', 'Closed'];
const ROLES = [
  'Business User',
  'Decision Maker',
  'Economic Buyer',
  'Evaluator',
  'Executive Sponsor',
  'Influencer',
  'Other',
];

/** Of a new org (Setup > Object Manager > Opportunity > Type). */
const OPPORTUNITY_TYPES = [
  'Existing Customer - Upgrade',
  'Existing Customer - Replacement',
  'Existing Customer - Downgrade',
  'New Customer',
];

function opportunityFields(): FieldDefinition[] {
  return [
    ...system('Opportunity'),
    text('Name', 120, { isRequired: true }),
    reference('AccountId', ['Account'], 'Account', { childRelationship: 'Opportunities' }),
    defineField('StageName', 'picklist', { picklist: toPicklist(STAGES.map(({ label }) => label)), isRequired: true }),
    defineField('CloseDate', 'date', { isRequired: true }),
    defineField('Amount', 'currency'),
    defineField('Probability', 'percent', { precision: 3, scale: 0 }),
    defineField('ExpectedRevenue', 'currency', READ_ONLY),
    defineField('TotalOpportunityQuantity', 'double', { precision: 18, scale: 2 }),
    defineField('ForecastCategory', 'picklist', {
      ...READ_ONLY,
      length: 40,
      picklist: toPicklist(FORECAST_CATEGORIES),
    }),
    defineField('ForecastCategoryName', 'picklist', { picklist: toPicklist(FORECASTS) }),
    text('NextStep', 255),
    defineField('Type', 'picklist', { picklist: toPicklist(OPPORTUNITY_TYPES) }),
    defineField('LeadSource', 'picklist', { picklist: toPicklist(LEAD_SOURCES) }),
    longText('Description'),
    reference('ContactId', ['Contact'], 'Contact', { isUpdateable: false }),
    defineField('IsPrivate', 'boolean'),
    defineField('HasOpportunityLineItem', 'boolean', READ_ONLY),
    defineField('IsClosed', 'boolean', READ_ONLY),
    defineField('IsWon', 'boolean', READ_ONLY),
    OWNER,
  ];
}

/** Source: Object Reference, OpportunityContactRole: the opportunity cannot be changed once it is set. */
function roleFields(): FieldDefinition[] {
  return [
    ...system('OpportunityContactRole'),
    reference('OpportunityId', ['Opportunity'], 'Opportunity', {
      isRequired: true,
      isUpdateable: false,
      childRelationship: 'OpportunityContactRoles',
    }),
    reference('ContactId', ['Contact'], 'Contact', { isRequired: true, childRelationship: 'OpportunityContactRoles' }),
    defineField('Role', 'picklist', { picklist: toPicklist(ROLES) }),
    defineField('IsPrimary', 'boolean'),
  ];
}

function stageFields(): FieldDefinition[] {
  return [
    defineField('Id', 'id', READ_ONLY),
    text('MasterLabel', 255, READ_ONLY),
    text('ApiName', 255, READ_ONLY),
    defineField('IsActive', 'boolean', READ_ONLY),
    defineField('SortOrder', 'int', READ_ONLY),
    defineField('IsClosed', 'boolean', READ_ONLY),
    defineField('IsWon', 'boolean', READ_ONLY),
    defineField('DefaultProbability', 'percent', { ...READ_ONLY, precision: 3, scale: 0 }),
    text('ForecastCategory', 40, READ_ONLY),
    text('ForecastCategoryName', 255, READ_ONLY),
  ];
}

/** Source: Object Reference, LeadHistory and ContactHistory: old and new value can be read and sorted, never filtered. */
function historyFields(type: 'Lead' | 'Contact' | 'Account' | 'Opportunity'): FieldDefinition[] {
  const value = { ...READ_ONLY, isFilterable: false, length: 255 };
  return [
    defineField('Id', 'id', READ_ONLY),
    defineField('IsDeleted', 'boolean', READ_ONLY),
    reference(`${type}Id`, [type], type, { ...READ_ONLY, childRelationship: 'Histories' }),
    reference('CreatedById', ['User'], 'CreatedBy', READ_ONLY),
    defineField('CreatedDate', 'datetime', READ_ONLY),
    defineField('Field', 'picklist', READ_ONLY),
    text('DataType', 40, READ_ONLY),
    text('OldValue', 255, value),
    text('NewValue', 255, value),
  ];
}

/** Source: Object Reference, OpportunityHistory: the stage history, which every org keeps. */
function stageHistoryFields(): FieldDefinition[] {
  return [
    defineField('Id', 'id', READ_ONLY),
    defineField('IsDeleted', 'boolean', READ_ONLY),
    reference('OpportunityId', ['Opportunity'], 'Opportunity', {
      ...READ_ONLY,
      childRelationship: 'OpportunityHistories',
    }),
    reference('CreatedById', ['User'], 'CreatedBy', READ_ONLY),
    defineField('CreatedDate', 'datetime', READ_ONLY),
    defineField('SystemModstamp', 'datetime', READ_ONLY),
    text('StageName', 255, READ_ONLY),
    defineField('Amount', 'currency', READ_ONLY),
    defineField('ExpectedRevenue', 'currency', READ_ONLY),
    defineField('CloseDate', 'date', READ_ONLY),
    defineField('Probability', 'percent', { ...READ_ONLY, precision: 3, scale: 0 }),
    text('ForecastCategory', 40, READ_ONLY),
    defineField('PrevAmount', 'currency', READ_ONLY),
    defineField('PrevCloseDate', 'date', READ_ONLY),
  ];
}

/** What sales works with besides people and accounts, and what the org remembers of changes. */
export function salesFields(): Record<string, FieldDefinition[]> {
  return {
    Opportunity: opportunityFields(),
    OpportunityContactRole: roleFields(),
    OpportunityStage: stageFields(),
    LeadHistory: historyFields('Lead'),
    ContactHistory: historyFields('Contact'),
    AccountHistory: historyFields('Account'),
    OpportunityFieldHistory: historyFields('Opportunity'),
    OpportunityHistory: stageHistoryFields(),
  };
}
