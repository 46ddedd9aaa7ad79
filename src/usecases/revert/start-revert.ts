import type { RunForecast } from '../../domain/runs/types.ts';
import { SyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RevertLedger } from '../../ports/ledger-reverts.ts';
import type { RunLedger, RunReport } from '../../ports/ledger-runs.ts';
import { findRun, wordsOf } from '../runs/control-runs.ts';
import { limitsOf } from '../runs/limits.ts';

/** What a person asks for. `created` null: nothing was said of the records that the run created. */
export type WantedRevert = { runId: string; created: 'keep' | 'delete' | null; isDryRun: boolean };

export type RevertDependencies = {
  ledger: RunLedger & RevertLedger;
  clock: Pick<Clock, 'now'>;
  mappingVersion: number;
  observe: boolean;
};

/**
 * Begins to put a run back. Of a day's live run: what was written until now.
 *
 * @returns the revert, a run itself; one that has nothing to put back ends at once
 * @throws SyncError permanent `run_not_found`; needs-human `run_not_ended` | `run_wrote_nothing` | `created_undecided` | `revert_observes` | `run_overlaps`
 */
export async function startRevert(
  { ledger, clock, mappingVersion, observe }: RevertDependencies,
  { runId, created, isDryRun }: WantedRevert,
  requestedBy: string,
): Promise<RunReport> {
  const run = await findRun(ledger, runId);
  if (run.isDryRun) throw wroteNothing(run);
  if (run.kind !== 'live' && !final.has(run.state)) throw notEnded(run);
  if (observe && !isDryRun) throw observes();
  const { pairs, created: made, putBack, orDeleted } = await ledger.countWritten(runId, clock.now());
  if (made.length > 0 && created === null && !isDryRun) throw undecided(made);
  const forecast = forecastOf(pairs, created === 'delete' ? orDeleted : putBack);
  const id = await ledger.startRun({
    kind: 'revert',
    object: null,
    options: { reverts: runId, ...(created === null ? {} : { created }) },
    isDryRun,
    requestedBy,
    mappingVersion,
    total: pairs,
    forecast,
    limits: limitsOf(forecast),
  });
  return await findRun(ledger, id);
}

const final: ReadonlySet<string> = new Set(['ended', 'cancelled', 'failed']);

/** Every pair is known, and counts once, whatever is put back of it and in how many steps. Calls: two reads and a write for 100 records in HubSpot, one look for 200 persons. */
function forecastOf(pairs: number, changes: number): RunForecast {
  return {
    isExact: true,
    records: pairs,
    sampled: pairs,
    creates: 0,
    changes,
    calls: { hubspot: Math.ceil(pairs / 100) * 3, salesforce: Math.ceil(pairs / 200) * 2 },
    callsLeft: { hubspot: null, salesforce: null },
    durationMs: 0,
  };
}

function notEnded({ id, state }: RunReport): SyncError {
  const text = `Run ${id} has not ended (it is ${wordsOf(state)}): what it still writes could not be put back.`;
  const advice = `Cancel it first: handoff runs cancel ${id}. What it has written stays, and can be put back then.`;
  return new SyncError('needs-human', 'run_not_ended', text, { advice, recordIds: [id] });
}

function wroteNothing({ id }: RunReport): SyncError {
  const text = `Run ${id} is a dry run: it wrote nothing, so nothing can be put back.`;
  const advice = 'Name the run that wrote: handoff runs lists them.';
  return new SyncError('needs-human', 'run_wrote_nothing', text, { advice, recordIds: [id] });
}

function observes(): SyncError {
  const text = 'Nothing is written to a CRM in observe mode, so no run can be put back.';
  const advice = 'Ask for a dry run, or set SYNC_MODE=live.';
  return new SyncError('needs-human', 'revert_observes', text, { advice });
}

function undecided(made: readonly { object: string; count: number }[]): SyncError {
  const counts = made.map(({ object, count }) => `${count} ${object}${count === 1 ? '' : 's'}`).join(', ');
  const text = `The run created records (${counts}), and nothing says what becomes of them.`;
  const advice =
    'Say --created keep to leave them as they are, or --created delete to move to the recycle bin those that nobody has changed since.';
  return new SyncError('needs-human', 'created_undecided', text, { advice });
}
