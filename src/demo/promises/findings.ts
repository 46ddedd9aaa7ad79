import type { Deals } from '../deals.ts';
import { stagesPastTheGate } from '../people.ts';
import type { FailureView, Stage, TimelineEntry } from '../stage.ts';
import type { Cast } from '../story.ts';
import type { WayBack } from '../way-back.ts';
import { type SyncedRecord, takeRecords } from './records.ts';

export type Contact = ReturnType<Stage['hubspot']['contacts']>[number];
export type Person = ReturnType<Stage['salesforce']['all']>[number];

/** Both CRMs, with what they tell of themselves. */
export type Crms = Pick<Stage, 'hubspot' | 'salesforce'>;

/** One promise, held or not, and what shows it. */
export type Check = { held: boolean; evidence: string };

/** How things stood while one contact was refused. */
export type Refusal = { failure: FailureView | null; others: number; arrived: number; refusedArrived: boolean };

/** What came of all webhooks once more and two polls, after the last change of a human. */
export type Quiet = { webhooks: number; reads: number; polls: number; writes: number };

/** What was seen while the story was played and cannot be seen afterwards. */
export type Seen = { cast: Cast; wayBack: WayBack; deals: Deals; refusal: Refusal; quiet: Quiet };

/** What the checks look at: the two CRMs' own data, taken once, and what the service tells of each contact. */
export type Findings = Seen & {
  stage: Stage;
  /** Living contacts that open the gate. */
  past: readonly Contact[];
  /** Living contacts that never opened it. */
  below: readonly Contact[];
  /** Living contacts that opened it once and do not now. */
  returned: readonly Contact[];
  persons: readonly Person[];
  /** Living companies and deals. */
  records: readonly SyncedRecord[];
  /** By contact id, deleted ones too; each with the newest first. */
  timelines: ReadonlyMap<string, readonly TimelineEntry[]>;
};

export const idField = 'HubSpot_Contact_Id__c';

/** Reads both CRMs, and what the ledger holds of every contact. */
export async function takeFindings(stage: Stage, seen: Seen): Promise<Findings> {
  const all = stage.hubspot.contacts();
  const timelines = await Promise.all(all.map(async ({ id }) => [id, await stage.service.timeline(id)] as const));
  const records = await takeRecords(stage, (id) => hasOpened(stage, id));
  return { ...seen, stage, ...readBothCrms(stage), records, timelines: new Map(timelines) };
}

/** Who stands where, by what the CRMs hold now. */
export function readBothCrms(stage: Crms): Pick<Findings, 'past' | 'below' | 'returned' | 'persons'> {
  const living = stage.hubspot.contacts().filter(({ archived }) => !archived);
  const opened = ({ id }: Contact) => hasOpened(stage, id);
  const isPast = ({ properties }: Contact) => opens(properties.lifecyclestage);
  return {
    past: living.filter(isPast),
    below: living.filter((contact) => !isPast(contact) && !opened(contact)),
    returned: living.filter((contact) => !isPast(contact) && opened(contact)),
    persons: livingPersons(stage),
  };
}

function opens(lifecyclestage: string | undefined): boolean {
  return stagesPastTheGate.includes(lifecyclestage ?? '');
}

/** Whether the contact has ever been in a stage that opens the gate. */
function hasOpened({ hubspot }: Crms, contactId: string): boolean {
  return hubspot.getHistory(contactId, 'lifecyclestage').some(({ value }) => opens(value));
}

/** Leads that were not converted, and Contacts. */
function livingPersons({ salesforce }: Crms): Person[] {
  return [...salesforce.all('Lead').filter(({ IsConverted }) => IsConverted !== true), ...salesforce.all('Contact')];
}

/** The persons that carry the contact's id. */
export function personsOf(persons: readonly Person[], contactId: string): Person[] {
  return persons.filter((person) => person[idField] === contactId);
}

/** Records and associations. */
const isWriteToHubSpot = /\/batch\/(update|upsert|create|archive|associate\/default|labels\/archive)$/;

/** Whether a request with this body writes records; all others only ask. */
export function isWriteToSalesforce(body: string): boolean {
  return body.includes('/composite/sobjects');
}

/** Requests of the service that wrote, to either CRM. */
export function countWrites({ hubspot, salesforce }: Crms): number {
  const toHubSpot = hubspot.requests.filter(({ path }) => isWriteToHubSpot.test(path)).length;
  const toSalesforce = salesforce.requests.filter(({ body = '' }) => isWriteToSalesforce(body)).length;
  return toHubSpot + toSalesforce;
}
