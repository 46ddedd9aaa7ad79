import type { SalesforcePerson, SalesforceRecord } from '../../../domain/record.ts';
import type { BackfillObject, RunFilter } from '../../../domain/runs/types.ts';
import type { ClaimedRun } from '../../../ports/ledger-runs.ts';
import type { RowQuestion } from '../../../ports/salesforce.ts';
import type { Counter } from '../run-counts.ts';
import { numberOf, rowsOf } from '../run-cursor.ts';
import { type RunDependencies, runSpend } from '../run-handler.ts';
import type { CompiledFilter } from './filter.ts';
import { judgeLeads, judgeOpportunities } from './judge-salesforce.ts';
import { nextPosition } from './list-hubspot.ts';
import { fieldsOf } from './objects.ts';
import type { Source } from './page.ts';

/** As many as one look finds. */
const idsPerPart = 200;

type Given = Pick<RunDependencies, 'ledger' | 'salesforce' | 'mapping'>;
export type SalesforceListing = {
  object: Extract<BackfillObject, 'leads' | 'opportunities'>;
  filter: RunFilter;
  compiled: CompiledFilter;
  /** How many rows are expected. */
  expected: number;
};

/** The filter as the walk through Salesforce takes it. */
export function toRowFilter({ sinceMs, untilMs, stage }: RunFilter): RowQuestion['filter'] {
  return {
    ...(sinceMs === undefined ? {} : { modifiedFromMs: sinceMs }),
    ...(untilMs === undefined ? {} : { modifiedUntilMs: untilMs }),
    ...(stage === undefined ? {} : { stage }),
  };
}

/** All living rows that match. */
export function rowSource(dependencies: Given, listing: SalesforceListing): Source {
  const { ledger, mapping, salesforce } = dependencies;
  const { object, filter, compiled, expected } = listing;
  const given = { ledger, mapping, filter: compiled };
  const fields = fieldsToAsk(dependencies, listing);
  return async (at, counter) => {
    const question = { filter: toRowFilter(filter), fields, cursor: rowsOf(at), expected };
    if (object === 'leads') {
      const page = await salesforce.walkPersons('Lead', question, runSpend());
      if (page.waitMs > 0) return { waitMs: page.waitMs, next: page.next };
      return { wanted: await judgeLeads(given, page.rows, counter), next: page.next };
    }
    const page = await salesforce.walkRecords('Opportunity', question, runSpend());
    if (page.waitMs > 0) return { waitMs: page.waitMs, next: page.next };
    return { wanted: await judgeOpportunities(given, page.rows, counter), next: page.next };
  };
}

/** The ids that were given one by one. */
export function rowIdSource(dependencies: Given, listing: SalesforceListing, run: Pick<ClaimedRun, 'id'>): Source {
  return async (cursor, counter) => {
    const rows = await dependencies.ledger.runIds(run.id, numberOf(cursor, 'position'), idsPerPart);
    const ids = rows.map(({ recordId }) => recordId);
    const wanted = ids.length === 0 ? [] : await findAndJudge(dependencies, listing, ids, counter);
    return { wanted, next: nextPosition(rows) };
  };
}

async function findAndJudge(dependencies: Given, listing: SalesforceListing, ids: readonly string[], counter: Counter) {
  const { ledger, mapping } = dependencies;
  const given = { ledger, mapping, filter: listing.compiled };
  const found = await findListed(dependencies, listing, ids);
  for (const id of found.unknown) counter.add('listed', 'unknown_id', id);
  return found.kind === 'leads'
    ? await judgeLeads(given, found.rows, counter)
    : await judgeOpportunities(given, found.rows, counter);
}

type FoundRows = { unknown: readonly string[] } & (
  | { kind: 'leads'; rows: readonly SalesforcePerson[] }
  | { kind: 'opportunities'; rows: readonly SalesforceRecord[] }
);

/** Rows by ids, dead ones too. @throws SyncError when the look failed */
export async function findListed(
  dependencies: Pick<Given, 'salesforce' | 'mapping'>,
  listing: SalesforceListing,
  ids: readonly string[],
): Promise<FoundRows> {
  const { salesforce } = dependencies;
  const fields = fieldsToAsk(dependencies, listing);
  const missing = (rows: readonly { id: string }[]) => {
    const found = new Set(rows.map(({ id }) => id));
    return ids.filter((id) => !found.has(id));
  };
  if (listing.object === 'leads') {
    const lookups = ids.map((id) => ({ contactId: id, externalIds: [], personIds: [id], emails: [] }));
    const found = await salesforce.findPersons(lookups, { Lead: fields, Contact: [] }, runSpend());
    const leads = ids.flatMap(
      (id) => found.get(id)?.byId.find((lead) => lead.id === id && lead.object === 'Lead') ?? [],
    );
    return { kind: 'leads', rows: leads, unknown: missing(leads) };
  }
  const lookups = ids.map((id) => ({ key: id, externalIds: [], recordIds: [id], domains: [] }));
  const found = await salesforce.findRecords('Opportunity', lookups, fields, runSpend());
  const opportunities = ids.flatMap((id) => found.get(id)?.byId.find((record) => record.id === id) ?? []);
  return { kind: 'opportunities', rows: opportunities, unknown: missing(opportunities) };
}

/** The mapped fields, and those of the filter. */
export function fieldsToAsk(
  { mapping }: Pick<Given, 'mapping'>,
  { object, compiled }: SalesforceListing,
): readonly string[] {
  return [...new Set([...fieldsOf(mapping, object), ...compiled.reads])];
}
