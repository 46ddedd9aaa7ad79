import type { CounterpartObject, SalesforceRecord } from '../domain/record.ts';
import type { RecordMatches } from '../domain/records/types.ts';
import { recordPrefixes, toLongId } from '../domain/salesforce-ids.ts';
import { toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { RecordLookup } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import { type Query, runQueries } from './composite.ts';
import type { Describer } from './directory.ts';
import { isPersonAccount, type RecordSelection, recordIdFields, toRecord, toRecordSelection } from './records.ts';
import { readOnRoles } from './roles.ts';
import { withSetupAdvice } from './setup-advice.ts';
import { type Condition, toPattern, toStatements } from './soql.ts';

/** A chain of merges; longer ones are left to a person. */
const MAX_HOPS = 5;
/** A host name as people write it; nothing else is looked for. */
const HOST = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u;

/** What a look needs besides the lookups. */
type Scope = {
  client: SalesforceClient;
  describe: Describer;
  object: CounterpartObject;
  fields: readonly string[];
  spend: Spend;
};

type Wanted = { conditions: readonly Condition[]; withDeleted: boolean };

function toDomains({ domains }: RecordLookup): string[] {
  return domains.map((domain) => domain.trim().toLowerCase()).filter((domain) => HOST.test(domain));
}

/** Ids of this object only: a foreign or malformed one in a HubSpot property must not fail the look of all others. */
function toIdsOf(object: CounterpartObject, ids: readonly string[]): string[] {
  const long = ids.map((id) => toLongId(id)).filter((id) => id !== null);
  return long.filter((id) => id.startsWith(recordPrefixes[object]));
}

function toFirstQuestions(object: CounterpartObject, lookups: readonly RecordLookup[]): Wanted[] {
  const externalIds = lookups.flatMap((lookup) => lookup.externalIds).filter((id) => id !== '');
  const ids = toIdsOf(
    object,
    lookups.flatMap((lookup) => lookup.recordIds),
  );
  const conditions = [
    { field: recordIdFields[object], values: externalIds },
    { field: 'Id', values: ids },
  ];
  if (object !== 'Account') return [{ conditions, withDeleted: true }];
  // Bound on the right: `%ing.com%` would read every consulting.com… of the org.
  const patterns = lookups
    .flatMap(toDomains)
    .flatMap((domain) => [toPattern('%', domain, ''), toPattern('%', domain, '/%')]);
  return [
    { conditions, withDeleted: true },
    { conditions: [{ field: 'Website', patterns }], withDeleted: false },
  ];
}

function toQueries(selection: RecordSelection, { conditions, withDeleted }: Wanted): Query[] {
  return toStatements(selection, conditions).map((soql) => ({ soql, withDeleted }));
}

async function run(
  scope: Scope,
  selection: RecordSelection,
  questions: readonly Wanted[],
): Promise<SalesforceRecord[]> {
  const { client, object, fields, spend } = scope;
  const queries = questions.flatMap((wanted) => toQueries(selection, wanted));
  try {
    const found = (await runQueries(client, queries, spend)).flat().filter((row) => !isPersonAccount(row));
    const rows = object === 'Opportunity' ? await readOnRoles(client, found, spend) : found;
    return rows.map((row) => toRecord(object, row, fields));
  } catch (thrown) {
    const error = withSetupAdvice(object, toSyncError(thrown));
    await client.pause(error);
    throw error;
  }
}

async function followMerges(scope: Scope, selection: RecordSelection, seen: Map<string, SalesforceRecord>) {
  const asked = new Set(seen.keys());
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const masters = [...seen.values()].map(({ masterRecordId }) => masterRecordId).filter((id) => id !== null);
    const wanted = [...new Set(masters)].filter((id) => !asked.has(id));
    if (wanted.length === 0) return;
    for (const id of wanted) asked.add(id);
    const question = { conditions: [{ field: 'Id', values: wanted }], withDeleted: true };
    for (const record of await run(scope, selection, [question])) seen.set(record.id, record);
  }
}

/** The records and the survivors that they lead to, each once. */
function withSurvivors(
  start: readonly (SalesforceRecord | undefined)[],
  seen: ReadonlyMap<string, SalesforceRecord>,
): SalesforceRecord[] {
  const closed = new Map<string, SalesforceRecord>();
  for (let record of start) {
    while (record !== undefined && !closed.has(record.id)) {
      closed.set(record.id, record);
      record = seen.get(record.masterRecordId ?? '');
    }
  }
  return [...closed.values()];
}

/** The host of a Website as people write it: without scheme, user, port and path. */
function toHost({ fields }: SalesforceRecord): string {
  const text = typeof fields.Website === 'string' ? fields.Website.trim().toLowerCase() : '';
  return text.replace(/^[a-z][a-z0-9+.-]*:\/\//, '').replace(/[/?#:].*$/, '');
}

/** Living records by every domain that their host ends with: `www.example.com` stands under `example.com` too. */
function groupByDomain(records: Iterable<SalesforceRecord>): Map<string, SalesforceRecord[]> {
  const groups = new Map<string, SalesforceRecord[]>();
  for (const record of records) {
    if (record.isDeleted) continue;
    const labels = toHost(record).split('.');
    for (const [at] of labels.entries()) addTo(groups, labels.slice(at).join('.'), record);
  }
  return groups;
}

function addTo(groups: Map<string, SalesforceRecord[]>, key: string, record: SalesforceRecord): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [record]);
  else group.push(record);
}

function matchAll(lookups: readonly RecordLookup[], seen: ReadonlyMap<string, SalesforceRecord>) {
  const byExternalId = new Map<string, SalesforceRecord[]>();
  for (const record of seen.values()) if (record.externalId !== null) addTo(byExternalId, record.externalId, record);
  const byDomain = groupByDomain(seen.values());
  const collect = (groups: ReadonlyMap<string, SalesforceRecord[]>, keys: readonly string[]) => [
    ...new Set([...new Set(keys)].flatMap((key) => groups.get(key) ?? [])),
  ];
  return new Map<string, RecordMatches>(
    lookups.map((lookup) => {
      const external = collect(byExternalId, lookup.externalIds);
      const own = lookup.recordIds.map((id) => seen.get(toLongId(id) ?? ''));
      const led = external.map(({ masterRecordId }) => seen.get(masterRecordId ?? ''));
      const matches = {
        byExternalId: external,
        byId: withSurvivors([...own, ...led], seen),
        byDomain: collect(byDomain, toDomains(lookup)),
      };
      return [lookup.key, matches];
    }),
  );
}

/**
 * See `SalesforcePort.findRecords`. One statement over ids of both kinds that also shows the dead (`queryAll`); of Accounts some over the
 * Websites of the living, 160 domains to each. Five statements to a call. Survivors of merges are asked for afterwards where they are
 * missing. Person accounts are left out.
 */
export async function findRecords(scope: Scope, lookups: readonly RecordLookup[]): Promise<Map<string, RecordMatches>> {
  const { object, fields, describe, spend } = scope;
  const selection = await toRecordSelection(object, fields, describe, spend);
  const seen = new Map<string, SalesforceRecord>();
  for (const record of await run(scope, selection, toFirstQuestions(object, lookups))) seen.set(record.id, record);
  await followMerges(scope, selection, seen);
  return matchAll(lookups, seen);
}
