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

/** Some of the stages that every new org has (Object Reference, OpportunityStage). */
export const STAGES: readonly Stage[] = [
  { label: 'Prospecting', isClosed: false, isWon: false, probability: 10, forecast: 'Pipeline' },
  { label: 'Qualification', isClosed: false, isWon: false, probability: 10, forecast: 'Pipeline' },
  { label: 'Proposal/Price Quote', isClosed: false, isWon: false, probability: 75, forecast: 'Pipeline' },
  { label: 'Closed Won', isClosed: true, isWon: true, probability: 100, forecast: 'Closed' },
  { label: 'Closed Lost', isClosed: true, isWon: false, probability: 0, forecast: 'Omitted' },
];
const FORECASTS = ['Omitted', 'Pipeline', 'Best Case', 'Commit', 'Closed'];
const ROLES = [
  'Business User',
  'Decision Maker',
  'Economic Buyer',
  'Evaluator',
  'Executive Sponsor',
  'Influencer',
  'Other',
];

function opportunityFields(): FieldDefinition[] {
  return [
    ...system('Opportunity'),
    text('Name', 120, { isRequired: true }),
    reference('AccountId', ['Account'], 'Account', { childRelationship: 'Opportunities' }),
    defineField('StageName', 'picklist', { picklist: toPicklist(STAGES.map(({ label }) => label)), isRequired: true }),
    defineField('CloseDate', 'date', { isRequired: true }),
    defineField('Amount', 'currency'),
    defineField('Probability', 'double'),
    defineField('ForecastCategoryName', 'picklist', { picklist: toPicklist(FORECASTS) }),
    defineField('Type', 'picklist', { picklist: toPicklist(['New Business', 'Existing Business']) }),
    defineField('LeadSource', 'picklist', { picklist: toPicklist(LEAD_SOURCES) }),
    longText('Description'),
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
    defineField('DefaultProbability', 'double', READ_ONLY),
    text('ForecastCategoryName', 255, READ_ONLY),
  ];
}

/** Source: Object Reference, LeadHistory and ContactHistory: old and new value can be read and sorted, never filtered. */
function historyFields(type: 'Lead' | 'Contact'): FieldDefinition[] {
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

/** What sales works with besides people and accounts, and what the org remembers of changes. */
export function salesFields(): Record<string, FieldDefinition[]> {
  return {
    Opportunity: opportunityFields(),
    OpportunityContactRole: roleFields(),
    OpportunityStage: stageFields(),
    LeadHistory: historyFields('Lead'),
    ContactHistory: historyFields('Contact'),
  };
}
