import type { IntentVerdict, Plan, PlanProblem, Reason } from '../../domain/plan/types.ts';
import { stageProperty } from '../../domain/record.ts';
import { settleFault, shownFromAttempt } from '../../domain/settle.ts';
import { SyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClaimedRecord } from '../../ports/ledger-claim.ts';
import type { Decision, FailureReport, IntentOutcome, RecordResult, Settlement } from '../../ports/ledger-result.ts';

/** As much of a claimed record, of whatever kind, as it takes to tell what became of it. */
export type Claimed = Pick<ClaimedRecord, 'recordId' | 'counter' | 'attempts'>;

const nothingToDo = 'Nothing needs doing: it is tried again by itself.';

/** The part of a result that names the record and the claim it belongs to. */
export function resultFor(claimed: Claimed): Pick<RecordResult, 'contactId' | 'counter'> {
  return { contactId: claimed.recordId, counter: claimed.counter };
}

/** The record is settled for now, with the decision that `explain` shows; an earlier failure of it is over. */
export function doneResult(claimed: Claimed, decision: Decision): RecordResult {
  return { ...resultFor(claimed), decision, failure: null, settle: { kind: 'done' } };
}

/**
 * How a look ends whose plan was carried out: done, or with the plan's problem as a failure (which may stand beside what was written),
 * looked at again when the record changes or somebody retries it.
 */
export function endOf({ problem, intents }: Pick<Plan, 'problem' | 'intents'>): {
  failure: FailureReport | null;
  settle: Settlement;
} {
  if (problem === null) return { failure: null, settle: settledAfter(intents, { kind: 'done' }) };
  return { failure: toFailure(problem), settle: settledAfter(intents, { kind: 'failed' }) };
}

function toFailure({ code, message, advice, fields, recordIds }: PlanProblem): FailureReport {
  return { kind: 'needs-human', code, message, advice, fields, recordIds };
}

/** Looked at again at once, as what was read is not true any more. */
export function lookAgainResult(claimed: Claimed, code: string): RecordResult {
  return { ...resultFor(claimed), settle: { kind: 'later', delayMs: 0, counts: false, code } };
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
    fields: writtenFields(plan),
    observedOnly,
  };
}

/** The names of all that a plan changes, on both sides; a name that both sides use stands once. */
function writtenFields({ write, contact, stage }: Plan): string[] {
  const names = [...(write?.changes ?? []), ...contact].map(({ field }) => field);
  return [...new Set(stage.move === null ? names : [...names, stageProperty])];
}

/** A fault that a vendor, a plan or the network caused, as a result: later with back-off, waiting, or a failure at once. */
export function faultResult(claimed: Claimed, error: SyncError, clock: Clock): RecordResult {
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

/**
 * The same for a fault that says the record is another one by now: the first looks follow at once, so that there is no gap; one that
 * meets it again and again waits as with any other fault, and is shown.
 */
export function movedOnResult(claimed: Claimed, error: SyncError, clock: Clock): RecordResult {
  const result = faultResult(claimed, error, clock);
  if (claimed.attempts + 1 >= shownFromAttempt) return result;
  return { ...result, settle: { kind: 'later', delayMs: 0, counts: true, code: error.code } };
}

/** @param cause what a CRM said of it, where it did */
export function movedOn(cause?: SyncError): SyncError {
  const text = 'The record was converted, merged or deleted between reading and writing; it is looked at again.';
  const advice = 'Nothing to do: the next look follows it. If this repeats, look at what keeps changing the record.';
  return new SyncError('retryable', 'record_moved_on', text, { ...cause?.detail, advice, cause });
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
