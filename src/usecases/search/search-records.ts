import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { type HubSpotObject, type HubSpotRecord, pluralOf } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { KnownPair, SearchLedger } from '../../ports/ledger-search.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import { searchSalesforce } from './ask-salesforce.ts';
import { type FoundRecord, ofHubSpot, ofMarks, ofPair, shownProperties } from './found-record.ts';
import { inTime } from './in-time.ts';
import { nothingNotice, noticeOf, offNotice, otherKindNotice, tooManyNotice } from './notices.ts';
import { readQuery, type Wanted } from './read-query.ts';

export type SearchDependencies = {
  hubspot: Pick<HubSpotPort, 'searchText' | 'readAlone'>;
  salesforce: Pick<SalesforcePort, 'findPersons' | 'findRecords'>;
  ledger: SearchLedger;
  mapping: CompiledMapping;
  clock: Pick<Clock, 'sleep'>;
};

/** `query` absent or blank: those that changed last. */
export type SearchQuestion = { query?: string | undefined; limit: number; cursor?: string | undefined };

export type SearchPage = { items: readonly FoundRecord[]; nextCursor: string | null; notice: string | null };

/** Somebody waits for the answer, and handoffs go first. */
const spend = (): Spend => ({ priority: 2, prepaid: 0 });

/**
 * Finds records of one kind: by an id of either CRM, by email, else by HubSpot's own search; with all that the ledger knows of each. Without a
 * query nobody is asked but the ledger. One search costs one search call of HubSpot at most and one read, and one call of Salesforce where
 * nobody else knows. What cannot be asked is told in `notice`, and what the ledger knows is answered all the same.
 *
 * @throws SyncError permanent `bad_cursor`; whatever the ledger answers
 */
export async function searchRecords(
  dependencies: SearchDependencies,
  kind: HubSpotObject,
  { query = '', limit, cursor }: SearchQuestion,
): Promise<SearchPage> {
  if (query.trim() === '') return await listChanged(dependencies, kind, limit, cursor ?? null);
  const wanted = readQuery(kind, query);
  if (wanted.by === 'nothing') return page([], nothingNotice);
  if (wanted.by === 'other_kind') return page([], otherKindNotice(wanted.object));
  const after = readOffset(cursor);
  if (wanted.by === 'salesforce_id') return await byCounterpart(dependencies, kind, wanted);
  if (wanted.by === 'text' || after > 0) return await byText(dependencies, kind, { text: wanted.text, limit, after });
  const exact = await byExactly(dependencies, kind, wanted);
  if (exact.items.length > 0 || exact.notice !== null) return exact;
  const found = await byText(dependencies, kind, { text: wanted.text, limit, after: 0 });
  if (found.items.length > 0 || wanted.by !== 'email') return found;
  return await searchSalesforce(dependencies, kind, { email: wanted.text });
}

function page(items: readonly FoundRecord[], notice: string | null = null): SearchPage {
  return { items, nextCursor: null, notice };
}

async function listChanged(
  { ledger, mapping }: SearchDependencies,
  kind: HubSpotObject,
  limit: number,
  after: string | null,
): Promise<SearchPage> {
  const { pairs, next } = await ledger.lastChanged(kind, limit, after);
  const notice = isOff(mapping, kind) ? offNotice(kind) : null;
  return { items: pairs.map((pair) => ofPair(kind, pair, mapping)), nextCursor: next, notice };
}

/** The record by its HubSpot id or by a whole email; the ledger's own where HubSpot has no such record or cannot be asked. */
async function byExactly(
  dependencies: SearchDependencies,
  kind: HubSpotObject,
  { by, text }: Extract<Wanted, { by: 'hubspot_id' | 'email' }>,
): Promise<SearchPage> {
  const { hubspot, ledger, mapping } = dependencies;
  const wanted = { id: text, by: by === 'email' ? 'email' : 'id', properties: shownProperties[kind] } as const;
  const [read, known] = await Promise.all([
    ask(dependencies, kind, () => hubspot.readAlone(pluralOf[kind], wanted, spend())),
    ledger.findPairs(kind, by === 'email' ? { email: text } : { recordIds: [text] }),
  ]);
  const records = read.answer == null ? [] : [read.answer];
  const live = await withKnown(dependencies, kind, records);
  const shown = new Set(records.map(({ id }) => id));
  const others = known.filter(({ recordIds }) => !recordIds.some((id) => shown.has(id)));
  const items = [...live, ...others.map((pair) => ofPair(kind, pair, mapping))];
  if (items.length > 0 || by === 'email') return page(items, read.notice);
  const marks = (await ledger.recordMarks({ system: 'hubspot', objects: [kind] }, [text])).get(text);
  return page(marks === undefined ? [] : [ofMarks(kind, { recordId: text }, marks)], read.notice);
}

/** By an id of Salesforce: the pair with what HubSpot holds of it now, else the record as Salesforce has it. */
async function byCounterpart(
  dependencies: SearchDependencies,
  kind: HubSpotObject,
  { text, object }: Extract<Wanted, { by: 'salesforce_id' }>,
): Promise<SearchPage> {
  const { hubspot, ledger, mapping } = dependencies;
  const pairs = await ledger.findPairs(kind, { counterpartIds: [text] });
  const [pair] = pairs;
  if (pair === undefined) return await searchSalesforce(dependencies, kind, { id: text, object });
  if (pair.recordId === null || !pair.isLive) return page(pairs.map((each) => ofPair(kind, each, mapping)));
  const wanted = { id: pair.recordId, by: 'id', properties: shownProperties[kind] } as const;
  const read = await ask(dependencies, kind, () => hubspot.readAlone(pluralOf[kind], wanted, spend()));
  if (read.answer == null) return page([ofPair(kind, pair, mapping)], read.notice);
  return page(await withKnown(dependencies, kind, [read.answer]));
}

async function byText(
  dependencies: SearchDependencies,
  kind: HubSpotObject,
  { text, limit, after }: { text: string; limit: number; after: number },
): Promise<SearchPage> {
  const { hubspot } = dependencies;
  const question = { text, properties: shownProperties[kind], limit, after };
  const { answer, notice } = await ask(dependencies, kind, () => hubspot.searchText(pluralOf[kind], question, spend()));
  if (answer === undefined) return page([], notice);
  const items = await withKnown(dependencies, kind, answer.records);
  const nextCursor = answer.next === null ? null : String(answer.next);
  return { items, nextCursor, notice: answer.total > mostResults ? tooManyNotice(kind) : null };
}

/** Of HubSpot's search (search guide). */
const mostResults = 10_000;

async function withKnown(
  { ledger, mapping }: SearchDependencies,
  kind: HubSpotObject,
  records: readonly HubSpotRecord[],
): Promise<FoundRecord[]> {
  const ids = records.map(({ id }) => id);
  if (ids.length === 0) return [];
  const [pairs, marks] = await Promise.all([
    ledger.findPairs(kind, { recordIds: ids }),
    ledger.recordMarks({ system: 'hubspot', objects: [kind] }, ids),
  ]);
  const pairOf = new Map<string, KnownPair>(pairs.flatMap((pair) => pair.recordIds.map((id) => [id, pair] as const)));
  return records.map((record) =>
    ofHubSpot(kind, record, { pair: pairOf.get(record.id), marks: marks.get(record.id) }, mapping),
  );
}

type Asked<T> = { answer: T; notice: null } | { answer: undefined; notice: string };

/** What HubSpot answered, or in plain words why it did not. @throws whatever is no fault of a CRM */
async function ask<T>(
  { mapping, clock }: SearchDependencies,
  kind: HubSpotObject,
  call: () => Promise<T>,
): Promise<Asked<T>> {
  if (isOff(mapping, kind)) return { answer: undefined, notice: offNotice(kind) };
  try {
    return { answer: await inTime(clock, call()), notice: null };
  } catch (thrown) {
    return { answer: undefined, notice: noticeOf(thrown) };
  }
}

function isOff({ company, deal }: CompiledMapping, kind: HubSpotObject): boolean {
  return (kind === 'company' && !company.isOn) || (kind === 'deal' && !deal.isOn);
}

function readOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,5}$/.test(cursor) && Number(cursor) <= mostResults) return Number(cursor);
  throw new SyncError('permanent', 'bad_cursor', 'The cursor is not one that this search gave.');
}
