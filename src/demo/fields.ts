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

/** The fields of which the local Salesforce keeps a history. */
export const trackedFields = {
  Lead: [...comparedFields.map(({ lead }) => lead), 'Status'],
  Contact: comparedFields.flatMap(({ contact }) => contact ?? []),
} as const;
