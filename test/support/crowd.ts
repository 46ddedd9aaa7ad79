import type { HubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import type { SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';

/** A value that a human typed into one field of one pair. `property` names it by its HubSpot side. */
export type HumanEdit = {
  contactId: string;
  side: 'hubspot' | 'salesforce';
  property: string;
  value: string;
  atMs: number;
};

type Crms = { hubspot: HubSpotSandbox; salesforce: SalesforceSandbox };

export type Crowd = Crms & {
  random: (below: number) => number;
  edits: HumanEdit[];
  /** Contacts that exist, by their id now. */
  live: string[];
  /** Contacts that were ever merged, deleted or restored, and whose persons were: their fields are not held against single edits. */
  entangled: Set<string>;
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

const opens = new Set(['salesqualifiedlead', 'opportunity', 'customer']);

export function createCrowd(crms: Crms, random: Crowd['random']): Crowd {
  return {
    ...crms,
    random,
    edits: [],
    live: [],
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

/** A new contact, past the gate or below it. @returns its id */
export function arrive(crowd: Crowd, name: string, stage: string): string {
  const id = crowd.hubspot.createContact({
    email: `${name}@crowd.example`,
    firstname: 'Given',
    lastname: `Family ${name}`,
    company: `Company ${name}`,
    jobtitle: 'Buyer',
    phone: '+49 30 100000',
    city: 'Berlin',
    lifecyclestage: stage,
  });
  crowd.live.push(id);
  if (!opens.has(stage)) crowd.neverQualified.add(id);
  return id;
}

type Deed = { name: string; weight: number; act(crowd: Crowd): boolean };

const pick = <T>({ random }: Crowd, list: readonly T[]): T | undefined => list[random(Math.max(1, list.length))];

function typeInHubSpot(crowd: Crowd): boolean {
  const contactId = pick(crowd, crowd.live);
  const field = pick(crowd, editedFields);
  if (contactId === undefined || field === undefined) return false;
  const value = valueFor(crowd, field.property);
  crowd.hubspot.editContact(contactId, { [field.property]: value });
  note(crowd, { contactId, side: 'hubspot', property: field.property, value });
  return true;
}

function typeInSalesforce(crowd: Crowd): boolean {
  const contactId = pick(crowd, crowd.live);
  const field = pick(crowd, editedFields);
  const person = contactId === undefined ? undefined : personOf(crowd, contactId);
  if (contactId === undefined || field === undefined || person === undefined) return false;
  const value = valueFor(crowd, field.property);
  crowd.salesforce.edit(person.object, person.record.Id, { [field[person.object]]: value });
  note(crowd, { contactId, side: 'salesforce', property: field.property, value });
  return true;
}

function valueFor({ random }: Crowd, property: string): string {
  return property === 'phone' ? `+49 30 ${100_000 + random(899_999)}` : `${property} ${random(1_000_000)}`;
}

function note(crowd: Crowd, edit: Omit<HumanEdit, 'atMs'>): void {
  crowd.edits.push({ ...edit, atMs: Date.now() });
}

function qualify(crowd: Crowd): boolean {
  const contactId = pick(crowd, crowd.live);
  if (contactId === undefined) return false;
  crowd.neverQualified.delete(contactId);
  crowd.hubspot.editContact(contactId, { lifecyclestage: 'salesqualifiedlead' });
  return true;
}

function pickLead(crowd: Crowd) {
  const contactId = pick(crowd, crowd.live);
  const person = contactId === undefined ? undefined : personOf(crowd, contactId);
  return person?.object === 'Lead' && contactId !== undefined ? { contactId, lead: person.record } : undefined;
}

function setStatus(status: string): Deed['act'] {
  return (crowd) => {
    const found = pickLead(crowd);
    if (found === undefined) return false;
    crowd.salesforce.edit('Lead', found.lead.Id, { Status: status });
    return true;
  };
}

function convert(crowd: Crowd): boolean {
  const found = pickLead(crowd);
  if (found === undefined) return false;
  const name = crowd.random(2) === 0 ? { opportunityName: `Deal ${crowd.random(1_000)}` } : {};
  crowd.salesforce.convertLead(found.lead.Id, name);
  return true;
}

function win(crowd: Crowd): boolean {
  const opportunity = pick(
    crowd,
    crowd.salesforce.all('Opportunity').filter(({ IsClosed }) => IsClosed !== true),
  );
  if (opportunity === undefined) return false;
  crowd.salesforce.edit('Opportunity', opportunity.Id, { StageName: 'Closed Won' });
  return true;
}

function mergeContacts(crowd: Crowd): boolean {
  const [one, two] = [pick(crowd, crowd.live), pick(crowd, crowd.live)];
  if (one === undefined || two === undefined || one === two) return false;
  const survivor = crowd.hubspot.mergeContacts(one, two);
  crowd.live = [...crowd.live.filter((id) => id !== one && id !== two), survivor];
  for (const id of [one, two, survivor]) {
    crowd.entangled.add(id);
    crowd.neverQualified.delete(id);
  }
  return true;
}

function mergeLeads(crowd: Crowd): boolean {
  const [one, two] = [pickLead(crowd), pickLead(crowd)];
  if (one === undefined || two === undefined || one.lead.Id === two.lead.Id) return false;
  crowd.salesforce.merge('Lead', one.lead.Id, [two.lead.Id]);
  for (const { contactId } of [one, two]) crowd.entangled.add(contactId);
  return true;
}

function deletePerson(crowd: Crowd): boolean {
  const found = pickLead(crowd);
  if (found === undefined) return false;
  crowd.salesforce.remove('Lead', found.lead.Id);
  crowd.entangled.add(found.contactId);
  return true;
}

function deleteContact(crowd: Crowd): boolean {
  const contactId = pick(crowd, crowd.live);
  if (contactId === undefined || crowd.live.length < 6) return false;
  crowd.hubspot.deleteContact(contactId);
  crowd.entangled.add(contactId);
  crowd.live = crowd.live.filter((id) => id !== contactId);
  return true;
}

const deeds: readonly Deed[] = [
  { name: 'typed in HubSpot', weight: 34, act: typeInHubSpot },
  { name: 'typed in Salesforce', weight: 34, act: typeInSalesforce },
  { name: 'qualified', weight: 8, act: qualify },
  { name: 'recycled by sales', weight: 6, act: setStatus('Closed - Not Converted') },
  { name: 'worked by sales', weight: 5, act: setStatus('Working - Contacted') },
  { name: 'converted', weight: 4, act: convert },
  { name: 'won', weight: 3, act: win },
  { name: 'contacts merged', weight: 2, act: mergeContacts },
  { name: 'leads merged', weight: 1, act: mergeLeads },
  { name: 'person deleted', weight: 1, act: deletePerson },
  { name: 'contact deleted', weight: 2, act: deleteContact },
];

const lots = deeds.flatMap((deed) => Array.from({ length: deed.weight }, () => deed));

/** One human does one thing in one of the CRMs. */
export function doSomething(crowd: Crowd): void {
  for (;;) {
    const deed = pick(crowd, lots);
    if (deed === undefined || !deed.act(crowd)) continue;
    crowd.counts[deed.name] = (crowd.counts[deed.name] ?? 0) + 1;
    return;
  }
}
