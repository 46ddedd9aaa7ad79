import { type Crowd, opens } from './crowd.ts';
import { carriers, endings, pairFault, stageOf, type Witness } from './crowd-audit.ts';

/**
 * Who was merged, deleted, restored or born in Salesforce: one living pair, or an ending that the ledger tells of. @returns the others
 */
export async function unexplainedEndings(crowd: Crowd, { standingOf }: Witness): Promise<string[]> {
  const carried = carriers(crowd);
  const wrong: string[] = [];
  for (const id of crowd.live.filter((contact) => crowd.entangled.has(contact))) {
    const faults = pairFault(crowd, carried, id);
    if (faults.length === 0) continue;
    const { handedOver, ended, failure } = await standingOf(id);
    const isNobodyYet = !opens.has(stageOf(crowd, id)) && !handedOver;
    if (isNobodyYet || ended || endings.has(failure ?? '')) continue;
    wrong.push(...faults.map((fault) => `${fault} (failure ${failure ?? 'none'})`));
  }
  return wrong;
}

/** What came back although it was ended on purpose: contacts that no human made, and persons whom we made twice. */
export function resurrected(crowd: Crowd): string[] {
  const { hubspot, salesforce, live } = crowd;
  const known = new Set(live);
  const contacts = hubspot.contacts().filter(({ id, archived }) => !archived && !known.has(id));
  const made = [
    ...salesforce.all('Lead', { withDeleted: true }),
    ...salesforce.all('Contact', { withDeleted: true }),
  ].filter(({ CreatedById }) => CreatedById === salesforce.runAsUserId);
  const byContact = Map.groupBy(made, (person) => firstContactOf(crowd, person));
  const twice = [...byContact].filter(([, persons]) => persons.length > 1);
  return [...contacts.map(({ id }) => `contact ${id}`), ...twice.map(([id]) => `two persons for ${id}`)];
}

/** Whose id the person carried when it was made: merges on both sides hand persons over to other contacts. */
function firstContactOf({ salesforce }: Crowd, { Id, HubSpot_Contact_Id__c }: { [field: string]: unknown }): string {
  const [first] = salesforce
    .all('LeadHistory')
    .filter(({ LeadId, Field }) => LeadId === Id && Field === 'HubSpot_Contact_Id__c');
  return String(first === undefined ? HubSpot_Contact_Id__c : first.OldValue);
}

/** What erased contacts were called that still stands in `text`; a name ends where a word does. */
export function namesOfErased(crowd: Crowd, text: string): string[] {
  return crowd.erased
    .flatMap((id) => crowd.names.get(id) ?? [])
    .filter((name) => new RegExp(`(?:\\b${name}@crowd|Family ${name}\\b|Company ${name}\\b)`, 'i').test(text));
}
