import type { Engine } from './engine.ts';

/** A contact that passes the gate of the shipped mappings. */
export function sqlContact(name: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    email: `${name}@people.example`,
    firstname: 'Given',
    lastname: name,
    company: 'People Works',
    lifecyclestage: 'salesqualifiedlead',
    ...more,
  };
}

/** Every living Lead and Contact that carries the id of this HubSpot contact. */
export function personsOf({ salesforce }: Engine, contactId: string) {
  return [...salesforce.all('Lead'), ...salesforce.all('Contact')].filter(
    (person) => person.HubSpot_Contact_Id__c === contactId,
  );
}

export async function failureOf({ ledger }: Engine, contactId: string) {
  return (await ledger.failures(1_000)).find(({ recordId }) => recordId === contactId);
}
