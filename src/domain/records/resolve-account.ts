import { sameId } from '../merge/same-id.ts';
import type { SalesforceRecord } from '../record.ts';
import { namesFit } from './company-names.ts';
import { companyDomains, domainOf } from './domain-of.ts';
import { accountNameDiffers, toProblem } from './record-questions.ts';
import { choose, isTaken, type Resolution, type ResolveInput, resolveByMemory } from './resolve-record.ts';
import { recordById } from './trace-records.ts';
import type { CompanyInput } from './types.ts';

/**
 * Finds the Account of a company: by what remembers it, then, once a person of theirs has passed the gate, the Account to which sales has put
 * their people, then by domain. An Account that is found by its domain must have a name that fits, and be the only one.
 */
export function resolveAccount(company: CompanyInput): Resolution {
  const input: ResolveInput = { ...company, events: company.mapping.events };
  const remembered = resolveByMemory('Account', input);
  if (remembered.kind !== 'nobody' || !(hasPassed(company) || company.isNamed)) return remembered;
  const ofPeople = chooseOfPeople(company, input);
  return ofPeople.kind === 'nobody' ? chooseByDomain(company, input) : ofPeople;
}

/** Whether a person of theirs, or of a deal of theirs, has passed the gate: before, no Account is looked for that nothing remembers, and none is created. */
export function hasPassed({ people, isWanted }: Pick<CompanyInput, 'people' | 'isWanted'>): boolean {
  return isWanted || people.some(({ passedGate }) => passedGate);
}

/** Of several Accounts of its people the one that has the company's domain, if there is exactly one. */
function chooseOfPeople(company: CompanyInput, input: ResolveInput): Resolution {
  const live = company.accountsOfPeople
    .flatMap((id) => recordById(company.matches, id) ?? [])
    .filter(({ isDeleted }) => !isDeleted)
    .filter((account, at, all) => all.findIndex(({ id }) => sameId(id, account.id)) === at);
  const free = live.filter((account) => !isTaken(input, account));
  const ofDomain = free.filter((account) => hasDomain(company, account));
  return choose('Account', input, {
    code: 'found_by_people',
    text: 'Sales has put people of this company to an Account in Salesforce.',
    live: free.length > 1 && ofDomain.length === 1 ? ofDomain : free,
    dead: [],
    deleted: [],
    isMerged: false,
  });
}

function chooseByDomain(company: CompanyInput, input: ResolveInput): Resolution {
  if (!company.mapping.matchByDomain) return { kind: 'nobody' };
  const live = company.matches.byDomain.filter((account) => !account.isDeleted && hasDomain(company, account));
  const free = live.filter((account) => !isTaken(input, account));
  const chosen = choose('Account', input, {
    code: 'found_by_domain',
    text: 'An Account in Salesforce has the domain of this company, and a name that fits.',
    live: free.length > 0 ? free : live.slice(0, 1),
    dead: [],
    deleted: [],
    isMerged: false,
  });
  if (chosen.kind !== 'found') return chosen;
  const fits = namesFit(company.record.properties.name, textOf(chosen.record.fields.Name));
  return fits ? chosen : { kind: 'problem', problem: toProblem(accountNameDiffers, [chosen.record.id]) };
}

function hasDomain({ record, mapping }: CompanyInput, { fields }: SalesforceRecord): boolean {
  const domain = domainOf(textOf(fields.Website));
  return domain !== null && companyDomains(record.properties, mapping.ignoredDomains).has(domain);
}

function textOf(value: SalesforceRecord['fields'][string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
