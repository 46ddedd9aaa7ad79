import type { RunLedger } from '../../ports/ledger-runs.ts';
import type { LedgerContext } from '../context.ts';
import { claimRun, commitPage, countRunsDue } from './advance-run.ts';
import { cancelRun, pauseRun, releaseRun, resumeRun } from './hold-run.ts';
import { readRun, readRuns } from './read-runs.ts';
import { countForRun } from './run-counts.ts';
import { addRunIds, readRunIds } from './run-ids.ts';
import { startRun } from './start-run.ts';

/** Runs: what they list, hold and come to. */
export function createRunLedger(context: LedgerContext): RunLedger {
  return {
    startRun: (request) => startRun(context, request),
    addRunIds: (runId, ids) => addRunIds(context, runId, ids),
    runIds: (runId, after, limit) => readRunIds(context, runId, after, limit),
    run: (runId) => readRun(context, runId),
    runs: (limit, filter) => readRuns(context, limit, filter),
    claimRun: (leaseMs, only) => claimRun(context, leaseMs, only),
    commitPage: (run, page, leaseMs) => commitPage(context, run, page, leaseMs),
    releaseRun: (run, next) => releaseRun(context, run, next),
    runsDue: (off) => countRunsDue(context, off),
    pauseRun: (runId, by, reason) => pauseRun(context, runId, by, reason),
    resumeRun: (runId, by, again) => resumeRun(context, runId, by, again),
    cancelRun: (runId, by) => cancelRun(context, runId, by),
    countForRun: countForRun(context),
  };
}
