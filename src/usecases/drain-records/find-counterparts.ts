import type { SalesforceRecord } from '../../domain/record.ts';
import { companyDomains } from '../../domain/records/domain-of.ts';
import type { RecordMatches } from '../../domain/records/types.ts';
import type { RecordLookup } from '../../ports/salesforce.ts';
import type { OrgFacts } from '../drain/dependencies.ts';
import type { RecordPlanDependencies } from './dependencies.ts';
import { fieldsToRead, type KindNames } from './kinds.ts';
import type { RecordBatch, RecordLook } from './record-look.ts';

export type FoundCounterparts = {
  facts: OrgFacts;
  matches: ReadonlyMap<string, RecordMatches>;
  /** Per record: ids on found counterparts that belong to no other living record. */
  deadRecordIds: ReadonlyMap<string, ReadonlySet<string>>;
};

/**
 * Asks Salesforce for every record that a memory of these leads to, and HubSpot for the records whose ids those carry, where they are not the
 * ones that were looked at.
 * @param also what else is to be read for a look
 * @throws SyncError when Salesforce could not be asked
 */
export async function findCounterparts(
  dependencies: RecordPlanDependencies,
  { spend }: RecordBatch,
  names: KindNames,
  looks: readonly RecordLook[],
  also: (look: RecordLook) => Further,
): Promise<FoundCounterparts> {
  const { salesforce, mapping, facts } = dependencies;
  const orgFacts = await facts(spend);
  if (orgFacts.recordFault !== null) throw orgFacts.recordFault;
  const lookups = looks.map((look) => toLookup(dependencies, names, look, also(look)));
  const fields = fieldsToRead(mapping, names, orgFacts);
  const matches = await salesforce.findRecords(names.object, lookups, fields, spend);
  const deadRecordIds = await findDeadRecords(dependencies, { spend, names, looks, matches });
  return { facts: orgFacts, matches, deadRecordIds };
}

/** Further Salesforce ids, and whether a counterpart may be looked for by domain: below the gate not even a domain leaves for Salesforce. */
export type Further = { ids: readonly string[]; byDomain: boolean };

/** Domains only as long as nothing is linked. */
function toLookup(
  { mapping }: RecordPlanDependencies,
  { kind, property }: KindNames,
  look: RecordLook,
  also: Further,
): RecordLookup {
  const { claimed, record } = look;
  const { pair } = claimed;
  const remembered = [pair?.person?.id, record.properties[property], ...(pair?.formerPersonIds ?? []), ...also.ids];
  const isUnlinked = pair?.person == null && kind === 'company' && mapping.company.matchByDomain && also.byDomain;
  return {
    key: record.id,
    externalIds: ownIds(look),
    recordIds: [...new Set(remembered.flatMap((id) => (id == null || id === '' ? [] : id)))],
    domains: isUnlinked ? [...companyDomains(record.properties, mapping.company.ignoredDomains)] : [],
  };
}

/** The record's id and all that led to it. */
function ownIds({ claimed: { pair }, record }: RecordLook): string[] {
  return [...new Set([record.id, ...record.mergedIds, ...(pair?.formerContactIds ?? [])])];
}

type Asked = {
  spend: RecordBatch['spend'];
  names: KindNames;
  looks: readonly RecordLook[];
  matches: ReadonlyMap<string, RecordMatches>;
};

async function findDeadRecords(
  { hubspot }: RecordPlanDependencies,
  { spend, names, looks, matches }: Asked,
): Promise<FoundCounterparts['deadRecordIds']> {
  const carried = new Map(looks.map((look) => [look.record.id, carriedIds(look, matches.get(look.record.id))]));
  const asked = [...new Set([...carried.values()].flat())];
  if (asked.length === 0) return new Map();
  const reads = await hubspot.read(names.type, asked, [], spend);
  const isDead = (id: string, ownId: string) => {
    const read = reads.get(id);
    return read?.kind === 'missing' || (read?.kind === 'merged' && read.record.id === ownId);
  };
  return new Map([...carried].map(([ownId, ids]) => [ownId, new Set(ids.filter((id) => isDead(id, ownId)))]));
}

/** Ids of other records on the living ones that were found. */
function carriedIds(look: RecordLook, matches: RecordMatches | undefined): string[] {
  if (matches === undefined) return [];
  const own = new Set(ownIds(look));
  const isForeign = ({ externalId, isDeleted }: SalesforceRecord) =>
    !isDeleted && externalId !== null && externalId !== '' && !own.has(externalId);
  const found = [...matches.byExternalId, ...matches.byId, ...matches.byDomain].filter(isForeign);
  return [...new Set(found.flatMap(({ externalId }) => externalId ?? []))];
}
