/** The words for what both CRMs hold. Ids are strings everywhere; Salesforce ids are in their 18-character form. */

export type SystemName = 'hubspot' | 'salesforce';

/** Salesforce's two shapes of a person: a Lead, or a Contact once converted. */
export type PersonObject = 'Lead' | 'Contact';

export type FieldValue = string | number | boolean | null;

/** The objects of HubSpot that are paired, by the names that the ledger gives them. */
export type HubSpotObject = 'contact' | 'company' | 'deal';

/** What a company or a deal is in Salesforce. */
export type CounterpartObject = 'Account' | 'Opportunity';

/** Every object of Salesforce that stands for a record in HubSpot. */
export type SalesforceObject = PersonObject | CounterpartObject;

/** What one side holds, by API field name. A name that is absent was not read; `null` was read and is empty. */
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** One HubSpot record as just read. */
export type HubSpotRecord = {
  /** The id that is alive now: after a merge the survivor's, not the one that was asked for. */
  id: string;
  properties: Readonly<Record<string, string | null>>;
  /** Ids that were merged into this record (`hs_merged_object_ids`). */
  mergedIds: readonly string[];
  updatedAtMs: number;
};

/** One Lead or Contact as just read, dead ones included. */
export type SalesforcePerson = {
  object: PersonObject;
  id: string;
  /** The mapped fields that were asked for. */
  fields: FieldValues;
  /** `HubSpot_Contact_Id__c`. */
  externalId: string | null;
  email: string | null;
  isDeleted: boolean;
  /** The survivor of a merge, on a deleted loser. */
  masterRecordId: string | null;
  isConverted: boolean;
  /** The Contact that a converted Lead became. */
  convertedContactId: string | null;
  modifiedAtMs: number;
  /** Who changed the record last; null where Salesforce did not say. */
  lastModifiedBy: { id: string; name: string | null } | null;
  /** The opportunities in which the Contact has a role. Always empty for a Lead. */
  opportunities: readonly OpportunityFact[];
};

/** What an opportunity says of the lifecycle stage of those who have a role in it. */
export type OpportunityFact = { isClosed: boolean; isWon: boolean };

export type PersonReference = { object: PersonObject; id: string };

export type CounterpartReference = { object: CounterpartObject; id: string };

/** Whatever a pair's Salesforce side is. */
export type SalesforceReference = { object: SalesforceObject; id: string };

/** One Account or Opportunity as just read, dead ones included. */
export type SalesforceRecord = {
  object: CounterpartObject;
  id: string;
  /** The mapped fields that were asked for, `Name`, and of an Account `Website`, of an Opportunity `AccountId`, `IsClosed`, `IsWon`. */
  fields: FieldValues;
  /** `HubSpot_Company_Id__c`, `HubSpot_Deal_Id__c`. */
  externalId: string | null;
  isDeleted: boolean;
  /** The survivor of a merge, on a deleted loser. Opportunities cannot be merged. */
  masterRecordId: string | null;
  modifiedAtMs: number;
  lastModifiedBy: { id: string; name: string | null } | null;
  /** Of an Opportunity; empty for an Account. */
  roles: readonly ContactRole[];
};

/** An OpportunityContactRole. */
export type ContactRole = { id: string; contactId: string; role: string | null; isPrimary: boolean };

/** A record that is associated with another one in HubSpot. */
export type Association = {
  toObject: HubSpotObject;
  toId: string;
  /** Names of the labels that people gave it, as HubSpot shows them. */
  labels: readonly string[];
  /** The primary company of a contact or a deal. */
  isPrimary: boolean;
};

/** Many of a kind, as HubSpot's paths, our files and people say it. */
export const pluralOf = {
  contact: 'contacts',
  company: 'companies',
  deal: 'deals',
} as const satisfies Readonly<Record<HubSpotObject, string>>;

/** The property that `handoff setup` creates on the HubSpot contact; it holds the id of the Lead or Contact. */
export const personIdProperty = 'salesforce_person_id';

/** HubSpot's own property of the lifecycle stage, on contacts and companies. */
export const stageProperty = 'lifecyclestage';

/** The field that `handoff setup` creates on Lead and Contact: text 32, external id, unique. */
export const contactIdField = 'HubSpot_Contact_Id__c';

/** HubSpot's calculated property of a contact: the id of its primary company. Changed by an association, never by a write. */
export const contactCompanyProperty = 'associatedcompanyid';

/** The same of a deal. */
export const dealCompanyProperty = 'hs_primary_associated_company';

/** The field of Contact and Opportunity that names the Account. */
export const accountField = 'AccountId';

/** Where each side keeps the id of the other one, as `handoff setup` creates them. */
export const idNames = {
  company: { object: 'Account', property: 'salesforce_account_id', field: 'HubSpot_Company_Id__c' },
  deal: { object: 'Opportunity', property: 'salesforce_opportunity_id', field: 'HubSpot_Deal_Id__c' },
} as const;

/**
 * Roles of an Opportunity and the contacts of a deal are merged as fields: one per HubSpot contact. The value is the role or label,
 * `unlabelled` for one without, null where the contact does not take part.
 */
export const unlabelled = '*';

/** The name that the part of this contact has among the properties of a deal. */
export function contactKey(contactId: string): string {
  return `contacts/${contactId}`;
}

/** The name that the role of this contact's person has among the fields of an Opportunity. */
export function roleKey(contactId: string): string {
  return `roles/${contactId}`;
}

const doublePrefix = roleKey('double/');

/** A role that is there twice, by its own id. */
export function doubleRoleKey(roleId: string): string {
  return `${doublePrefix}${roleId}`;
}

/** The role that such a key names; null: another key. */
export function doubleRoleOf(key: string): string | null {
  return key.startsWith(doublePrefix) ? key.slice(doublePrefix.length) : null;
}

/** Whose value is the HubSpot id of the primary contact, on either side. */
export const primaryContactKey = 'contacts/primary';
export const primaryRoleKey = 'roles/primary';
