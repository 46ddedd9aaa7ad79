import type { ActionLedger } from '../ports/ledger-access.ts';
import type { RunReport } from '../ports/ledger-runs.ts';
import type { ForecastDependencies } from '../usecases/runs/backfill/forecast.ts';

/** Ledger, CRMs and mapping, opened for one command about runs. */
export type RunSession = {
  runs: ForecastDependencies;
  /** Where it is noted what was asked for. */
  actions: ActionLedger;
  /** Whether a process with workers lives. */
  hasWorkers(): Promise<boolean>;
  /**
   * Works the run off in this process until it has ended, waits for a person, or the signal is raised: then it is given back and goes on wherever
   * somebody works next.
   */
  work(runId: string, signal: AbortSignal, onProgress: (run: RunReport) => void): Promise<void>;
};

/** What the commands about runs need. */
export type RunDeps = {
  withRuns<Result>(work: (session: RunSession) => Promise<Result>): Promise<Result>;
  /** Asks a person; null: nobody sits at a terminal. */
  confirm: ((question: string) => Promise<boolean>) | null;
  /** Raised by Ctrl-C while the work lasts, in place of the end of the process. */
  interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
};
