import type { HubSpotRecord, SalesforcePerson, SalesforceRecord } from '../../../domain/record.ts';
import { type WalkedRow, walkRows } from '../../walk-rows.ts';
import type { Counter } from '../run-counts.ts';
import { type RunDependencies, runSpend } from '../run-handler.ts';
import { createReservoir, mostSampled, sampleWalk, spread } from '../sample.ts';
import type { BackfillQuestion, GivenIds } from './forecast.ts';
import { judgeHubSpot } from './judge-hubspot.ts';
import { judgeLeads, judgeOpportunities } from './judge-salesforce.ts';
import { otherList, propertiesOf, readListed, toWalkFilter } from './list-hubspot.ts';
import { fieldsToAsk, findListed, toRowFilter } from './list-salesforce.ts';
import { type HubSpotBackfill, isHubSpotBackfill } from './objects.ts';
import type { Wanted } from './page.ts';

/** Some records of the listing. `rows`: how many they are; `stands`: how many they stand for; `judge`: which of them need a look. */
export type SampledPart = { rows: number; stands: number; judge(counter: Counter): Promise<readonly Wanted[]> };
export type ListingSample = { total: number; parts: readonly SampledPart[]; isAll: boolean };

type Given = Pick<RunDependencies, 'ledger' | 'hubspot' | 'salesforce' | 'mapping' | 'clock'>;

/** Reads a sample of what a backfill would list, and how much that is in all. */
export async function sampleListing(dependencies: Given, question: BackfillQuestion): Promise<ListingSample> {
  const { object } = question;
  if (!isHubSpotBackfill(object)) return await sampleRows(dependencies, question);
  const given = question.ids ?? (await membersOf(dependencies, question));
  return given === null
    ? await sampleAll(dependencies, { ...question, object })
    : await sampleIds(dependencies, { ...question, object }, given);
}

type HubSpotQuestion = BackfillQuestion & { object: HubSpotBackfill };

async function sampleAll(dependencies: Given, question: HubSpotQuestion): Promise<ListingSample> {
  const { hubspot } = dependencies;
  const asked = { filter: toWalkFilter(question.filter), properties: propertiesOf(dependencies, question) };
  const walkFrom = async (afterId: string | null) =>
    await hubspot.walk(question.object, { ...asked, afterId }, runSpend());
  const { total, strata, isAll } = await sampleWalk(walkFrom);
  const parts = strata.map(({ rows, stands }) => partOf(dependencies, question, rows, { rows: rows.length, stands }));
  return { total, parts, isAll };
}

async function sampleIds(
  dependencies: Given,
  question: HubSpotQuestion,
  { count, sample }: GivenIds,
): Promise<ListingSample> {
  const { records } = await readListed(dependencies, question, sample);
  const part = partOf(dependencies, question, records, { rows: sample.length, stands: count });
  return { total: count, parts: [part], isAll: sample.length >= count };
}

function partOf(
  { ledger, mapping }: Given,
  { object, compiled }: HubSpotQuestion,
  records: readonly HubSpotRecord[],
  numbers: Pick<SampledPart, 'rows' | 'stands'>,
): SampledPart {
  const judge = (counter: Counter) => judgeHubSpot({ ledger, mapping, object, filter: compiled }, records, counter);
  return { ...numbers, judge };
}

/** Null: no list was asked for. Its members have to be counted one by one. */
async function membersOf({ hubspot, clock }: Given, { object, filter }: BackfillQuestion): Promise<GivenIds | null> {
  if (filter.listId === undefined) return null;
  const reservoir = createReservoir(mostSampled, clock.random);
  let [count, after] = [0, null as string | null];
  do {
    const page = await hubspot.listMembers(filter.listId, after, runSpend());
    if (page.type !== object) throw otherList(page.type, object);
    for (const id of page.ids) reservoir.add(id);
    count += page.ids.length;
    after = page.next;
  } while (after !== null);
  return { count, sample: reservoir.ids() };
}

async function sampleRows(dependencies: Given, question: BackfillQuestion): Promise<ListingSample> {
  const { ledger, mapping, salesforce } = dependencies;
  const isLeads = question.object === 'leads';
  const listing = { ...question, object: isLeads ? ('leads' as const) : ('opportunities' as const), expected: 0 };
  const given = { ledger, mapping, filter: question.compiled };
  const toPart = (rows: readonly WalkedRow[], numbers: Pick<SampledPart, 'rows' | 'stands'>) => ({
    ...numbers,
    judge: async (counter: Counter) =>
      isLeads
        ? await judgeLeads(given, rows.filter(isPerson), counter)
        : await judgeOpportunities(given, rows.filter(isRecord), counter),
  });
  if (question.ids !== null) {
    const { count, sample } = question.ids;
    const { rows } = await findListed(dependencies, listing, sample);
    const part = toPart(rows, { rows: sample.length, stands: count });
    return { total: count, parts: [part], isAll: sample.length >= count };
  }
  const asked = { filter: toRowFilter(question.filter), fields: fieldsToAsk(dependencies, listing), cursor: null };
  const name = isLeads ? 'Lead' : 'Opportunity';
  const page = await walkRows(salesforce, name, { ...asked, expected: 0 }, runSpend());
  const isWhole = page.next === null;
  const total = isWhole ? page.rows.length : await salesforce.countRows(name, asked.filter, runSpend());
  const rows = spread(page.rows, mostSampled);
  return { total, parts: [toPart(rows, { rows: rows.length, stands: total })], isAll: rows.length >= total };
}

function isPerson(row: WalkedRow): row is SalesforcePerson {
  return row.object === 'Lead' || row.object === 'Contact';
}

function isRecord(row: WalkedRow): row is SalesforceRecord {
  return row.object === 'Account' || row.object === 'Opportunity';
}
