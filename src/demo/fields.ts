/**
 * The fields that the demo compares, by its own reading of `mappings/contacts.yaml`: texts that both sides write the same way. `contact` null:
 * a Contact has no such field.
 */
export const comparedFields = [
  { property: 'email', lead: 'Email', contact: 'Email' },
  { property: 'firstname', lead: 'FirstName', contact: 'FirstName' },
  { property: 'lastname', lead: 'LastName', contact: 'LastName' },
  { property: 'company', lead: 'Company', contact: null },
  { property: 'jobtitle', lead: 'Title', contact: 'Title' },
  { property: 'phone', lead: 'Phone', contact: 'Phone' },
  { property: 'country', lead: 'Country', contact: 'MailingCountry' },
] as const;

/** What the service may write to HubSpot besides: the lead status, its own id, and what a recycle moves. */
export const ownProperties = [
  'hs_lead_status',
  'hubspot_owner_id',
  'salesforce_person_id',
  'salesforce_recycle_reason',
  'lifecyclestage',
] as const;

/** The fields of companies and deals that the demo compares as texts; amounts, days and stages are compared by what they mean. */
export const comparedRecordFields = {
  companies: [
    { property: 'name', field: 'Name' },
    { property: 'domain', field: 'Website' },
    { property: 'country', field: 'BillingCountry' },
  ],
  deals: [{ property: 'dealname', field: 'Name' }],
} as const;

/** The properties of companies and deals that the demo holds against the audit log. */
export const auditedProperties = {
  companies: ['name', 'domain', 'country', 'lifecyclestage', 'salesforce_account_id'],
  deals: ['dealname', 'pipeline', 'dealstage', 'amount', 'closedate', 'salesforce_opportunity_id'],
} as const;

/** The fields of which the local Salesforce keeps a history. */
export const trackedFields = {
  Lead: [...comparedFields.map(({ lead }) => lead), 'Status'],
  Contact: comparedFields.flatMap(({ contact }) => contact ?? []),
  Account: ['Name', 'Website', 'BillingCountry'],
  Opportunity: ['Name', 'StageName', 'Amount', 'CloseDate'],
} as const;

/** The objects of which it does. */
export const trackedObjects = ['Lead', 'Contact', 'Account', 'Opportunity'] as const;
