import type { HubSpotObject, SalesforceObject } from '../../domain/record.ts';
import { recordPrefixes, toLongId } from '../../domain/salesforce-ids.ts';

/** What somebody looks for. `salesforce_id`: its 18 characters; `other_kind`: an id of Salesforce, of another kind of record. */
export type Wanted =
  | { by: 'nothing' }
  | { by: 'text'; text: string }
  | { by: 'email'; text: string }
  | { by: 'hubspot_id'; text: string }
  | { by: 'salesforce_id'; text: string; object: SalesforceObject }
  | { by: 'other_kind'; object: SalesforceObject };

const kindOf: Readonly<Record<SalesforceObject, HubSpotObject>> = {
  Lead: 'contact',
  Contact: 'contact',
  Account: 'company',
  Opportunity: 'deal',
};

/** HubSpot's ids have 1 to 20 digits; a longer number is a text like any other, and so is a phone number that begins with 0. */
const hubspotId = /^[1-9]\d{0,19}$/;
/** One address without blanks. What is no email after all is looked for as a text. */
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Takes a query for what it is. Control characters and halves of characters mean nothing to anybody and count as blanks.
 * @param query as a person typed it, at most a few hundred characters
 */
export function readQuery(kind: HubSpotObject, query: string): Wanted {
  const text = query
    .toWellFormed()
    .replaceAll(/[\p{Cc}\uFFFD]+/gu, ' ')
    .trim();
  if (text === '') return { by: 'nothing' };
  if (hubspotId.test(text)) return { by: 'hubspot_id', text };
  const object = objectOf(text);
  if (object !== null) {
    const id = toLongId(text);
    if (id !== null)
      return kindOf[object] === kind ? { by: 'salesforce_id', text: id, object } : { by: 'other_kind', object };
  }
  return { by: kind === 'contact' && email.test(text) ? 'email' : 'text', text };
}

function objectOf(text: string): SalesforceObject | null {
  const names = ['Lead', 'Contact', 'Account', 'Opportunity'] as const;
  return names.find((name) => text.startsWith(recordPrefixes[name])) ?? null;
}
