import { binned, type DealCrowd, living, personOf, pick } from './deals-crowd.ts';
import { arriveCompany, arriveContact, convert } from './deals-crowd-arrivals.ts';
import { type Deed, dealDeeds } from './deals-crowd-deeds.ts';

function moveStage(stage: string): Deed['act'] {
  return (crowd) => {
    const contact = pick(crowd, living(crowd, 'contacts'));
    if (contact === undefined) return false;
    if (stage === 'salesqualifiedlead') crowd.passed.add(contact);
    crowd.hubspot.editContact(contact, { lifecyclestage: stage });
    return true;
  };
}

function moveContactToCompany(crowd: DealCrowd): boolean {
  const [contact, company] = [pick(crowd, living(crowd, 'contacts')), pick(crowd, living(crowd, 'companies'))];
  if (contact === undefined || company === undefined) return false;
  crowd.hubspot.setPrimaryCompany('contacts', contact, company);
  return true;
}

function moveContactToAccount(crowd: DealCrowd): boolean {
  const { salesforce } = crowd;
  const [person, account] = [pick(crowd, salesforce.all('Contact')), pick(crowd, salesforce.all('Account'))];
  if (person === undefined || account === undefined) return false;
  salesforce.edit('Contact', person.Id, { AccountId: account.Id });
  return true;
}

function renameCompany(crowd: DealCrowd): boolean {
  const company = pick(crowd, living(crowd, 'companies'));
  if (company === undefined) return false;
  const value = `Company renamed ${crowd.random(1_000_000)}`;
  crowd.hubspot.editCompany(company, { name: value });
  crowd.edits.push({ side: 'hubspot', record: company, field: 'name', value, atMs: Date.now() });
  return true;
}

function callAccount(crowd: DealCrowd): boolean {
  const account = pick(crowd, crowd.salesforce.all('Account'));
  if (account === undefined) return false;
  const value = `+49 30 ${100_000 + crowd.random(899_999)}`;
  crowd.salesforce.edit('Account', account.Id, { Phone: value });
  crowd.edits.push({ side: 'salesforce', record: account.Id, field: 'Phone', value, atMs: Date.now() });
  return true;
}

function mergeCompanies(crowd: DealCrowd): boolean {
  const [one, two] = [pick(crowd, living(crowd, 'companies')), pick(crowd, living(crowd, 'companies'))];
  if (one === undefined || two === undefined || one === two) return false;
  crowd.hubspot.mergeCompanies(one, two);
  return true;
}

function mergeAccounts(crowd: DealCrowd): boolean {
  const { salesforce } = crowd;
  const [one, two] = [pick(crowd, salesforce.all('Account')), pick(crowd, salesforce.all('Account'))];
  if (one === undefined || two === undefined || one.Id === two.Id) return false;
  salesforce.merge('Account', one.Id, [two.Id]);
  return true;
}

function deleteFrom(type: 'companies' | 'contacts'): Deed['act'] {
  return (crowd) => {
    const id = pick(crowd, living(crowd, type));
    if (id === undefined) return false;
    crowd.hubspot.deleteRecord(type, id);
    return true;
  };
}

const idProperty = { companies: 'salesforce_account_id', contacts: 'salesforce_person_id' } as const;

function restoreTo(type: 'companies' | 'contacts'): Deed['act'] {
  return (crowd) => {
    const { hubspot } = crowd;
    const idOf = (record: string) => hubspot.getRecord(type, record)?.properties[idProperty[type]];
    const id = pick(crowd, binned(crowd, type));
    const held = idOf(id ?? '');
    if (id === undefined || (held !== undefined && living(crowd, type).some((other) => idOf(other) === held))) {
      return false;
    }
    hubspot.restoreRecord(type, id);
    return true;
  };
}

function deleteAccount(crowd: DealCrowd): boolean {
  const account = pick(crowd, crowd.salesforce.all('Account'));
  if (account === undefined) return false;
  crowd.salesforce.remove('Account', account.Id);
  return true;
}

function undelete(object: 'Account' | 'Contact' | 'Lead'): Deed['act'] {
  const field = object === 'Account' ? 'HubSpot_Company_Id__c' : 'HubSpot_Contact_Id__c';
  return (crowd) => {
    const { salesforce } = crowd;
    const live = new Set(salesforce.all(object).map((record) => record[field]));
    const gone = salesforce
      .all(object, { withDeleted: true })
      .filter(({ IsDeleted, MasterRecordId }) => IsDeleted === true && (MasterRecordId ?? null) === null)
      .filter((record) => (record[field] ?? null) === null || !live.has(record[field]));
    const record = pick(crowd, gone);
    if (record === undefined) return false;
    salesforce.undelete(object, record.Id);
    return true;
  };
}

function deletePerson(crowd: DealCrowd): boolean {
  const contact = pick(crowd, living(crowd, 'contacts'));
  const person = contact === undefined ? undefined : personOf(crowd, contact);
  if (person === undefined) return false;
  crowd.salesforce.remove(person.object, person.record.Id);
  return true;
}

const deeds: readonly Deed[] = [
  ...dealDeeds,
  { name: 'lead converted', weight: 6, act: convert },
  { name: 'qualified', weight: 3, act: moveStage('salesqualifiedlead') },
  { name: 'fell below', weight: 2, act: moveStage('lead') },
  { name: 'company of a contact', weight: 4, act: moveContactToCompany },
  { name: 'account of a contact', weight: 3, act: moveContactToAccount },
  { name: 'company renamed', weight: 2, act: renameCompany },
  { name: 'account called', weight: 2, act: callAccount },
  { name: 'company born', weight: 1, act: (crowd) => arriveCompany(crowd) !== '' },
  { name: 'contact born', weight: 1, act: (crowd) => arriveContact(crowd, 'salesqualifiedlead') !== '' },
  { name: 'companies merged', weight: 1, act: mergeCompanies },
  { name: 'accounts merged', weight: 1, act: mergeAccounts },
  { name: 'company deleted', weight: 1, act: deleteFrom('companies') },
  { name: 'company restored', weight: 1, act: restoreTo('companies') },
  { name: 'contact deleted', weight: 1, act: deleteFrom('contacts') },
  { name: 'contact restored', weight: 1, act: restoreTo('contacts') },
  { name: 'account deleted', weight: 1, act: deleteAccount },
  { name: 'account undeleted', weight: 1, act: undelete('Account') },
  { name: 'person deleted', weight: 1, act: deletePerson },
  { name: 'contact undeleted', weight: 1, act: undelete('Contact') },
  { name: 'lead undeleted', weight: 1, act: undelete('Lead') },
];

const lots = deeds.flatMap((deed) => Array.from({ length: deed.weight }, () => deed));

/** One human does one thing in one of the CRMs. */
export function sell(crowd: DealCrowd): void {
  for (;;) {
    const deed = pick(crowd, lots);
    if (deed === undefined || !deed.act(crowd)) continue;
    crowd.counts[deed.name] = (crowd.counts[deed.name] ?? 0) + 1;
    return;
  }
}
