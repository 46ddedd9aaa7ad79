import type { RunFilter } from '../../domain/runs/types.ts';
import { SyncError } from '../../errors.ts';
import type { AdminLedger } from '../../ports/ledger-admin.ts';
import type { RunLedger, RunReport } from '../../ports/ledger-runs.ts';
import { compileFilter } from './backfill/filter.ts';
import { type ForecastDependencies, forecastBackfill, type GivenIds } from './backfill/forecast.ts';
import { backfillObjects, bringsOthers } from './backfill/objects.ts';
import { limitsOf } from './limits.ts';
import { mostSampled, spread } from './sample.ts';

/** The run of this id. @throws SyncError permanent `run_not_found` */
export async function findRun(ledger: Pick<RunLedger, 'run'>, runId: string): Promise<RunReport> {
  const run = await ledger.run(runId);
  if (run !== null) return run;
  throw new SyncError('permanent', 'run_not_found', 'There is no run of this id.', {
    advice: 'handoff runs lists them.',
  });
}

/** Holds a run. @throws SyncError `run_not_found`, needs-human `run_not_running` | `run_is_live` */
export async function pauseRun(ledger: RunLedger, runId: string, by: string): Promise<RunReport> {
  const run = await findRun(ledger, runId);
  if (run.kind === 'live') throw isLive(run);
  if (!(await ledger.pauseRun(runId, by))) throw inOtherState('run_not_running', run);
  return await findRun(ledger, runId);
}

/**
 * Ends a run for good. What it has written stays.
 * @throws SyncError `run_not_found`, needs-human `run_is_over` | `run_is_live` | `rebuild_in_review`
 */
export async function cancelRun(ledger: RunLedger, runId: string, by: string): Promise<RunReport> {
  const run = await findRun(ledger, runId);
  if (run.kind === 'live') throw isLive(run);
  if (run.kind === 'rebuild' && run.state === 'review') throw inReview(run);
  if (!(await ledger.cancelRun(runId, by))) throw inOtherState('run_is_over', run);
  return await findRun(ledger, runId);
}

/** Lets a run go on that a safety limit stopped. @throws SyncError `run_not_found`, needs-human `run_not_stopped` | `run_of_other_version` */
export async function approveRun(
  ledger: RunLedger & Pick<AdminLedger, 'approve'>,
  runId: string,
  by: string,
): Promise<RunReport> {
  const run = await findRun(ledger, runId);
  if (run.unknown.length > 0) throw ofOtherVersion(run);
  if (!(await ledger.approve(runId, by))) throw inOtherState('run_not_stopped', run);
  return await findRun(ledger, runId);
}

/**
 * Lets a paused run go on. One that was planned with another mapping than the active one gets a forecast and limits anew, beyond what it has done.
 * @throws SyncError `run_not_found`, needs-human `run_not_paused` | `run_is_live` | `run_of_other_version`; where a CRM could not be asked for the forecast
 */
export async function resumeRun(dependencies: ForecastDependencies, runId: string, by: string): Promise<RunReport> {
  const { ledger, mappingVersion } = dependencies;
  const run = await findRun(ledger, runId);
  if (run.kind === 'live') throw isLive(run);
  if (run.unknown.length > 0) throw ofOtherVersion(run);
  if (run.state !== 'paused') throw inOtherState('run_not_paused', run);
  const isOlder = run.mappingVersion !== null && run.mappingVersion !== mappingVersion;
  const again = isOlder ? await forecastAgain(dependencies, run) : undefined;
  if (!(await ledger.resumeRun(runId, by, again))) {
    throw inOtherState('run_not_paused', await findRun(ledger, runId));
  }
  return await findRun(ledger, runId);
}

async function forecastAgain(dependencies: ForecastDependencies, run: RunReport) {
  const { mappingVersion } = dependencies;
  const object = backfillObjects.find((name) => name === run.object);
  const { creates, changes } = { creates: run.createsLimit - run.creates, changes: run.changesLimit - run.changes };
  // Kinds that have no forecast of their own keep what is left of their limits.
  if (run.kind !== 'backfill' || object === undefined || run.isDryRun)
    return { forecast: run.forecast, limits: { creates, changes }, mappingVersion };
  const { filter = {} } = run.options;
  const ids = await givenIds(dependencies, run, filter);
  const question = { object, filter, compiled: compileFilter(object, filter), ids };
  const forecast = await forecastBackfill(dependencies, question);
  return { forecast, limits: limitsOf(forecast, bringsOthers(dependencies.mapping)), mappingVersion };
}

/** Most ids that are read to choose a sample from: the first ones of a long list stand for it. */
const mostRead = 20_000;

async function givenIds({ ledger }: ForecastDependencies, run: RunReport, filter: RunFilter): Promise<GivenIds | null> {
  if (filter.hasIds !== true) return null;
  const rows = await ledger.runIds(run.id, 0, mostRead);
  const ids = rows.map(({ recordId }) => recordId);
  return { count: Math.max(run.total ?? 0, ids.length), sample: spread(ids, mostSampled) };
}

/** A state as a sentence says it, behind "is". Pure. */
export function wordsOf(state: RunReport['state']): string {
  if (state === 'unknown') return 'in a state that this version does not know';
  return state === 'review' ? 'waiting for its review' : state;
}

const otherState = {
  run_not_running: ': only one that is running can be paused.',
  run_not_paused: ': only one that is paused can be resumed.',
  run_not_stopped: ': no safety limit has stopped it.',
  run_is_over: ' already.',
} as const;

/** The run is in another state than what was asked of it needs. */
function inOtherState(code: keyof typeof otherState, { id, state }: RunReport): SyncError {
  return new SyncError('needs-human', code, `Run ${id} is ${wordsOf(state)}${otherState[code]}`, {
    advice: 'handoff runs shows where each run stands.',
    recordIds: [id],
  });
}

/** Nobody began it, and nobody ends it but the day. */
function isLive({ id }: RunReport): SyncError {
  return new SyncError(
    'needs-human',
    'run_is_live',
    `Run ${id} is the live work of a day: it is not held or ended as a run.`,
    {
      advice:
        '`handoff pause` and `handoff resume` stop and start all CRM writes; `handoff approve` lifts its safety limit.',
      recordIds: [id],
    },
  );
}

/** What it was asked to do is not known here in full: to let it go on would be to guess. */
function ofOtherVersion({ id, unknown }: RunReport): SyncError {
  const text = `Run ${id} was begun by another version of Handoff, and this one does not know all of it (${unknown.join(', ')}).`;
  return new SyncError('needs-human', 'run_of_other_version', text, {
    advice: 'Let it go on with the version that began it, or cancel it: handoff runs cancel.',
    recordIds: [id],
  });
}

/** Its pairs are made: somebody must say what becomes of their differences. */
function inReview({ id }: RunReport): SyncError {
  return new SyncError('needs-human', 'rebuild_in_review', `Run ${id} has linked records and waits for its policy.`, {
    advice: 'Choose one: `handoff rebuild --policy keep` changes no field. `handoff rebuild --again` begins anew.',
    recordIds: [id],
  });
}
