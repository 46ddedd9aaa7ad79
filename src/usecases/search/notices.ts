import type { HubSpotObject, SalesforceObject } from '../../domain/record.ts';
import { pluralOf } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';

/** What was still told, where a CRM could not be asked. */
const stillTold = 'Only what Handoff itself knows is shown: search by an id or by a whole email address.';

const causes: ReadonlyMap<string, string> = new Map([
  ['hubspot_rate_limit', 'HubSpot asks us to slow down.'],
  ['hubspot_search_limit', 'HubSpot asks us to slow down.'],
  ['hubspot_daily_limit', "HubSpot's calls of the day are used up."],
  ['hubspot_unauthorised', 'HubSpot does not accept our access token.'],
  ['hubspot_missing_scopes', 'Our access token may not search HubSpot for these records.'],
  ['hubspot_forbidden', 'Our access token may not search HubSpot for these records.'],
  ['salesforce_unreachable', 'Salesforce does not answer.'],
  ['crm_slow', 'The CRM takes too long to answer.'],
]);

/** In plain words, why less is shown than was asked for. @throws whatever is no fault of a CRM */
export function noticeOf(thrown: unknown): string {
  if (!(thrown instanceof SyncError) || thrown.code.startsWith('ledger_')) throw thrown;
  const isOfSalesforce = thrown.code.startsWith('salesforce_') || thrown.code === 'daily_budget_spent';
  const cause =
    causes.get(thrown.code) ?? `${isOfSalesforce ? 'Salesforce' : 'HubSpot'} cannot be asked at the moment.`;
  return `${cause} ${stillTold}`;
}

export const nothingNotice = 'This holds nothing that can be searched for.';

const articles: Readonly<Record<SalesforceObject, string>> = {
  Lead: 'a Lead',
  Contact: 'a Contact',
  Account: 'an Account',
  Opportunity: 'an Opportunity',
};

const places: Readonly<Record<SalesforceObject, string>> = {
  Lead: 'Contacts',
  Contact: 'Contacts',
  Account: 'Companies',
  Opportunity: 'Deals',
};

export function otherKindNotice(object: SalesforceObject): string {
  return `This is the id of ${articles[object]} in Salesforce. Search for it under ${places[object]}.`;
}

export function offNotice(kind: HubSpotObject): string {
  return `The mapping leaves ${pluralOf[kind]} out: only what was synced before is shown.`;
}

export function tooManyNotice(kind: HubSpotObject): string {
  return `More than 10,000 ${pluralOf[kind]} match, and HubSpot shows no more than that. Search for something more exact.`;
}
