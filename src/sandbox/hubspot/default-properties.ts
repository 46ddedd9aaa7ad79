import type { ObjectType } from './model.ts';

export type PropertyOption = {
  label: string;
  value: string;
  displayOrder: number;
  hidden: boolean;
  description?: string;
};

/** A property definition in the members of the SDK's `Property` model. */
export type PropertyDefinition = {
  name: string;
  label: string;
  type: string;
  fieldType: string;
  groupName: string;
  description: string;
  options: PropertyOption[];
  displayOrder: number;
  hidden: boolean;
  formField: boolean;
  hasUniqueValue: boolean;
  calculated: boolean;
  externalOptions: boolean;
  referencedObjectType?: string;
  hubspotDefined: boolean;
  readOnlyValue: boolean;
  createdAt: number;
  updatedAt: number;
};

/** What is needed to define a property; the rest has HubSpot's defaults. */
export type PropertyInput = Partial<Omit<PropertyDefinition, 'options'>> & {
  name: string;
  options?: (Partial<PropertyOption> & { value: string })[];
};

/** A definition with every member filled. `now` in epoch milliseconds. */
export function toDefinition(input: PropertyInput, now: number): PropertyDefinition {
  const type = input.type ?? (input.options === undefined ? 'string' : 'enumeration');
  const options = (input.options ?? []).map((option, index) => ({
    label: option.label ?? option.value,
    displayOrder: option.displayOrder ?? index,
    hidden: option.hidden ?? false,
    ...option,
  }));
  return {
    label: input.name,
    fieldType: type === 'enumeration' ? 'select' : type === 'string' ? 'text' : type === 'datetime' ? 'date' : type,
    groupName: 'contactinformation',
    description: '',
    displayOrder: -1,
    hidden: false,
    formField: false,
    hasUniqueValue: false,
    calculated: false,
    externalOptions: false,
    hubspotDefined: false,
    readOnlyValue: false,
    createdAt: now,
    updatedAt: now,
    ...input,
    type,
    options,
  };
}

const text = (name: string): PropertyInput => ({ name, hubspotDefined: true });
const readOnly = (name: string, type: string): PropertyInput => ({
  name,
  type,
  hubspotDefined: true,
  calculated: true,
  readOnlyValue: true,
});

/** Lifecycle stages by internal value, in order (lifecycle stage article); labels are what the settings page shows. */
const LIFECYCLE_STAGES = [
  ['subscriber', 'Subscriber'],
  ['lead', 'Lead'],
  ['marketingqualifiedlead', 'Marketing Qualified Lead'],
  ['salesqualifiedlead', 'Sales Qualified Lead'],
  ['opportunity', 'Opportunity'],
  ['customer', 'Customer'],
  ['evangelist', 'Evangelist'],
  ['other', 'Other'],
] as const;

const LEAD_STATUSES = [
  ['NEW', 'New'],
  ['OPEN', 'Open'],
  ['IN_PROGRESS', 'In progress'],
  ['OPEN_DEAL', 'Open deal'],
  ['UNQUALIFIED', 'Unqualified'],
  ['ATTEMPTED_TO_CONTACT', 'Attempted to contact'],
  ['CONNECTED', 'Connected'],
  ['BAD_TIMING', 'Bad timing'],
] as const;

/** Internal values of the forecast categories; labels differ per portal. */
const FORECAST_CATEGORIES = [
  ['OMIT', 'Not forecasted'],
  ['PIPELINE', 'Pipeline'],
  ['BEST_CASE', 'Best case'],
  ['COMMIT', 'Commit'],
  ['CLOSED', 'Closed won'],
] as const;

const toOptions = (pairs: readonly (readonly [string, string])[]) => pairs.map(([value, label]) => ({ value, label }));
const lifecycleStage: PropertyInput = {
  name: 'lifecyclestage',
  fieldType: 'radio',
  hubspotDefined: true,
  options: toOptions(LIFECYCLE_STAGES),
};
const owner: PropertyInput = {
  name: 'hubspot_owner_id',
  type: 'enumeration',
  hubspotDefined: true,
  externalOptions: true,
  referencedObjectType: 'OWNER',
};
const common: PropertyInput[] = [
  readOnly('hs_object_id', 'number'),
  readOnly('createdate', 'datetime'),
  readOnly('hs_merged_object_ids', 'enumeration'),
  owner,
];
const texts = (...names: string[]) => names.map(text);

/** The properties a fresh portal has, as far as this product meets them. */
export const DEFAULT_PROPERTIES: Record<ObjectType, PropertyInput[]> = {
  contacts: [
    ...common,
    readOnly('lastmodifieddate', 'datetime'),
    // Emails are unique per contact although the definition does not say `hasUniqueValue` (contacts guide).
    ...texts('email', 'firstname', 'lastname', 'company', 'jobtitle', 'phone', 'mobilephone', 'website', 'address'),
    ...texts('city', 'state', 'country', 'zip', 'industry', 'message', 'fax', 'salutation'),
    lifecycleStage,
    { name: 'hs_lead_status', fieldType: 'radio', hubspotDefined: true, options: toOptions(LEAD_STATUSES) },
    { name: 'hs_email_optout', type: 'bool', fieldType: 'booleancheckbox', hubspotDefined: true },
    { name: 'annualrevenue', type: 'string', hubspotDefined: true },
    { name: 'numemployees', type: 'string', hubspotDefined: true },
    { name: 'date_of_birth', type: 'string', hubspotDefined: true },
    { ...readOnly('hs_additional_emails', 'enumeration'), fieldType: 'checkbox' },
    readOnly('associatedcompanyid', 'number'),
    readOnly('hs_analytics_source', 'string'),
    readOnly('hs_calculated_merged_vids', 'string'),
  ],
  companies: [
    ...common,
    readOnly('hs_lastmodifieddate', 'datetime'),
    ...texts(
      'name',
      'domain',
      'phone',
      'website',
      'address',
      'city',
      'state',
      'country',
      'zip',
      'industry',
      'description',
    ),
    { name: 'annualrevenue', type: 'number', hubspotDefined: true },
    { name: 'numberofemployees', type: 'number', hubspotDefined: true },
    lifecycleStage,
    // Further domains, with semicolons between them (companies guide).
    text('hs_additional_domains'),
    readOnly('num_associated_contacts', 'number'),
    readOnly('num_associated_deals', 'number'),
  ],
  deals: [
    ...common,
    readOnly('hs_lastmodifieddate', 'datetime'),
    ...texts('dealname', 'description', 'closed_lost_reason', 'closed_won_reason', 'hs_next_step'),
    // Their options are the pipelines of the portal, which have an API of their own.
    { name: 'pipeline', type: 'enumeration', hubspotDefined: true, externalOptions: true },
    { name: 'dealstage', type: 'enumeration', fieldType: 'radio', hubspotDefined: true, externalOptions: true },
    { name: 'amount', type: 'number', hubspotDefined: true },
    // The options are the currencies of the account.
    { name: 'deal_currency_code', hubspotDefined: true, options: [] },
    { name: 'hs_manual_forecast_category', hubspotDefined: true, options: toOptions(FORECAST_CATEGORIES) },
    // Follows the stage unless somebody sets it.
    { name: 'hs_deal_stage_probability', type: 'number', hubspotDefined: true },
    readOnly('amount_in_home_currency', 'number'),
    readOnly('hs_primary_associated_company', 'number'),
    readOnly('num_associated_contacts', 'number'),
    readOnly('hs_is_closed', 'bool'),
    readOnly('hs_is_closed_won', 'bool'),
    readOnly('hs_is_closed_lost', 'bool'),
    { name: 'closedate', type: 'datetime', hubspotDefined: true },
    { name: 'dealtype', hubspotDefined: true, options: [{ value: 'newbusiness' }, { value: 'existingbusiness' }] },
  ],
};
