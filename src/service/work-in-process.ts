import type { RunDeps } from '../cli/run-session.ts';
import type { RunReport } from '../ports/ledger-runs.ts';
import { advanceRuns } from '../usecases/runs/advance-runs.ts';
import type { Core } from './core.ts';

type Working = Pick<Core, 'runs' | 'drainBackground'>;

/** How long each round may last, and the pause where there was nothing to do. */
const roundMs = 2_000;
const pauseMs = 500;

/**
 * Lists and works off one run in this process, as a worker would, until it has ended or waits for a person. On the signal everything is finished
 * or handed back; the run stays as it is, and whoever works next goes on with it.
 */
export async function workInProcess(
  { runs, drainBackground }: Working,
  runId: string,
  signal: AbortSignal,
  onProgress: (run: RunReport) => void,
): Promise<void> {
  const { ledger, clock } = runs;
  while (!signal.aborted) {
    const [advanced, drained] = await Promise.all([
      advanceRuns(runs, signal, { runId, roundMs }),
      drainBackground(signal),
    ]);
    const run = await ledger.run(runId);
    if (run === null || run.state !== 'running') return;
    onProgress(run);
    if (advanced.pages + advanced.ended + drained.worked === 0) await clock.sleep(pauseMs, signal);
  }
}

/** Turns Ctrl-C into a signal while the work lasts. A second one ends the process at once. */
export function createInterruptible(exitNow: (code: number) => void): RunDeps['interruptible'] {
  return async (work) => {
    const stop = new AbortController();
    const onSignal = () => {
      if (stop.signal.aborted) exitNow(130);
      stop.abort();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    try {
      return await work(stop.signal);
    } finally {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    }
  };
}
