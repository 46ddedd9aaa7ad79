import type { Histories } from '../../domain/plan/types.ts';
import type { SalesforceRecord } from '../../domain/record.ts';
import { planCompany } from '../../domain/records/plan-company.ts';
import { planDeal } from '../../domain/records/plan-deal.ts';
import { contactProperties, contactsOf, roleFields } from '../../domain/records/role-fields.ts';
import type { RecordMatches, RecordPlan } from '../../domain/records/types.ts';
import { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import { faultResult } from '../drain/results.ts';
import { toVendorFault } from '../vendor-fault.ts';
import type { RecordDependencies } from './dependencies.ts';
import { type FoundCounterparts, findCounterparts } from './find-counterparts.ts';
import type { KindNames } from './kinds.ts';
import { readRecordHistories } from './record-histories.ts';
import type { PlannedRecord, RecordBatch, RecordLook } from './record-look.ts';
import {
  type CompanySurroundings,
  companySurroundings,
  type DealSurroundings,
  dealSurroundings,
} from './surroundings.ts';

export type PlannedRecords = { planned: readonly PlannedRecord[]; failed: readonly RecordResult[] };

/** All that plans are made from, besides the looks. */
type Given = FoundCounterparts & {
  companies: CompanySurroundings;
  deals: DealSurroundings;
};

/**
 * Plans each look with what Salesforce and the ledger have around it. Where the past of a field decides, it is read for those looks only, and
 * they are planned once more.
 */
export async function planRecords(
  dependencies: RecordDependencies,
  batch: RecordBatch,
  names: KindNames,
  looks: readonly RecordLook[],
): Promise<PlannedRecords> {
  if (looks.length === 0) return { planned: [], failed: [] };
  const given = await readGiven(dependencies, batch, names, looks).catch(toVendorFault);
  if (given instanceof SyncError)
    return { planned: [], failed: looks.map(({ claimed }) => faultResult(claimed, given, dependencies.clock)) };
  const first = looks.map((look) => planLook(dependencies, names, look, given, null));
  const contested = first.filter(({ plan: { asks } }) => asks !== null);
  if (contested.length === 0) return { planned: first, failed: [] };

  const histories = await readRecordHistories(dependencies, batch, names, contested);
  const planned = first.filter(({ plan: { asks } }) => asks === null);
  const failed: RecordResult[] = [];
  for (const look of contested) {
    const past = histories.get(look.record.id) ?? noPast;
    if (past instanceof SyncError) failed.push(faultResult(look.claimed, past, dependencies.clock));
    else planned.push(planLook(dependencies, names, look, given, past));
  }
  return { planned, failed };
}

const nobody = { people: [], accountsOfPeople: [], deals: [], isWanted: false };
const noPast: Histories = { hubspot: {}, salesforce: {} };
const nothing: RecordMatches = { byExternalId: [], byId: [], byDomain: [] };

async function readGiven(
  dependencies: RecordDependencies,
  batch: RecordBatch,
  names: KindNames,
  looks: readonly RecordLook[],
): Promise<Given> {
  if (names.kind === 'deal') {
    const found = await findCounterparts(dependencies, batch, names, looks, () => []);
    return { ...found, companies: new Map(), deals: await dealSurroundings(dependencies, looks, found.matches) };
  }
  const companies = await companySurroundings(dependencies, batch, looks);
  const found = await findCounterparts(
    dependencies,
    batch,
    names,
    looks,
    ({ record }) => companies.get(record.id)?.accountsOfPeople ?? [],
  );
  return { ...found, companies, deals: new Map() };
}

function planLook(
  dependencies: RecordDependencies,
  { kind }: KindNames,
  look: RecordLook,
  given: Given,
  histories: Histories | null,
): PlannedRecord {
  const { mapping, clock } = dependencies;
  const { record, claimed, associations } = look;
  const { facts } = given;
  const matches = given.matches.get(record.id) ?? nothing;
  const common = {
    now: clock.now(),
    pair: claimed.pair,
    owners: facts.owners,
    fieldFacts: facts.fieldFacts,
    histories,
    fights: mapping.fights,
    ourUserId: facts.ourUserId,
    deadRecordIds: given.deadRecordIds.get(record.id) ?? new Set<string>(),
  };
  if (kind === 'company') {
    const around = given.companies.get(record.id) ?? nobody;
    const isNamed = claimed.hints.includes('born');
    const stages = stagesOf(mapping);
    return {
      ...look,
      matches,
      personOf: new Map(),
      plan: planCompany({ ...common, ...around, isNamed, mapping: mapping.company, record, matches, stages }),
    };
  }
  const around = given.deals.get(record.id);
  if (facts.deal === null || around === undefined) throw new Error('deals are looked at without what they need');
  const { roles } = mapping.deal;
  const shown = (each: SalesforceRecord) => withRoles(each, around.contactOfPerson, ids);
  const ids = [...around.contacts.keys()];
  const withPeople = {
    ...record,
    properties: { ...record.properties, ...contactProperties(associations, roles, contactsOf(associations).keys()) },
  };
  const found = { ...matches, byId: matches.byId.map(shown), byExternalId: matches.byExternalId.map(shown) };
  const plan: RecordPlan = planDeal({
    ...common,
    ...around,
    // Without companies nobody can tell whose Account is whose.
    mapping: mapping.company.isOn ? mapping.deal : { ...mapping.deal, accountRule: 'never' },
    record: withPeople,
    matches: found,
    facts: facts.deal,
    associations,
  });
  const personOf = new Map(
    [...around.contacts.values()].flatMap(({ contactId, person }) =>
      person?.object === 'Contact' ? [[contactId, person.id] as const] : [],
    ),
  );
  return { ...look, record: withPeople, matches: found, personOf, plan };
}

function withRoles(record: SalesforceRecord, contactOf: ReadonlyMap<string, string>, ids: readonly string[]) {
  return { ...record, fields: { ...record.fields, ...roleFields(record, contactOf, ids) } };
}

function stagesOf({ lifecycle }: RecordDependencies['mapping']) {
  const stageOf = (state: 'open' | 'won') =>
    lifecycle.stages.find(({ salesforce }) => salesforce?.opportunity === state)?.hubspot ?? null;
  return { order: lifecycle.stages.map(({ hubspot }) => hubspot), open: stageOf('open'), won: stageOf('won') };
}
