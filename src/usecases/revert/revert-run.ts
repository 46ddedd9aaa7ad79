import type { RunCount, RunForecast } from '../../domain/runs/types.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { LoosePair, WrittenPair } from '../../ports/ledger-reverts.ts';
import type { ClaimedRun, RunCursor, RunPage } from '../../ports/ledger-runs.ts';
import { createCounter } from '../runs/run-counts.ts';
import { numberOf, textOf } from '../runs/run-cursor.ts';
import type { RunDependencies, RunHandler, RunStep } from '../runs/run-handler.ts';
import { planReverts } from './plan-reverts.ts';

/** As many as fill a claim's calls. */
const pairsPerPage = 500;
const waitMs = 1_000;
/** Another revert has a part in some of these pairs: theirs goes first. */
const otherWaitMs = 5_000;
/** So often a pair is marked that nobody is about to look at. */
const mostRounds = 3;

/**
 * `upTo`: the last pair that was marked once more; behind it nobody was given up on yet. `passedOn`: pairs for which others stand that were
 * listed with this page.
 */
type Position = {
  after: string | null;
  isListed: boolean;
  round: number;
  upTo: number;
  passedOn: readonly string[];
};

/**
 * Lists the pairs that a run wrote. Whoever looks at one next, the revert's own look or live work, puts it back; the run goes on until none is
 * left, and marks once more what was lost on the way.
 */
export const revertRun: RunHandler = {
  async page(dependencies, run) {
    const at = toPosition(run.cursor);
    const { reverts } = run.options;
    if (reverts === undefined) return { kind: 'failed', code: 'run_not_found' };
    if (at.isListed) return await awaitPairs(dependencies, run, at);
    const { pairs, after } = await dependencies.ledger.pairsOfRun(reverts, run.startedAtMs, at.after, pairsPerPage);
    const next = { ...at, after, isListed: after === null };
    if (run.isDryRun) {
      const counts = await planReverts(dependencies, { ...run, reverts }, pairs);
      const { cursor, forecast } = foreseen(run.cursor, next, counts);
      return { kind: 'page', page: { cursor, isLast: next.isListed, marks: [], counts, forecast } };
    }
    const { living, counts } = sortOut(dependencies, pairs);
    const ids = living.map(({ pairId }) => pairId);
    if (await dependencies.ledger.waitsForOther(run.id, ids)) return { kind: 'wait', waitMs: otherWaitMs };
    const marks = living.map((pair) => toMark(pair, run.id));
    return { kind: 'page', page: { cursor: next, isLast: false, marks, counts, revertPairs: ids } };
  },
};

function toPosition(cursor: RunCursor | null): Position {
  const { isListed, passedOn } = cursor ?? {};
  return {
    after: textOf(cursor, 'after'),
    isListed: isListed === true,
    round: numberOf(cursor, 'round'),
    upTo: numberOf(cursor, 'upTo'),
    passedOn: Array.isArray(passedOn) ? passedOn.map(String) : [],
  };
}

function toMark({ object, recordId }: Living, runId: string): Mark {
  return { system: 'hubspot', object, recordId, priority: 4, source: 'revert', runId };
}

type Living = WrittenPair & { recordId: string };

/** Of a record that HubSpot does not have any more, or that the mapping does not sync any more, nothing is put back. */
function sortOut({ mapping }: Pick<RunDependencies, 'mapping'>, pairs: readonly WrittenPair[]) {
  const isOn = { contact: true, company: mapping.company.isOn, deal: mapping.deal.isOn };
  const counter = createCounter();
  const living: Living[] = [];
  for (const pair of pairs) {
    const { recordId, object, pairId } = pair;
    const reason = recordId === null ? 'record_gone' : isOn[object] ? null : 'not_read';
    counter.add('listed', reason ?? 'marked', recordId ?? pairId);
    if (reason !== null) counter.add('left', reason, recordId ?? pairId);
    else if (recordId !== null) living.push({ ...pair, recordId });
  }
  return { living, counts: counter.all() };
}

/** All is listed: what is open is awaited, and marked again where nobody is about to look at it. */
async function awaitPairs({ ledger }: RunDependencies, run: ClaimedRun, at: Position): Promise<RunStep> {
  if (at.passedOn.length > 0) await ledger.leaveReverts(run.id, at.passedOn, null);
  const { open, loose } = await ledger.openReverts(run.id, pairsPerPage);
  if (open === 0) return { kind: 'page', page: emptyPage(at, true) };
  if (loose.length === 0) return { kind: 'wait', waitMs };
  const moved = loose.filter(({ listedId, pairId }) => listedId !== pairId);
  const living = loose.filter((pair): pair is LoosePair & Living => pair.recordId !== null);
  const dead = loose.filter(({ recordId }) => recordId === null);
  const idsOf = (of: readonly LoosePair[]) => of.map(({ listedId }) => listedId);
  if (dead.length > 0) await ledger.leaveReverts(run.id, idsOf(dead), 'record_gone');
  const places = loose.map(({ listedId }) => Number(listedId));
  const isNew = Math.min(...places) > at.upTo;
  const passing = moved.filter(({ recordId }) => recordId !== null);
  const round = isNew ? 1 : at.round + 1;
  const next = { ...at, round, upTo: Math.max(at.upTo, ...places), passedOn: idsOf(passing) };
  if (next.round > mostRounds) {
    await ledger.leaveReverts(run.id, idsOf(living), 'refused');
    return { kind: 'page', page: emptyPage({ ...next, passedOn: [] }, false) };
  }
  const marks = living.map((pair) => toMark(pair, run.id));
  const revertPairs = passing.map(({ pairId }) => pairId);
  return { kind: 'page', page: { ...emptyPage(next, false), marks, revertPairs }, waitMs };
}

/** What a dry run has found so far: a pair of which anything is put back is one change. It is done, so it costs nothing more. */
function foreseen(before: RunCursor | null, next: Position, counts: readonly RunCount[]) {
  const [records, changes] = [numberOf(before, 'records'), numberOf(before, 'changes')];
  const listed = counts.filter(({ kind }) => kind === 'listed');
  const sum = (of: readonly RunCount[]) => of.reduce((all, { count }) => all + count, 0);
  const found = {
    records: records + sum(listed),
    changes: changes + sum(listed.filter(({ code }) => code === 'marked')),
  };
  const forecast: RunForecast = {
    ...found,
    isExact: next.isListed,
    sampled: found.records,
    creates: 0,
    calls: { hubspot: 0, salesforce: 0 },
    callsLeft: { hubspot: null, salesforce: null },
    durationMs: 0,
  };
  return { cursor: { ...next, ...found }, forecast };
}

function emptyPage(cursor: Position, isLast: boolean): RunPage {
  return { cursor, isLast, marks: [], counts: [] as RunCount[] };
}
