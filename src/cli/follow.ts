import { setTimeout as sleep } from 'node:timers/promises';
import { viewRun } from '../http/run-views.ts';
import type { RunReport } from '../ports/ledger-runs.ts';
import { findRun } from '../usecases/runs/control-runs.ts';
import type { Outcome } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { renderProgress, renderRun } from './run-lines.ts';
import type { RunDeps, RunSession } from './run-session.ts';

const pollEveryMs = 500;
const tellEveryMs = 3_000;

type Following = Pick<CliDependencies, 'tell' | 'mode'> & Pick<RunDeps, 'interruptible'>;

/**
 * Follows a run until it has ended or waits for a person: by the ledger where a worker lives, else by working it off in this process.
 * @returns its report; exit code 0 where it has ended or waits for a policy, 130 after Ctrl-C, else 1
 */
export async function followRun(
  { tell, mode, interruptible }: Following,
  session: RunSession,
  runId: string,
): Promise<Outcome> {
  const { ledger } = session.runs;
  const isElsewhere = await session.hasWorkers();
  if (!isElsewhere) tell('No worker lives: the run is worked off by this command. It may be interrupted.');
  const told = createTeller(tell);
  const isInterrupted = await interruptible(async (signal) => {
    if (!isElsewhere) await session.work(runId, signal, told);
    else {
      for (let run = await findRun(ledger, runId); run.state === 'running' && !signal.aborted; ) {
        told(run);
        await sleep(pollEveryMs, undefined, { signal }).catch(() => undefined);
        run = await findRun(ledger, runId);
      }
    }
    return signal.aborted;
  });
  const run = await findRun(ledger, runId);
  const outcome = { json: viewRun(run, Date.now()), lines: renderRun(run, Date.now(), mode()) };
  if (!isInterrupted || run.state !== 'running') return { ...outcome, code: isDone(run) ? 0 : 1 };
  const hold = run.kind === 'live' ? 'handoff pause' : `handoff runs pause ${runId}`;
  tell(
    isElsewhere
      ? `Run ${runId} goes on in the service. To hold it: ${hold}`
      : `Run ${runId} was put down where it is. It goes on with the next start of the service, or by: handoff runs follow ${runId}`,
  );
  return { ...outcome, code: 130 };
}

/** A rebuild that waits for its policy has done what the command was for. */
function isDone({ state }: Pick<RunReport, 'state'>): boolean {
  return state === 'ended' || state === 'review';
}

/** Tells how far a run is, not more often than a person wants to read. */
function createTeller(tell: (line: string) => void): (run: RunReport) => void {
  let silentUntilMs = 0;
  let last = '';
  return (run) => {
    if (Date.now() < silentUntilMs) return;
    const line = renderProgress(run, Date.now());
    silentUntilMs = Date.now() + tellEveryMs;
    if (line !== last) tell(line);
    last = line;
  };
}
