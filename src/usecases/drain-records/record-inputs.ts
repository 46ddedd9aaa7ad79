import type { Histories } from '../../domain/plan/types.ts';
import type { SalesforceRecord } from '../../domain/record.ts';
import { hasPassed } from '../../domain/records/resolve-account.ts';
import { contactProperties, contactsOf, roleFields } from '../../domain/records/role-fields.ts';
import type { CompanyInput, DealInput, RecordMatches } from '../../domain/records/types.ts';
import type { RecordPlanDependencies } from './dependencies.ts';
import { findChildless } from './find-childless.ts';
import { type FoundCounterparts, findCounterparts } from './find-counterparts.ts';
import type { KindNames } from './kinds.ts';
import type { RecordBatch, RecordLook } from './record-look.ts';
import {
  type CompanySurroundings,
  companySurroundings,
  type DealSurroundings,
  dealSurroundings,
} from './surroundings.ts';

/** All that plans are made from, besides the looks. */
export type Given = FoundCounterparts & {
  companies: CompanySurroundings;
  deals: DealSurroundings;
  /** Accounts that a revert may delete: nobody belongs to them. */
  childless: ReadonlySet<string>;
};

export const nobody = { people: [], accountsOfPeople: [], deals: [], isWanted: false, unpairedDeals: [] };

/** Reads what plans are made from. @throws SyncError when Salesforce could not be asked */
export async function readGiven(
  dependencies: RecordPlanDependencies,
  batch: RecordBatch,
  names: KindNames,
  looks: readonly RecordLook[],
): Promise<Given> {
  if (names.kind === 'deal') {
    const found = await findCounterparts(dependencies, batch, names, looks, () => ({ ids: [], byDomain: false }));
    const deals = await dealSurroundings(dependencies, looks, found.matches);
    return { ...found, companies: new Map(), deals, childless: new Set() };
  }
  const companies = await companySurroundings(dependencies, batch, looks);
  const found = await findCounterparts(dependencies, batch, names, looks, ({ record, claimed }) => {
    const around = companies.get(record.id) ?? nobody;
    return { ids: around.accountsOfPeople, byDomain: hasPassed(around) || claimed.hints.includes('born') };
  });
  return { ...found, companies, deals: new Map(), childless: await findChildless(dependencies, looks, batch.spend) };
}

/** What was found in Salesforce, and the past of contested fields. */
export type Read = { matches: RecordMatches; histories: Histories | null };

function commonOf({ mapping, clock }: RecordPlanDependencies, look: RecordLook, { facts, deadRecordIds }: Given) {
  return {
    now: clock.now(),
    pair: look.claimed.pair,
    owners: facts.owners,
    fieldFacts: facts.fieldFacts,
    fights: mapping.fights,
    ourUserId: facts.ourUserId,
    deadRecordIds: deadRecordIds.get(look.record.id) ?? new Set<string>(),
  };
}

/** What the plan of a company is made from. */
export function companyInputOf(
  dependencies: RecordPlanDependencies,
  look: RecordLook,
  given: Given,
  read: Read,
): CompanyInput {
  const { mapping } = dependencies;
  const { record, claimed } = look;
  const { unpairedDeals: _unpaired, ...around } = given.companies.get(record.id) ?? nobody;
  return {
    ...commonOf(dependencies, look, given),
    ...around,
    ...read,
    isNamed: claimed.hints.includes('born'),
    mapping: mapping.company,
    record,
    stages: stagesOf(mapping),
  };
}

/** What the plan of a deal is made from. */
export function dealInputOf(
  dependencies: RecordPlanDependencies,
  look: RecordLook,
  given: Given,
  read: Read,
): { input: DealInput; personOf: ReadonlyMap<string, string> } {
  const { mapping } = dependencies;
  const { record, associations } = look;
  const { facts } = given;
  const around = given.deals.get(record.id);
  if (facts.deal === null || around === undefined) throw new Error('deals are looked at without what they need');
  const { roles } = mapping.deal;
  const ids = [...around.contacts.keys()];
  const personOf = contactsOfDeal(around);
  // Those whom we have just given a role are among them.
  const contactOfPerson = new Map([
    ...[...personOf].map(([id, person]) => [person, id] as const),
    ...around.contactOfPerson,
  ]);
  const shown = (each: SalesforceRecord) => withRoles(each, contactOfPerson, ids);
  const withPeople = {
    ...record,
    properties: { ...record.properties, ...contactProperties(associations, roles, contactsOf(associations).keys()) },
  };
  const { byId, byExternalId } = read.matches;
  const matches = { ...read.matches, byId: byId.map(shown), byExternalId: byExternalId.map(shown) };
  const input: DealInput = {
    ...commonOf(dependencies, look, given),
    ...around,
    contactOfPerson,
    histories: read.histories,
    matches,
    // Without companies nobody can tell whose Account is whose.
    mapping: mapping.company.isOn ? mapping.deal : { ...mapping.deal, accountRule: 'never' },
    record: withPeople,
    facts: facts.deal,
    associations,
  };
  return { input, personOf };
}

/** The Contact of each contact of a deal that is one. */
function contactsOfDeal({ contacts }: Pick<DealInput, 'contacts'>): ReadonlyMap<string, string> {
  return new Map(
    [...contacts.values()].flatMap(({ contactId, person }) =>
      person?.object === 'Contact' ? [[contactId, person.id] as const] : [],
    ),
  );
}

function withRoles(record: SalesforceRecord, contactOf: ReadonlyMap<string, string>, ids: readonly string[]) {
  return { ...record, fields: { ...record.fields, ...roleFields(record, contactOf, ids) } };
}

function stagesOf({ lifecycle }: RecordPlanDependencies['mapping']) {
  const stageOf = (state: 'open' | 'won') =>
    lifecycle.stages.find(({ salesforce }) => salesforce?.opportunity === state)?.hubspot ?? null;
  return { order: lifecycle.stages.map(({ hubspot }) => hubspot), open: stageOf('open'), won: stageOf('won') };
}
