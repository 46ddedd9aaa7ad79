import type { IntentVerdict, Plan, PlanProblem, Reason } from '../../domain/plan/types.ts';
import { settleFault } from '../../domain/settle.ts';
import type { SyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  ClaimedRecord,
  Decision,
  FailureReport,
  IntentOutcome,
  RecordResult,
  Settlement,
} from '../../ports/ledger.ts';

/** From this attempt on, what is still being retried is shown among the failures. */
const shownFromAttempt = 3;

const nothingToDo = 'Nothing needs doing: it is tried again by itself.';

/** A problem that only a person can solve: a failure at once, looked at again when the record changes or somebody retries it. */
export function problemResult(claimed: ClaimedRecord, plan: Plan, problem: PlanProblem): RecordResult {
  return {
    ...resultFor(claimed),
    decision: decisionOf(plan, false),
    failure: { kind: 'needs-human', ...problem },
    ...(claimed.pairId === null ? {} : { pairId: claimed.pairId, outcomes: judgedOutcomes(plan.intents, false) }),
    settle: settledAfter(plan.intents, { kind: 'failed' }),
  };
}

/** The part of a result that names the record and the claim it belongs to. */
export function resultFor(claimed: ClaimedRecord): Pick<RecordResult, 'contactId' | 'counter'> {
  return { contactId: claimed.recordId, counter: claimed.counter };
}

/** The record is settled for now, with the decision that `explain` shows; an earlier failure of it is over. */
export function doneResult(claimed: ClaimedRecord, decision: Decision): RecordResult {
  return { ...resultFor(claimed), decision, failure: null, settle: { kind: 'done' } };
}

/**
 * The writes whose answers were lost and whose fate is known now.
 * @param isWritten the plan's own write was carried out, so that an older one of the same values can do no harm
 */
export function judgedOutcomes(verdicts: readonly IntentVerdict[], isWritten: boolean): IntentOutcome[] {
  return verdicts.flatMap(({ intentId, verdict, recordId }): IntentOutcome[] => {
    if (verdict === 'open' || (verdict === 'repeated' && !isWritten)) return [];
    if (verdict !== 'done') return [{ intentId, state: 'superseded' as const }];
    return [{ intentId, state: 'done' as const, ...(recordId === null ? {} : { recordId }) }];
  });
}

/** As given; but where a vendor may still carry out a write whose answer was lost, somebody looks again after that. */
export function settledAfter(verdicts: readonly IntentVerdict[], otherwise: Settlement): Settlement {
  const opensForMs = Math.max(0, ...verdicts.map((verdict) => verdict.opensForMs));
  if (opensForMs === 0) return otherwise;
  return { kind: 'later', delayMs: opensForMs, counts: false, code: 'answer_lost' };
}

/** What a plan decided, as `explain` shows it. */
export function decisionOf(plan: Plan, observedOnly: boolean): Decision {
  const first: Reason =
    plan.problem === null
      ? (plan.reasons[0] ?? { code: plan.gate.code, text: plan.gate.text })
      : { code: plan.problem.code, text: plan.problem.message };
  return {
    outcome: plan.outcome,
    code: first.code,
    text: first.text,
    reasons: plan.reasons,
    fields: plan.write?.changes.map(({ field }) => field) ?? [],
    observedOnly,
  };
}

/** A fault that a vendor, a plan or the network caused, as a result: later with back-off, waiting, or a failure at once. */
export function faultResult(claimed: ClaimedRecord, error: SyncError, clock: Clock): RecordResult {
  const { untilMs, pausesConnection } = error.detail;
  const fault = { kind: error.kind, code: error.code, untilMs, pausesConnection };
  const settle = settleFault(fault, claimed.attempts, clock.now(), clock.random());
  const shown = settle.kind === 'failed' || (error.kind === 'retryable' && claimed.attempts + 1 >= shownFromAttempt);
  return {
    ...resultFor(claimed),
    settle,
    ...(shown ? { failure: reportOf(error) } : {}),
    decision: {
      outcome: settle.kind === 'failed' ? 'failed' : 'later',
      code: error.code,
      text: error.message,
      reasons: [],
      fields: [...(error.detail.fields ?? [])],
      observedOnly: false,
    },
  };
}

function reportOf({ kind, code, message, detail }: SyncError): FailureReport {
  return {
    kind,
    code,
    message,
    advice: detail.advice ?? (kind === 'retryable' ? nothingToDo : 'See docs/errors.md for this code.'),
    fields: detail.fields ?? [],
    recordIds: detail.recordIds ?? [],
    ...(detail.vendorCode === undefined ? {} : { vendorCode: detail.vendorCode }),
    ...(detail.correlationId === undefined ? {} : { correlationId: detail.correlationId }),
  };
}
