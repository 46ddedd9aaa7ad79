import { currencies, type DealCrowd, living, opens, personOf, pick, remember, stageNames } from './deals-crowd.ts';

let number = 0;

/** A company; one in ten has no domain, and sales knows one in ten by its web address already. */
export function arriveCompany(crowd: DealCrowd): string {
  number += 1;
  const name = `Company ${number}`;
  const site = `company${number}.example`;
  if (number % 10 === 3) crowd.salesforce.create('Account', { Name: `${name} Ltd`, Website: `https://www.${site}/` });
  return crowd.hubspot.createCompany({ name, phone: '+49 30 200000', ...(number % 10 === 7 ? {} : { domain: site }) });
}

/** A contact, of a company as a rule, past the gate or below it. */
export function arriveContact(crowd: DealCrowd, stage: string): string {
  number += 1;
  const id = crowd.hubspot.createContact({
    email: `buyer${number}@dealcrowd.example`,
    firstname: 'Given',
    lastname: `Buyername${number}`,
    company: `Company of ${number}`,
    lifecyclestage: stage,
  });
  if (opens.has(stage)) crowd.passed.add(id);
  const company = pick(crowd, living(crowd, 'companies'));
  if (company !== undefined && number % 10 !== 0) crowd.hubspot.setPrimaryCompany('contacts', id, company);
  return id;
}

/** A deal with up to three contacts, and the company of the first of them as a rule. */
export function arriveDeal(crowd: DealCrowd): string {
  const { hubspot, random } = crowd;
  number += 1;
  const people = living(crowd, 'contacts');
  const contacts = [...new Set(Array.from({ length: random(4) }, () => pick(crowd, people) ?? ''))].filter(Boolean);
  const ofFirst = contacts[0] === undefined ? undefined : hubspot.getPrimaryCompany('contacts', contacts[0]);
  const company = random(5) === 0 ? pick(crowd, living(crowd, 'companies')) : ofFirst;
  const companies = company === undefined ? [] : [company];
  const values = {
    dealname: `Ordername ${number}`,
    pipeline: 'default',
    dealstage: pick(crowd, Object.keys(stageNames)) ?? '',
    amount: amountFor(crowd),
    closedate: momentFor(crowd),
    hubspot_owner_id: pick(crowd, crowd.owners) ?? '',
    deal_currency_code: currencies[random(2)] ?? 'EUR',
  };
  const id = hubspot.createDeal(values, { contacts, companies });
  for (const contact of contacts) remember(crowd.contactsOf, id, contact);
  for (const each of companies) remember(crowd.companiesOf, id, each);
  return id;
}

/** An Opportunity that sales makes, of an Account and one of its people. */
export function arriveOpportunity(crowd: DealCrowd): boolean {
  const { salesforce, random } = crowd;
  number += 1;
  const account = pick(crowd, salesforce.all('Account'));
  const { Id } = salesforce.create('Opportunity', {
    Name: `Salesname ${number}`,
    StageName: pick(crowd, Object.values(stageNames)) ?? null,
    CloseDate: dayFor(crowd),
    Amount: amountFor(crowd) || null,
    CurrencyIsoCode: currencies[random(2)] ?? 'EUR',
    AccountId: account === undefined || random(8) === 0 ? null : account.Id,
    OwnerId: pick(crowd, crowd.users) ?? null,
  });
  const people = salesforce.all('Contact').filter(({ AccountId }) => AccountId === account?.Id);
  const person = pick(crowd, people.length > 0 ? people : salesforce.all('Contact'));
  if (person !== undefined && random(3) > 0) salesforce.addRole(Id, person.Id, { isPrimary: random(2) === 0 });
  return true;
}

/** Sales converts the Lead of a contact: into the Account of its company, a new one, or with an Opportunity. */
export function convert(crowd: DealCrowd): boolean {
  const { hubspot, salesforce, random } = crowd;
  const contact = pick(crowd, living(crowd, 'contacts'));
  const person = contact === undefined ? undefined : personOf(crowd, contact);
  if (contact === undefined || person?.object !== 'Lead') return false;
  const company = hubspot.getPrimaryCompany('contacts', contact);
  const account = salesforce.all('Account').find(({ HubSpot_Company_Id__c: id }) => id === company);
  const accountId = account === undefined || random(6) === 0 ? {} : { accountId: account.Id };
  number += 1;
  const opportunity = random(4) === 0 ? { opportunityName: `Salesname ${number}` } : {};
  salesforce.convertLead(person.record.Id, { ...accountId, ...opportunity });
  return true;
}

/** Negative, empty and of 18 digits among them. */
export function amountFor({ random }: DealCrowd): string {
  const digits = (count: number) => Array.from({ length: count }, () => String(random(10))).join('');
  const kind = random(20);
  if (kind === 0) return '';
  if (kind === 1) return `-${1_000 + random(90_000)}.${digits(1)}5`;
  if (kind <= 4) return `${1 + random(9)}${digits(15)}.${digits(1)}7`;
  return kind < 12 ? `${10_000 + random(900_000)}.${digits(1)}3` : String(10_000 + random(900_000));
}

export function dayFor({ random }: DealCrowd): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `2027-${two(1 + random(12))}-${two(1 + random(28))}`;
}

/** Moments at and around the midnights of several zones. */
const times = ['00:00:00', '04:59:59', '05:00:00', '11:59:59', '12:00:00', '22:00:00', '22:59:59', '23:59:59'] as const;

export function momentFor(crowd: DealCrowd): string {
  return `${dayFor(crowd)}T${times[crowd.random(times.length)] ?? '12:00:00'}Z`;
}
