import type { Crms } from './promises/findings.ts';
import type { Stage } from './stage.ts';

/** A row of Salesforce as the org holds it. */
export type Row = ReturnType<Stage['salesforce']['all']>[number];
type Properties = Readonly<Record<string, string>>;

/** The properties of a contact, also of one that is merged or deleted; empty where there is none. */
export function propertiesOf({ hubspot }: Crms, contactId: string): Properties {
  return hubspot.getContact(contactId)?.properties ?? {};
}

export function companyOf({ hubspot }: Crms, id: string): Properties {
  return hubspot.getCompany(id)?.properties ?? {};
}

export function dealOf({ hubspot }: Crms, id: string): Properties {
  return hubspot.getDeal(id)?.properties ?? {};
}

/** The deal that says it belongs to this Opportunity, or undefined. */
export function dealOfOpportunity({ hubspot }: Crms, opportunityId: string): string | undefined {
  return hubspot.deals().find(({ properties }) => properties.salesforce_opportunity_id === opportunityId)?.id;
}

/** The properties of the company that says it belongs to this Account; empty where there is none. */
export function companyOfAccount({ hubspot }: Crms, accountId: unknown): Properties {
  return hubspot.companies().find(({ properties }) => properties.salesforce_account_id === accountId)?.properties ?? {};
}

/** The contacts of a deal, by ascending id. */
export function contactsOfDeal({ hubspot }: Crms, dealId: string): string[] {
  const found = hubspot.getAssociations({ type: 'deals', id: dealId }, 'contacts').map(({ toId }) => toId);
  return found.toSorted();
}

/** @throws where the contact has no Lead that carries its id */
export function leadOf({ salesforce }: Crms, contactId: string): Row {
  const found = salesforce.all('Lead').find(({ HubSpot_Contact_Id__c }) => HubSpot_Contact_Id__c === contactId);
  if (found === undefined) throw new Error(`no lead of the contact ${contactId}`);
  return found;
}

/** The Opportunity that carries the id of the deal, or undefined. */
export function opportunityOfDeal({ salesforce }: Crms, dealId: string): Row | undefined {
  return salesforce.all('Opportunity').find(({ HubSpot_Deal_Id__c }) => HubSpot_Deal_Id__c === dealId);
}

/** The roles of an Opportunity that are there. */
export function rolesOf({ salesforce }: Crms, opportunityId: string): Row[] {
  return salesforce
    .all('OpportunityContactRole')
    .filter(({ OpportunityId, IsDeleted }) => OpportunityId === opportunityId && IsDeleted !== true);
}
