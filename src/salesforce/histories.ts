import { z } from 'zod';
import type { PastChange } from '../domain/plan/types.ts';
import type { FieldValue, SalesforceObject, SalesforceReference } from '../domain/record.ts';
import { toLongId } from '../domain/salesforce-ids.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesforceClient } from './client.ts';
import { collectRows, maxHeavySubrequests, type Row, type Subanswer, sendComposite, toQueryPart } from './composite.ts';
import { rowFor, toVendorErrors } from './errors.ts';
import { toEpochMs } from './persons.ts';
import { toStatements } from './soql.ts';

/** The object that holds the history of each; Opportunity's own name is taken by the history of its stages. */
const historyObjects: Readonly<Record<SalesforceObject, string>> = {
  Lead: 'LeadHistory',
  Contact: 'ContactHistory',
  Account: 'AccountHistory',
  Opportunity: 'OpportunityFieldHistory',
};
const objects: readonly SalesforceObject[] = ['Lead', 'Contact', 'Account', 'Opportunity'];
/** Fields that the history calls otherwise: a lookup goes by its relationship. */
const aliases: Readonly<Record<string, string>> = {
  OwnerId: 'Owner',
  AccountId: 'Account',
  RecordTypeId: 'RecordType',
  ParentId: 'Parent',
  CampaignId: 'Campaign',
};

const historyRow = z.object({
  Field: z.string(),
  NewValue: z.unknown(),
  CreatedDate: z.unknown(),
  CreatedBy: z
    .object({ Name: z.string().min(1) })
    .nullish()
    .catch(null),
  CreatedById: z.string().nullish().catch(null),
});

type Past = Record<string, PastChange[]>;
type Query = { object: SalesforceObject; soql: string };

function toQueries(records: readonly SalesforceReference[], fields: readonly string[]): Query[] {
  const names = [...new Set(fields.map((field) => aliases[field] ?? field))];
  if (names.length === 0) return [];
  return objects.flatMap((object) => {
    const ids = records.filter((record) => record.object === object).map(({ id }) => toLongId(id));
    const selection = {
      object: historyObjects[object],
      fields: [`${object}Id`, 'Field', 'NewValue', 'CreatedDate', 'CreatedById', 'CreatedBy.Name'],
      filter: { field: 'Field', values: names },
      newestFirst: 'CreatedDate',
    };
    const soqls = toStatements(selection, [{ field: `${object}Id`, values: ids.filter((id) => id !== null) }]);
    return soqls.map((soql) => ({ object, soql }));
  });
}

function toValue(value: unknown): FieldValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** An org that tracks no field of an object has no history of it to ask for. */
function isUntracked(answer: Subanswer): boolean {
  if (answer.status === 200) return false;
  return toVendorErrors(answer.body).some(({ code }) => rowFor(code).code === 'salesforce_unknown_field');
}

function keepRow(
  row: Row,
  object: SalesforceObject,
  nameOf: ReadonlyMap<string, string>,
  found: Map<string, Past>,
): void {
  const parsed = historyRow.safeParse(row);
  const recordId = row[`${object}Id`];
  const id = typeof recordId === 'string' ? toLongId(recordId) : null;
  if (!parsed.success || id === null) return;
  const { Field, NewValue, CreatedDate, CreatedBy, CreatedById } = parsed.data;
  const field = nameOf.get(Field);
  const atMs = toEpochMs(CreatedDate);
  if (field === undefined || atMs === null) return;
  const past = found.get(id) ?? {};
  found.set(id, past);
  const changes = past[field] ?? [];
  past[field] = changes;
  // A lookup is told twice, once with the id and once with a name: the id is what the field holds.
  const value = Object.hasOwn(aliases, field) && toLongId(String(NewValue)) === null ? null : toValue(NewValue);
  changes.push({ value, atMs, by: CreatedBy?.Name ?? CreatedById ?? 'unknown' });
}

/**
 * See `SalesforcePort.readHistories`. One composite call for some 500 records; objects and fields that the org does not track are left
 * out.
 * @throws SyncError when the look failed for another reason
 */
export async function readHistories(
  client: SalesforceClient,
  records: readonly SalesforceReference[],
  fields: readonly string[],
  spend: Spend,
): Promise<Map<string, Past>> {
  const found = new Map<string, Past>();
  const nameOf = new Map(fields.map((field) => [aliases[field] ?? field, field]));
  const queries = toQueries(records, fields);
  for (let start = 0; start < queries.length; start += maxHeavySubrequests) {
    const some = queries.slice(start, start + maxHeavySubrequests);
    const parts = some.map(({ soql }) => toQueryPart({ soql, withDeleted: false }));
    const answers = await sendComposite(client, parts, spend);
    for (const [index, { object }] of some.entries()) {
      const answer = answers[index] ?? { status: 0, body: undefined };
      if (isUntracked(answer)) continue;
      for (const row of await collectRows(client, answer, spend)) keepRow(row, object, nameOf, found);
    }
  }
  for (const past of found.values()) for (const changes of Object.values(past)) changes.sort((a, b) => b.atMs - a.atMs);
  return found;
}
