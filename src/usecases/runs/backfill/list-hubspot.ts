import type { HubSpotRecord } from '../../../domain/record.ts';
import type { RunFilter } from '../../../domain/runs/types.ts';
import type { SyncError } from '../../../errors.ts';
import type { ClaimedRun } from '../../../ports/ledger-runs.ts';
import type { Counter } from '../run-counts.ts';
import { numberOf, textOf } from '../run-cursor.ts';
import { type RunDependencies, runSpend } from '../run-handler.ts';
import { badFilter, type CompiledFilter } from './filter.ts';
import { judgeHubSpot } from './judge-hubspot.ts';
import { fieldsOf, type HubSpotBackfill } from './objects.ts';
import type { ListedPart, Source } from './page.ts';

/** Ids that are read for one part: two calls. */
const idsPerPart = 200;

type Given = Pick<RunDependencies, 'ledger' | 'hubspot' | 'mapping'>;
export type HubSpotListing = { object: HubSpotBackfill; filter: RunFilter; compiled: CompiledFilter };

/** What HubSpot is asked for: the fields of the mapping, and those of the filter. */
export function propertiesOf({ mapping }: Pick<Given, 'mapping'>, { object, compiled }: HubSpotListing) {
  return [...new Set([...fieldsOf(mapping, object), ...compiled.reads])];
}

/** The filter as HubSpot's search takes it: the end of its interval is part of it there. */
export function toWalkFilter({ sinceMs, untilMs, stage }: RunFilter) {
  return {
    ...(sinceMs === undefined ? {} : { modifiedFromMs: sinceMs }),
    ...(untilMs === undefined ? {} : { modifiedUntilMs: untilMs - 1 }),
    ...(stage === undefined ? {} : { stage }),
  };
}

/** All records that match, by rising id. */
export function walkSource(dependencies: Given, listing: HubSpotListing): Source {
  const properties = propertiesOf(dependencies, listing);
  return async (cursor, counter) => {
    const afterId = textOf(cursor, 'afterId');
    const question = { filter: toWalkFilter(listing.filter), properties, afterId };
    const page = await dependencies.hubspot.walk(listing.object, question, runSpend());
    const wanted = await judge(dependencies, listing, page.records, counter);
    const next = page.nextAfterId === null ? null : { afterId: page.nextAfterId };
    return { wanted, next, ...(afterId === null ? { total: page.total } : {}) };
  };
}

/** The members of a list of HubSpot. */
export function listSource(dependencies: Given, listing: HubSpotListing, listId: string): Source {
  return async (cursor, counter) => {
    const { ids, next, type } = await dependencies.hubspot.listMembers(listId, textOf(cursor, 'after'), runSpend());
    if (type !== listing.object) throw otherList(type, listing.object);
    const wanted = await readAndJudge(dependencies, listing, ids, counter);
    return { wanted, next: next === null ? null : { after: next } };
  };
}

/** @throws SyncError needs-human `bad_filter`: the list holds records of another kind */
export function otherList(type: string, object: string): SyncError {
  return badFilter(`The list holds ${type}, and the backfill is one of ${object}.`);
}

/** The ids that were given one by one. */
export function idSource(dependencies: Given, listing: HubSpotListing, run: Pick<ClaimedRun, 'id'>): Source {
  return async (cursor, counter) => {
    const rows = await dependencies.ledger.runIds(run.id, numberOf(cursor, 'position'), idsPerPart);
    const ids = rows.map(({ recordId }) => recordId);
    const wanted = await readAndJudge(dependencies, listing, ids, counter);
    return { wanted, next: nextPosition(rows) };
  };
}

/** Where the ids go on; null: these were the last ones. */
export function nextPosition(rows: readonly { position: number }[]): ListedPart['next'] {
  const last = rows.at(-1);
  return last === undefined || rows.length < idsPerPart ? null : { position: last.position };
}

async function readAndJudge(dependencies: Given, listing: HubSpotListing, ids: readonly string[], counter: Counter) {
  const { records, unknown, doubles } = await readListed(dependencies, listing, ids);
  for (const id of unknown) counter.add('listed', 'unknown_id', id);
  for (const id of doubles) counter.add('listed', 'duplicate', id);
  return await judge(dependencies, listing, records, counter);
}

/**
 * Records by ids. Two ids may lead to one record: the second one is a double.
 * @throws SyncError where a call failed, so that the page is read again
 */
export async function readListed(
  dependencies: Pick<Given, 'hubspot' | 'mapping'>,
  listing: HubSpotListing,
  ids: readonly string[],
): Promise<{ records: readonly HubSpotRecord[]; unknown: readonly string[]; doubles: readonly string[] }> {
  if (ids.length === 0) return { records: [], unknown: [], doubles: [] };
  const { hubspot } = dependencies;
  const reads = await hubspot.read(listing.object, ids, propertiesOf(dependencies, listing), runSpend());
  const records = new Map<string, HubSpotRecord>();
  const [unknown, doubles]: [string[], string[]] = [[], []];
  for (const id of ids) {
    const read = reads.get(id);
    if (read?.kind === 'error') throw read.error;
    if (read?.kind === 'found' || read?.kind === 'merged') {
      if (records.has(read.record.id)) doubles.push(id);
      else records.set(read.record.id, read.record);
    } else unknown.push(id);
  }
  return { records: [...records.values()], unknown, doubles };
}

async function judge(
  { ledger, mapping }: Given,
  { object, compiled }: HubSpotListing,
  records: readonly HubSpotRecord[],
  counter: Counter,
) {
  return await judgeHubSpot({ ledger, mapping, object, filter: compiled }, records, counter);
}
