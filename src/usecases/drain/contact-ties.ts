import type { CompanyTie, HubSpotKey, PersonMatches } from '../../domain/plan/types.ts';
import {
  accountField,
  contactCompanyProperty,
  type OpportunityFact,
  type SalesforcePerson,
} from '../../domain/record.ts';
import { type KnownPair, keyOfRecord, type Related } from '../../ports/ledger-relations.ts';
import type { PlanDependencies } from './dependencies.ts';
import type { Look } from './look.ts';

/** What surrounds a contact: how its company and the Account of its person are paired, and what its deals came to. */
export type ContactTies = { company: CompanyTie | null; deals: readonly OpportunityFact[] };

/** A contact of which nothing is related is asked for nothing. */
export const noTies: ContactTies = { company: null, deals: [] };

type Dependencies = Pick<PlanDependencies, 'ledger' | 'mapping'>;

/** Reads from the ledger what surrounds these contacts: at most three statements, none where companies and deals are off. */
export async function readTies(
  { ledger, mapping }: Dependencies,
  looks: readonly Look[],
  persons: ReadonlyMap<string, PersonMatches>,
): Promise<ReadonlyMap<string, ContactTies>> {
  const { company, deal } = mapping;
  const companyIds = company.isOn ? looks.flatMap((look) => companyIdOf(look) ?? []) : [];
  const accountIds = company.isOn
    ? [...persons.values()].flatMap(personsIn).flatMap((person) => accountOf(person) ?? [])
    : [];
  const contacts = deal.isOn ? looks.map(({ contact }) => keyOf('contact', contact.id)) : [];
  const [known, records, deals] = await Promise.all([
    companyIds.length === 0 ? null : ledger.knownPairs(distinct(companyIds).map((id) => keyOf('company', id))),
    accountIds.length === 0 ? null : ledger.recordsOf(distinct(accountIds)),
    contacts.length === 0 ? null : ledger.relatedTo(contacts, 'deal'),
  ]);
  return new Map(
    looks.map((look) => {
      const { id } = look.contact;
      const pair = known?.get(keyOfRecord(keyOf('company', companyIdOf(look) ?? '')));
      const person = likelyPerson(look, persons.get(id) ?? nobody);
      const ofAccount = person === undefined ? undefined : records?.get(accountOf(person) ?? '');
      const companyId = ofAccount?.object === 'company' ? ofAccount.recordId : null;
      const facts = dealFacts(deals?.get(keyOfRecord(keyOf('contact', id))) ?? []);
      return [
        id,
        { company: company.isOn ? { accountId: accountOfCompany(pair), companyId } : null, deals: facts },
      ] as const;
    }),
  );
}

const nobody: PersonMatches = { byExternalId: [], byId: [], byEmail: [] };

/** The company is linked with an Account that is gone, or another company's by now, until a person has acted. */
const withoutAccount: ReadonlySet<string> = new Set([
  'account_taken',
  'account_deleted',
  'account_unlinked',
  'account_restored',
  'account_merged',
  'several_accounts',
]);

/** The Account that a company stands for and that others may be put into. */
export function accountOfCompany(pair: (KnownPair & { failure: string | null }) | undefined): string | null {
  if (pair === undefined || pair.tombstone !== null || withoutAccount.has(pair.failure ?? '')) return null;
  return pair.counterpart?.object === 'Account' ? pair.counterpart.id : null;
}

/** The contact's primary company. */
export function companyIdOf({ contact }: Pick<Look, 'contact'>): string | null {
  return contact.properties[contactCompanyProperty]?.trim() || null;
}

/** The living Contacts among those found. */
function personsIn({ byId, byExternalId, byEmail }: PersonMatches): SalesforcePerson[] {
  const living = [...byId, ...byExternalId, ...byEmail].filter(({ isDeleted }) => !isDeleted);
  return living.filter(({ object }) => object === 'Contact');
}

/** Whom the plan will find: the paired one, else in the order of the memories. */
function likelyPerson({ claimed: { pair } }: Look, matches: PersonMatches): SalesforcePerson | undefined {
  const living = personsIn({ ...matches, byId: [...matches.byExternalId, ...matches.byId], byExternalId: [] });
  return living.find(({ id }) => id === pair?.person?.id) ?? living[0];
}

function accountOf({ fields }: SalesforcePerson): string | null {
  const value = fields[accountField];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** What these deals came to, those that are paired. */
export function dealFacts(deals: readonly Related[]): OpportunityFact[] {
  return deals.flatMap(({ pair }) =>
    pair?.dealState == null || pair.tombstone !== null
      ? []
      : [{ isClosed: pair.dealState !== 'open', isWon: pair.dealState === 'won' }],
  );
}

function keyOf(object: HubSpotKey['object'], recordId: string): HubSpotKey {
  return { object, recordId };
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
