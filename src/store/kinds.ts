import type { HubSpotObject, SystemName } from '../domain/record.ts';
import type { RecordType } from '../ports/ledger-claim.ts';

/** What claims and results are about, unless they say otherwise. */
export const contactType: RecordType = { system: 'hubspot', object: 'contact' };

/** As what contact roles are linked to the pair of their deal. */
export const roleObject = 'OpportunityContactRole';

const hubspotObjects: Readonly<Record<string, HubSpotObject>> = {
  contact: 'contact',
  company: 'company',
  deal: 'deal',
  Lead: 'contact',
  Contact: 'contact',
  Account: 'company',
  Opportunity: 'deal',
};

/** What a pair of such records is in HubSpot: of a claim about Accounts, companies. */
export function hubspotObjectOf({ object }: Pick<RecordType, 'object'>): HubSpotObject {
  return hubspotObjects[object] ?? 'contact';
}

/** Whose object it is: HubSpot's are written in lower case. */
export function systemOf(object: string): SystemName {
  return object === 'contact' || object === 'company' || object === 'deal' ? 'hubspot' : 'salesforce';
}
