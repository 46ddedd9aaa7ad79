import type { Mark } from '../../../ports/ledger-claim.ts';
import type { ClaimedRun, RunCursor } from '../../../ports/ledger-runs.ts';
import { type Counter, createCounter } from '../run-counts.ts';
import type { RunDependencies, RunHandler } from '../run-handler.ts';
import { planDry } from './dry-run.ts';
import { compileFilter } from './filter.ts';
import { idSource, listSource, walkSource } from './list-hubspot.ts';
import { rowIdSource, rowSource } from './list-salesforce.ts';
import { backfillObjects, isHubSpotBackfill } from './objects.ts';
import type { ListedLater, Source, Wanted } from './page.ts';

/** A page ends with as many records as fill a claim, so that the looks fill their calls; or after so many calls, as it is read anew after a crash. */
const wantedPerPage = 200;
const partsPerPage = 5;

/** What may wait to be worked off. Of very many contacts more, so that Salesforce can be given them in one upload job. */
const manyContacts = 20_000;
const longBacklog = 6_000;
const shortBacklog = 2_000;

/** Lists what a person asked for and marks it, or plans it where it is a dry run. */
export const backfill: RunHandler = {
  mostBacklog: ({ object, total }) =>
    object === 'contacts' && (total ?? 0) >= manyContacts ? longBacklog : shortBacklog,
  async page(dependencies, run, signal) {
    const counter = createCounter();
    const listed = await listPage(sourceOf(dependencies, run), run.cursor, counter, signal);
    const { wanted, next, later } = listed;
    const cursor = next ?? run.cursor ?? {};
    const isLast = next === null && later === null;
    const total = listed.total === undefined || run.total !== null ? {} : { total: listed.total };
    const page = { cursor, isLast, marks: [] as const, counts: [] as const, ...total };
    const waitMs = later?.waitMs ?? 0;
    if (run.isDryRun) {
      const planned = await planDry(dependencies, { run, isLast, cursor }, wanted, counter);
      return { kind: 'page', page: { ...page, ...planned, counts: counter.all() }, waitMs };
    }
    const marks = wanted.map((key) => toMark(key, run));
    return { kind: 'page', page: { ...page, marks, counts: counter.all() }, waitMs };
  },
};

function toMark({ system, object, recordId }: Wanted, { id: runId }: ClaimedRun): Mark {
  return { system, object, recordId, priority: 4, source: 'backfill', runId };
}

type Listed = { wanted: Wanted[]; next: RunCursor | null; total?: number; later: ListedLater | null };

async function listPage(
  source: Source,
  from: RunCursor | null,
  counter: Counter,
  signal: AbortSignal,
): Promise<Listed> {
  const wanted: Wanted[] = [];
  let [next, total] = [from, undefined as number | undefined];
  for (let part = 0; part < partsPerPage && wanted.length < wantedPerPage; part += 1) {
    if (part > 0 && signal.aborted) break;
    const listed = await source(next, counter);
    if ('waitMs' in listed) return { wanted, next: listed.next, later: listed, ...told(total) };
    wanted.push(...listed.wanted);
    total ??= listed.total;
    next = listed.next;
    if (next === null) break;
  }
  return { wanted, next, later: null, ...told(total) };
}

function told(total: number | undefined): { total?: number } {
  return total === undefined ? {} : { total };
}

function sourceOf(dependencies: RunDependencies, run: ClaimedRun): Source {
  const object = backfillObjects.find((name) => name === run.object);
  if (object === undefined) throw new Error('a backfill of nothing that is known');
  const { filter = {} } = run.options;
  const compiled = compileFilter(object, filter);
  if (isHubSpotBackfill(object)) {
    const listing = { object, filter, compiled };
    if (filter.hasIds === true) return idSource(dependencies, listing, run);
    return filter.listId === undefined
      ? walkSource(dependencies, listing)
      : listSource(dependencies, listing, filter.listId);
  }
  const listing = { object: asRows(object), filter, compiled, expected: run.total ?? 0 };
  return filter.hasIds === true ? rowIdSource(dependencies, listing, run) : rowSource(dependencies, listing);
}

function asRows(object: string): 'leads' | 'opportunities' {
  return object === 'opportunities' ? 'opportunities' : 'leads';
}
