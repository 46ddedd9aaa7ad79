import { objectsOff } from '../../domain/records/kinds-off.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { ClaimedRun } from '../../ports/ledger-runs.ts';
import type { RunDependencies, RunHandler, RunHandlers } from './run-handler.ts';
import { runHandlers } from './run-handlers.ts';

export type AdvanceResult = {
  /** Pages that were stored. */
  pages: number;
  /** Runs that came to their end. */
  ended: number;
  /** When to come back, in milliseconds; null: no run is on. */
  nextInMs: number | null;
};

export type AdvanceOptions = {
  handlers?: RunHandlers;
  /** Only this run. */
  runId?: string;
  leaseMs?: number;
  /** A round ends after so long, so that the job comes round again. */
  roundMs?: number;
};

/** What a killed process costs its run; prolonged with every page. */
const defaultLeaseMs = 60_000;
const defaultRoundMs = 20_000;
const defaultMostBacklog = 2_000;
/** A run that waits for its own records to be worked off, and one whose CRM does not answer or has no calls left for it. */
const backlogPauseMs = 1_000;
const shortestPauseMs = 2_000;
const longestPauseMs = 60_000;

/** How a claimed run was left: `again`: it may go on at once. */
type Left = { kind: 'again' } | { kind: 'ended' } | { kind: 'held'; waitMs: number };

/**
 * Brings the runs on, a page of each in turn, until none can go on, the round is over or the signal asks to stop. A page is stored with its marks
 * and the place where the next one begins: whoever takes over goes on from there. What only waits is held until the round ends, and then given back.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function advanceRuns(
  dependencies: RunDependencies,
  signal: AbortSignal,
  { handlers = runHandlers, runId, leaseMs = defaultLeaseMs, roundMs = defaultRoundMs }: AdvanceOptions = {},
): Promise<AdvanceResult> {
  const { ledger, clock } = dependencies;
  const untilMs = clock.now() + roundMs;
  const own = { off: objectsOff(dependencies.mapping), mappingVersion: dependencies.mappingVersion };
  const only = runId === undefined ? own : { ...own, runId };
  const held: { run: ClaimedRun; waitMs: number }[] = [];
  const result = { pages: 0, ended: 0, nextInMs: null as number | null };
  while (!signal.aborted && clock.now() < untilMs) {
    const run = await ledger.claimRun(leaseMs, only);
    if (run === null) break;
    const left = await advanceOne(dependencies, run, signal, { handler: handlers[run.kind], leaseMs });
    if (left.kind === 'held') held.push({ run, waitMs: left.waitMs });
    if (left.kind === 'again') result.pages += 1;
    if (left.kind === 'ended') result.ended += 1;
  }
  for (const { run } of held) await ledger.releaseRun(run);
  const waits = held.map(({ waitMs }) => waitMs);
  if (clock.now() >= untilMs) waits.push(0);
  return { ...result, nextInMs: waits.length === 0 ? null : Math.min(...waits) };
}

type Handling = { handler: RunHandler | undefined; leaseMs: number };

async function advanceOne(
  dependencies: RunDependencies,
  run: ClaimedRun,
  signal: AbortSignal,
  { handler, leaseMs }: Handling,
): Promise<Left> {
  const { ledger, log, mappingVersion } = dependencies;
  if (run.mappingVersion !== null && run.mappingVersion !== mappingVersion) return await holdOther(dependencies, run);
  // Of a later release: that one's processes know what to do.
  if (handler === undefined) return held(longestPauseMs);
  if (run.phase === 'draining') return await finish(dependencies, run, handler);
  if (run.backlog >= (handler.mostBacklog?.(run) ?? defaultMostBacklog)) return held(backlogPauseMs);
  const step = await handler
    .page(dependencies, run, signal)
    .catch((thrown: unknown) => toStep(dependencies, run, thrown));
  if (step.kind === 'wait') return held(step.waitMs);
  if (step.kind === 'failed') {
    log.error({ runId: run.id, errorCode: step.code }, 'a run cannot go on');
    await ledger.releaseRun(run, { state: 'failed', reason: step.code });
    return { kind: 'ended' };
  }
  // False: cancelled, paused or taken over meanwhile; then nothing of the page counts.
  const isStored = await ledger.commitPage(run, step.page, leaseMs);
  if (isStored) log.debug({ runId: run.id, count: step.page.marks.length }, 'page of a run stored');
  if (isStored && step.waitMs !== undefined && step.waitMs > 0) return held(step.waitMs);
  await ledger.releaseRun(run);
  return { kind: 'again' };
}

/**
 * A run of another mapping version: of the active one, its own process works on it. One of an older version was not there to be paused when the
 * other was activated: it was begun, or its policy was chosen, at that moment. A comparison ends, as nobody would resume it.
 */
async function holdOther({ ledger, log, mappingVersion }: RunDependencies, run: ClaimedRun): Promise<Left> {
  if ((await ledger.activeVersion()) !== mappingVersion) return held(longestPauseMs);
  const reason = 'mapping_changed';
  log.warn({ runId: run.id, errorCode: reason }, 'a run was planned with an older mapping');
  if (run.kind === 'comparison') await ledger.releaseRun(run, { state: 'failed', reason });
  else await ledger.pauseRun(run.id, 'mapping', reason);
  return held(longestPauseMs);
}

async function finish(dependencies: RunDependencies, run: ClaimedRun, handler: RunHandler): Promise<Left> {
  const { ledger, log } = dependencies;
  if (run.backlog > 0) return held(backlogPauseMs);
  const next = (await handler.finish?.(dependencies, run)) ?? ({ state: 'ended' } as const);
  await ledger.releaseRun(run, next);
  log.info({ runId: run.id, kind: run.kind, state: next.state }, 'run ended');
  return { kind: 'ended' };
}

function held(waitMs: number): Left {
  return { kind: 'held', waitMs };
}

/** What failed for a while is asked again; what a person must see to ends the run, for a page that is left out would be records that are missing. */
function toStep(
  { log, clock }: RunDependencies,
  run: ClaimedRun,
  thrown: unknown,
): { kind: 'wait'; waitMs: number } | { kind: 'failed'; code: string } {
  const { kind, code, detail } = toSyncError(thrown);
  if (code.startsWith('ledger_')) throw thrown;
  if (kind === 'permanent' || kind === 'needs-human') return { kind: 'failed', code };
  const waitMs = detail.untilMs === undefined ? shortestPauseMs : detail.untilMs - clock.now();
  if (!(thrown instanceof SyncError)) log.error({ runId: run.id, errorCode: code }, 'a page of a run failed');
  else log.info({ runId: run.id, errorCode: code }, 'a page of a run is put off');
  return { kind: 'wait', waitMs: Math.min(longestPauseMs, Math.max(shortestPauseMs, waitMs)) };
}
