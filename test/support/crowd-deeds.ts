import { arrive, type Crowd, editedFields, emailOf, type HumanEdit, personOf } from './crowd.ts';

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
  note(crowd, { contactId, side: 'salesforce', property: field.property, value, personId: person.record.Id });
  return true;
}

function valueFor({ random }: Crowd, property: string): string {
  return property === 'phone' ? `+49 30 ${100_000 + random(899_999)}` : `${property} ${random(1_000_000)}`;
}

function note(crowd: Crowd, edit: Omit<HumanEdit, 'atMs'>): void {
  crowd.edits.push({ ...edit, atMs: crowd.now() });
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
  crowd.names.set(
    survivor,
    [one, two].flatMap((id) => crowd.names.get(id) ?? []),
  );
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
  crowd.neverQualified.delete(contactId);
  crowd.live = crowd.live.filter((id) => id !== contactId);
  crowd.deleted.push(contactId);
  return true;
}

function restoreContact(crowd: Crowd): boolean {
  const contactId = pick(crowd, crowd.deleted);
  const personId = crowd.hubspot.getContact(contactId ?? '')?.properties.salesforce_person_id;
  const isTaken = crowd.live.some((id) => crowd.hubspot.getContact(id)?.properties.salesforce_person_id === personId);
  // HubSpot refuses somebody whose unique id another contact has by now.
  if (contactId === undefined || (personId !== undefined && isTaken)) return false;
  crowd.hubspot.restoreContact(contactId);
  crowd.deleted = crowd.deleted.filter((id) => id !== contactId);
  crowd.live.push(contactId);
  return true;
}

function eraseContact(crowd: Crowd): boolean {
  const contactId = pick(crowd, crowd.live);
  if (contactId === undefined || crowd.live.length < 6) return false;
  crowd.hubspot.privacyDelete(contactId);
  crowd.entangled.add(contactId);
  crowd.neverQualified.delete(contactId);
  crowd.live = crowd.live.filter((id) => id !== contactId);
  crowd.erased.push(contactId);
  return true;
}

function undeletePerson(crowd: Crowd): boolean {
  const gone = crowd.salesforce
    .all('Lead', { withDeleted: true })
    .filter(({ IsDeleted, MasterRecordId }) => IsDeleted === true && (MasterRecordId ?? null) === null);
  const lead = pick(crowd, gone);
  if (lead === undefined) return false;
  crowd.salesforce.undelete('Lead', lead.Id);
  return true;
}

/** Sales types somebody in: of whom marketing knows nothing, or a contact that has not passed the gate. */
function bornInSales(crowd: Crowd): boolean {
  const below = [...crowd.neverQualified].filter((id) => crowd.live.includes(id) && personOf(crowd, id) === undefined);
  const contactId = crowd.random(2) === 0 ? pick(crowd, below) : undefined;
  const name = crowd.names.get(contactId ?? '')?.[0] ?? `born${crowd.salesforce.all('Lead').length}x${crowd.now()}`;
  if (crowd.salesforce.all('Lead').some(({ Email }) => Email === emailOf(name))) return false;
  crowd.salesforce.create('Lead', { LastName: `Family ${name}`, Company: `Company ${name}`, Email: emailOf(name) });
  if (contactId === undefined) crowd.strangers.push(name);
  else crowd.entangled.add(contactId);
  return true;
}

/** Somebody whom sales knows already comes to marketing, qualified. */
function arriveKnown(crowd: Crowd): boolean {
  const name = pick(crowd, crowd.strangers);
  if (name === undefined) return false;
  crowd.strangers = crowd.strangers.filter((other) => other !== name);
  crowd.entangled.add(arrive(crowd, name, 'salesqualifiedlead'));
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
  { name: 'person undeleted', weight: 1, act: undeletePerson },
  { name: 'contact deleted', weight: 2, act: deleteContact },
  { name: 'contact restored', weight: 1, act: restoreContact },
  { name: 'contact erased', weight: 1, act: eraseContact },
  { name: 'born in Salesforce', weight: 1, act: bornInSales },
  { name: 'arrived, known to sales', weight: 1, act: arriveKnown },
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
