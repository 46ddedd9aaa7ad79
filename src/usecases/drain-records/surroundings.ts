import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { HubSpotKey } from '../../domain/plan/types.ts';
import { accountField, dealCompanyProperty, type HubSpotObject, type SalesforceRecord } from '../../domain/record.ts';
import type { CompanyInput, DealInput, DealState, RecordMatches, RelatedContact } from '../../domain/records/types.ts';
import { keyOfRecord, type Related, type RelationLedger } from '../../ports/ledger-relations.ts';
import { accountOfCompany } from '../drain/contact-ties.ts';
import type { RecordPlanDependencies } from './dependencies.ts';
import type { RecordBatch, RecordLook } from './record-look.ts';

type Matches = ReadonlyMap<string, RecordMatches>;
type Known = Awaited<ReturnType<RelationLedger['knownPairs']>>;

/** What surrounds each company, by its id: contacts, their Accounts, deals. */
export type CompanySurroundings = ReadonlyMap<
  string,
  Pick<CompanyInput, 'people' | 'accountsOfPeople' | 'deals' | 'isWanted'> & { unpairedDeals: readonly string[] }
>;

/** Reads who belongs to these companies. Where no Account is known, sales may have put their people into one: that is asked of Salesforce. */
export async function companySurroundings(
  dependencies: RecordPlanDependencies,
  batch: RecordBatch,
  looks: readonly RecordLook[],
): Promise<CompanySurroundings> {
  const { ledger } = dependencies;
  const keys = looks.map(({ record }) => toKey('company', record.id));
  const [contacts, deals, known] = await Promise.all([
    ledger.relatedTo(keys, 'contact'),
    ledger.relatedTo(keys, 'deal'),
    ledger.knownPairs(keys),
  ]);
  // Deals are told once that their company needs a person: whoever is told again and again asks for it again and again.
  const hasFailed = (id: string) => known.get(keyOfRecord(toKey('company', id)))?.failure != null;
  const people = new Map(looks.map(({ record }) => [record.id, relatedTo(record.id, contacts).map(toContact)]));
  const accounts = await accountsOfPeople(dependencies, batch, looks, people);
  return new Map(
    looks.map(({ record: { id } }) => [
      id,
      {
        people: people.get(id) ?? [],
        accountsOfPeople: accounts.get(id) ?? [],
        deals: relatedTo(id, deals).flatMap(({ pair }) => stateOf(pair)),
        isWanted: relatedTo(id, deals).some(({ passedGate }) => passedGate),
        unpairedDeals: relatedTo(id, deals).flatMap(({ recordId, pair }) =>
          pair?.counterpart == null && !hasFailed(id) ? recordId : [],
        ),
      },
    ]),
  );
}

function relatedTo(companyId: string, related: ReadonlyMap<string, readonly Related[]>): readonly Related[] {
  return related.get(keyOfRecord(toKey('company', companyId))) ?? [];
}

function toContact({ recordId, passedGate, pair }: Related): RelatedContact {
  return { contactId: recordId, passedGate: passedGate || pair?.handedOver === true, person: personOf(pair) };
}

function personOf(pair: Related['pair']): RelatedContact['person'] {
  const counterpart = pair?.tombstone === null ? pair.counterpart : null;
  return counterpart?.object === 'Lead' || counterpart?.object === 'Contact'
    ? { object: counterpart.object, id: counterpart.id }
    : null;
}

function stateOf(pair: Related['pair']): DealState[] {
  return pair?.dealState == null || pair.tombstone !== null ? [] : [pair.dealState];
}

/** Only of companies that have no Account: their people's Contacts may be in one that nobody has linked. */
async function accountsOfPeople(
  { salesforce, ledger }: RecordPlanDependencies,
  { spend }: RecordBatch,
  looks: readonly RecordLook[],
  people: ReadonlyMap<string, readonly RelatedContact[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const contactsOf = (companyId: string) =>
    (people.get(companyId) ?? []).flatMap(({ person }) => (person?.object === 'Contact' ? person.id : []));
  const unpaired = looks.filter(({ claimed: { pair } }) => pair?.person == null).map(({ record }) => record.id);
  const lookups = unpaired
    .map((id) => ({ contactId: id, externalIds: [], personIds: contactsOf(id), emails: [] }))
    .filter(({ personIds }) => personIds.length > 0);
  if (lookups.length === 0) return new Map();
  const found = await salesforce.findPersons(lookups, { Lead: [], Contact: [accountField] }, spend);
  const accounts = new Map(
    lookups.map(({ contactId, personIds }) => {
      const persons = found.get(contactId)?.byId ?? [];
      const ids = persons.filter(({ id, isDeleted }) => !isDeleted && personIds.includes(id));
      return [contactId, [...new Set(ids.flatMap(({ fields }) => textOf(fields[accountField])))]] as const;
    }),
  );
  const taken = await ledger.recordsOf([...new Set([...accounts.values()].flat())]);
  return new Map([...accounts].map(([companyId, ids]) => [companyId, ids.filter((id) => !taken.has(id))]));
}

/** What surrounds each deal, by its id. */
export type DealSurroundings = ReadonlyMap<string, Pick<DealInput, 'contacts' | 'contactOfPerson' | 'company'>>;

/** Reads what the ledger knows of the contacts and companies of these deals, and of whom their Opportunities name. */
export async function dealSurroundings(
  { ledger, mapping }: RecordPlanDependencies,
  looks: readonly RecordLook[],
  matches: Matches,
): Promise<DealSurroundings> {
  const opportunities = looks.flatMap(({ record }) => allOf(matches.get(record.id)));
  const persons = opportunities.flatMap(({ roles }) => roles.map(({ contactId }) => contactId));
  const accounts = opportunities.flatMap(({ fields }) => textOf(fields[accountField]));
  const records = await ledger.recordsOf([...new Set([...persons, ...accounts])]);
  const roleContacts = [...records.values()].filter(({ object }) => object === 'contact');
  const associated = looks.flatMap(({ associations }) =>
    associations.map(({ toObject, toId }) => toKey(toObject, toId)),
  );
  const companies = looks.flatMap((look) => companyOf(look) ?? []).map((id) => toKey('company', id));
  const known = await ledger.knownPairs(distinct([...associated, ...roleContacts, ...companies]));
  const contactOfPerson = new Map(
    [...records].flatMap(([id, { object, recordId }]) => (object === 'contact' ? [[id, recordId] as const] : [])),
  );
  const contactOf = (id: string): (readonly [string, RelatedContact])[] => {
    const pair = known.get(keyOfRecord(toKey('contact', id)));
    if (pair === undefined) return [];
    return [[id, { contactId: id, passedGate: pair.passedGate || pair.handedOver, person: personOf(pair) }]];
  };
  return new Map(
    looks.map((look) => {
      const found = allOf(matches.get(look.record.id));
      const inRoles = found.flatMap(({ roles }) => roles.flatMap((role) => contactOfPerson.get(role.contactId) ?? []));
      const associatedIds = look.associations.flatMap(({ toObject, toId }) => (toObject === 'contact' ? toId : []));
      const contacts = new Map([...new Set([...associatedIds, ...inRoles])].flatMap(contactOf));
      const company = mapping.company.isOn ? companyTie(look, known, mapping.company) : noCompany;
      const accountId = textOf(ownOf(look, found)?.fields[accountField])[0];
      const named = accountId === undefined ? undefined : records.get(accountId);
      const companyId = named?.object === 'company' ? named.recordId : null;
      return [look.record.id, { contacts, contactOfPerson, company: { ...company, companyId } }];
    }),
  );
}

/** The Opportunity that the plan will find: the paired one, else a living one. */
function ownOf({ claimed: { pair } }: RecordLook, found: readonly SalesforceRecord[]): SalesforceRecord | undefined {
  const living = found.filter(({ isDeleted }) => !isDeleted);
  return living.find(({ id }) => id === pair?.person?.id) ?? living[0];
}

const noCompany = { id: null, state: 'none', accountId: null, handedOver: false } as const;

function companyTie(
  look: RecordLook,
  known: Known,
  { createInSalesforce }: Pick<CompiledMapping['company'], 'createInSalesforce'>,
): Omit<DealInput['company'], 'companyId'> {
  const id = companyOf(look);
  if (id === null) return noCompany;
  const pair = known.get(keyOfRecord(toKey('company', id)));
  const account = accountOfCompany(pair);
  if (account !== null) return { id, state: 'paired', accountId: account, handedOver: pair?.handedOver === true };
  const isRefused = pair?.failure != null || (pair?.tombstone ?? null) !== null;
  const state = isRefused ? 'refused' : createInSalesforce === 'never' ? 'none' : 'coming';
  return { id, state, accountId: null, handedOver: false };
}

function companyOf({ record }: RecordLook): string | null {
  return record.properties[dealCompanyProperty]?.trim() || null;
}

function allOf(matches: RecordMatches | undefined): SalesforceRecord[] {
  return matches === undefined ? [] : [...matches.byId, ...matches.byExternalId];
}

function toKey(object: HubSpotObject, recordId: string): HubSpotKey {
  return { object, recordId };
}

function distinct(keys: readonly HubSpotKey[]): HubSpotKey[] {
  return [...new Map(keys.map((key) => [keyOfRecord(key), key])).values()];
}

function textOf(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? [value] : [];
}
