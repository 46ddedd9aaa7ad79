import { budgetSpent } from '../health/limits.ts';
import { judgeAuth, judgeBudgets, judgeLag } from './judge-crms.ts';
import { judgeHandoffs, rememberHold } from './judge-handoffs.ts';
import {
  judgeComparison,
  judgeFailures,
  judgeFrozen,
  judgeLateWork,
  judgePause,
  judgeRuns,
  judgeWorkers,
} from './judge-work.ts';
import type { AlertCode, AlertFacts, Condition, KnownIncident, WatchState } from './types.ts';

/**
 * What is wrong now, by all that the ledger tells. What follows from something else that is wrong is not judged: a lost authorisation is one
 * incident, and not three. Pure.
 *
 * @param known incidents that have not ended: once open, some end later than they would begin
 */
export function judge(
  facts: AlertFacts,
  known: readonly KnownIncident[],
  before: WatchState,
): { conditions: readonly Condition[]; watch: WatchState } {
  const open = (code: AlertCode, subject = '') =>
    known.find((each) => each.state === 'open' && each.code === code && each.subject === subject) ?? null;
  const worker = judgeWorkers(facts);
  const auth = judgeAuth(facts, (subject) => open('auth_lost', subject) !== null);
  const hasWorker = worker.verdict === 'off';
  const isAuthorised = (system: string) =>
    auth.every(({ subject, verdict }) => subject !== system || verdict === 'off');
  const isSpent = facts.waits.some(({ code, untilMs }) => code === budgetSpent && untilMs > facts.nowMs);
  const isPaused = facts.pausedSinceMs !== null || facts.rebuildHolds;
  const flows = hasWorker && isAuthorised('hubspot') && isAuthorised('salesforce') && !isSpent && !isPaused;
  const watch = rememberHold(before, !flows || facts.observe, facts.nowMs);
  const handoffs = judgeHandoffs(facts, { isOpen: open('no_handoffs'), silenceFromMs: watch.silenceFromMs });
  const conditions = [
    worker,
    ...auth,
    ...judgeLag(facts, (system) => hasWorker && isAuthorised(system)),
    judgeLateWork(facts, flows),
    judgeFailures(facts, open('failures_rising') !== null),
    ...judgeBudgets(facts, (subject) => open('budget_nearly_spent', subject) !== null),
    ...judgeComparison(facts),
    ...judgeFrozen(facts),
    ...judgeRuns(facts),
    judgePause(facts),
    watch.heldSinceMs === null ? handoffs : { ...handoffs, verdict: 'unknown' as const },
  ];
  return { conditions, watch };
}
