/** The words for what both CRMs hold. Ids are strings everywhere; Salesforce ids are in their 18-character form. */

export type SystemName = 'hubspot' | 'salesforce';

/** Salesforce's two shapes of a person: a Lead, or a Contact once converted. */
export type PersonObject = 'Lead' | 'Contact';

export type FieldValue = string | number | boolean | null;

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

/** The property that `handoff setup` creates on the HubSpot contact; it holds the id of the Lead or Contact. */
export const personIdProperty = 'salesforce_person_id';

/** HubSpot's own property of the lifecycle stage, on contacts and companies. */
export const stageProperty = 'lifecyclestage';

/** The field that `handoff setup` creates on Lead and Contact: text 32, external id, unique. */
export const contactIdField = 'HubSpot_Contact_Id__c';
