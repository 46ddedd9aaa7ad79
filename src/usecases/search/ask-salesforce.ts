import type {
  HubSpotObject,
  SalesforceObject,
  SalesforcePerson,
  SalesforceRecord,
  SalesforceReference,
} from '../../domain/record.ts';
import type { Spend } from '../../ports/budget.ts';
import { mappingOf } from '../drain-records/kinds.ts';
import { type FoundRecord, ofMarks, ofPair, ofSalesforce } from './found-record.ts';
import { inTime } from './in-time.ts';
import { noticeOf } from './notices.ts';
import type { SearchDependencies, SearchPage } from './search-records.ts';

/** What HubSpot and the ledger know nothing of: an id of Salesforce, or a whole email of a person. */
export type Clue = { id: string; object: SalesforceObject } | { email: string };

/** Salesforce counts its calls by the day: what a person looks up never pauses the connection. */
const spend = (): Spend => ({ priority: 3, prepaid: 0 });

/** Fields that are shown, besides the mapped ones. */
const personFields = { Lead: ['FirstName', 'LastName', 'Company'], Contact: ['FirstName', 'LastName'] } as const;

/**
 * Asks Salesforce in one call. What it finds may have a pair after all: a Lead leads to the Contact that it was converted to, a merged record to
 * its survivor.
 */
export async function searchSalesforce(
  dependencies: SearchDependencies,
  kind: HubSpotObject,
  clue: Clue,
): Promise<SearchPage> {
  const { ledger, mapping } = dependencies;
  const [found, notice] = await find(dependencies, kind, clue);
  const living = found.filter(({ isDeleted }) => !isDeleted);
  const pairs = await ledger.findPairs(kind, {
    counterpartIds: found.map(({ id }) => id),
    recordIds: living.flatMap(({ externalId }) => externalId ?? []),
  });
  if (pairs.length > 0) return { items: pairs.map((pair) => ofPair(kind, pair, mapping)), nextCursor: null, notice };
  const shown = living.filter((record) => !isConverted(record));
  const items = await withMarks(dependencies, kind, shown.length > 0 ? shown : living);
  if (items.length > 0 || 'email' in clue) return { items, nextCursor: null, notice };
  return { items: await noted(dependencies, kind, clue), nextCursor: null, notice };
}

/** What became of a converted Lead is found beside it. */
function isConverted(record: SalesforcePerson | SalesforceRecord): boolean {
  return 'isConverted' in record && record.isConverted;
}

type Found = readonly [records: readonly (SalesforcePerson | SalesforceRecord)[], notice: string | null];

async function find(
  { salesforce, mapping, clock }: SearchDependencies,
  kind: HubSpotObject,
  clue: Clue,
): Promise<Found> {
  const ids = 'id' in clue ? [clue.id] : [];
  const emails = 'email' in clue ? [clue.email] : [];
  try {
    if (kind === 'contact') {
      const lookup = { contactId: 'wanted', externalIds: [], personIds: ids, emails };
      const matches = (await inTime(clock, salesforce.findPersons([lookup], personFields, spend()))).get('wanted');
      return [distinct([...(matches?.byId ?? []), ...(matches?.byEmail ?? [])]), null];
    }
    if (!mappingOf(mapping, kind).isOn) return [[], null];
    const lookup = { key: 'wanted', externalIds: [], recordIds: ids, domains: [] };
    const object = kind === 'company' ? 'Account' : 'Opportunity';
    const matches = (await inTime(clock, salesforce.findRecords(object, [lookup], ['Name'], spend()))).get('wanted');
    return [distinct(matches?.byId ?? []), null];
  } catch (thrown) {
    return [[], noticeOf(thrown)];
  }
}

function distinct<Record extends { id: string }>(records: readonly Record[]): readonly Record[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}

async function withMarks(
  { ledger }: SearchDependencies,
  kind: HubSpotObject,
  records: readonly (SalesforcePerson | SalesforceRecord)[],
): Promise<FoundRecord[]> {
  const objects = [...new Set(records.map(({ object }) => object))];
  const marks = await ledger.recordMarks(
    { system: 'salesforce', objects },
    records.map(({ id }) => id),
  );
  return records.map((record) => ofSalesforce(kind, record, marks.get(record.id)));
}

/** Nobody can be asked, or Salesforce has it no more: something may be noted of it all the same. */
async function noted(
  { ledger }: SearchDependencies,
  kind: HubSpotObject,
  counterpart: SalesforceReference,
): Promise<FoundRecord[]> {
  const of = { system: 'salesforce', objects: [counterpart.object] } as const;
  const marks = (await ledger.recordMarks(of, [counterpart.id])).get(counterpart.id);
  return marks === undefined
    ? []
    : [ofMarks(kind, { counterpart: { object: counterpart.object, id: counterpart.id } }, marks)];
}
