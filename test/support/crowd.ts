import type { HubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import type { SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';

/** A value that a human typed into one field of one pair. `property` names it by its HubSpot side. */
export type HumanEdit = {
  contactId: string;
  side: 'hubspot' | 'salesforce';
  property: string;
  value: string;
  /** By the clock of the CRMs. */
  atMs: number;
  /** Who was edited in Salesforce. */
  personId?: string;
};

type Crms = { hubspot: HubSpotSandbox; salesforce: SalesforceSandbox };

/** The time of both CRMs in epoch milliseconds. */
type CrmClock = () => number;

export type Crowd = Crms & {
  random: (below: number) => number;
  now: CrmClock;
  edits: HumanEdit[];
  /** Contacts that exist, by their id now. */
  live: string[];
  /** Contacts in HubSpot's recycle bin. */
  deleted: string[];
  /** Contacts that were erased for privacy. */
  erased: string[];
  /** Contacts that were ever merged, deleted or restored, whose persons were, or whose person sales made: not held against single edits. */
  entangled: Set<string>;
  /** What a contact was called, and those that were merged into it: no other contact's data contains it. */
  names: Map<string, string[]>;
  /** Emails of persons whom sales made and whom HubSpot does not know. */
  strangers: string[];
  /** Contacts that were below the gate from the beginning and never rose. */
  neverQualified: Set<string>;
  counts: Record<string, number>;
};

/** Fields that humans edit on both sides, with their names there. */
export const editedFields = [
  { property: 'jobtitle', Lead: 'Title', Contact: 'Title' },
  { property: 'phone', Lead: 'Phone', Contact: 'Phone' },
  { property: 'firstname', Lead: 'FirstName', Contact: 'FirstName' },
  { property: 'city', Lead: 'City', Contact: 'MailingCity' },
] as const;

/** Stages that open the gate, and whose contacts stand on both sides. */
export const opens = new Set(['salesqualifiedlead', 'opportunity', 'customer']);

/** Sales keeps the history of every field that humans edit here: without it no CRM could tell who overwrote whom. */
export function createCrowd(crms: Crms, random: Crowd['random'], now: CrmClock = Date.now): Crowd {
  // Whom sales makes belongs to its own user, who works in both.
  crms.hubspot.addOwner('sales.person@sandbox.example');
  for (const object of ['Lead', 'Contact'] as const) {
    const ofLead = object === 'Lead' ? ['Status', 'HubSpot_Contact_Id__c'] : [];
    crms.salesforce.trackHistory(object, [...editedFields.map((field) => field[object]), ...ofLead]);
  }
  return {
    hubspot: crms.hubspot,
    salesforce: crms.salesforce,
    random,
    now,
    edits: [],
    live: [],
    deleted: [],
    erased: [],
    names: new Map(),
    strangers: [],
    entangled: new Set(),
    neverQualified: new Set(),
    counts: {},
  };
}

/** The living person that carries this contact's id. */
export function personOf({ salesforce }: Crms, contactId: string) {
  for (const object of ['Lead', 'Contact'] as const) {
    const person = salesforce
      .all(object)
      .find((record) => record.HubSpot_Contact_Id__c === contactId && record.IsConverted !== true);
    if (person !== undefined) return { object, record: person };
  }
  return undefined;
}

export const emailOf = (name: string) => `${name}@crowd.example`;

/** A new contact, past the gate or below it. @returns its id */
export function arrive(crowd: Crowd, name: string, stage: string): string {
  const id = crowd.hubspot.createContact({
    email: emailOf(name),
    firstname: 'Given',
    lastname: `Family ${name}`,
    company: `Company ${name}`,
    jobtitle: 'Buyer',
    phone: '+49 30 100000',
    city: 'Berlin',
    lifecyclestage: stage,
  });
  crowd.live.push(id);
  crowd.names.set(id, [name]);
  if (!opens.has(stage)) crowd.neverQualified.add(id);
  return id;
}
