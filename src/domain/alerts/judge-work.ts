import { pausedLongMs, risingFailures, unexpectedDrift, workerGoneMs, workLateMs } from '../health/limits.ts';
import type { AlertFacts, Condition } from './types.ts';

const hourMs = 3_600_000;

/** Whether any process works at all. Pure. */
export function judgeWorkers({ workerSeenMs, nowMs }: AlertFacts): Condition {
  const isOn = workerSeenMs === null || nowMs - workerSeenMs > workerGoneMs;
  const sinceMs = workerSeenMs ?? nowMs;
  return { code: 'no_worker', subject: '', verdict: isOn ? 'on' : 'off', sinceMs, severity: 'error', facts: {} };
}

/** Whether live work is done in time. @param isKnown nothing else is the reason */
export function judgeLateWork({ oldestDueMs, nowMs }: AlertFacts, isKnown: boolean): Condition {
  const isOn = oldestDueMs !== null && nowMs - oldestDueMs > workLateMs;
  const verdict = isKnown ? (isOn ? 'on' : 'off') : 'unknown';
  return { code: 'work_late', subject: '', verdict, sinceMs: oldestDueMs ?? nowMs, severity: 'error', facts: {} };
}

/** Whether more records fail than usual; once told it is over at half of what it takes. Pure. */
export function judgeFailures({ failures, nowMs }: AlertFacts, isOpen: boolean): Condition {
  const { lastHour, dayBefore, commonCode } = failures;
  const many = Math.max(risingFailures.least, Math.ceil((risingFailures.times * dayBefore) / 24));
  const isOn = lastHour >= (isOpen ? many / 2 : many);
  return {
    code: 'failures_rising',
    subject: '',
    verdict: isOn ? 'on' : 'off',
    sinceMs: nowMs - hourMs,
    severity: 'warning',
    facts: { count: lastHour, code: commonCode },
  };
}

/** What the last comparison found, and whether there was one in time. Pure. */
export function judgeComparison({ lastComparison, comparisonOverdue, nowMs }: AlertFacts): Condition[] {
  const { total: drift } = unexpectedDrift(lastComparison?.drift ?? {});
  return [
    {
      code: 'drift_found',
      subject: '',
      verdict: drift > 0 ? 'on' : 'off',
      sinceMs: lastComparison?.endedAtMs ?? nowMs,
      severity: 'warning',
      facts: { count: drift, run: lastComparison?.runId ?? null },
    },
    {
      code: 'comparison_overdue',
      subject: '',
      verdict: comparisonOverdue === null ? 'off' : 'on',
      sinceMs: comparisonOverdue?.sinceMs ?? nowMs,
      severity: 'warning',
      facts: { run: comparisonOverdue?.runId ?? null },
    },
  ];
}

/** Fields that nobody writes before a person thaws them: an incident per field, however many records it is about. Pure. */
export function judgeFrozen({ frozen }: AlertFacts): Condition[] {
  return frozen.map(({ system, field, records, sinceMs }) => ({
    code: 'field_frozen',
    subject: `${system} ${field}`,
    verdict: 'on',
    sinceMs,
    severity: 'warning',
    facts: { system, field, records },
  }));
}

/** Runs that go on only if somebody acts. The days of live sync are one. Pure. */
export function judgeRuns({ runs, nowMs }: AlertFacts): Condition[] {
  const conditions = runs.map(
    ({ id, kind, object, state, reason, sinceMs }): Condition => ({
      code: 'run_needs_person',
      subject: kind === 'live' ? 'live' : id,
      verdict: 'on',
      sinceMs: sinceMs ?? nowMs,
      severity: kind === 'live' || state === 'failed' ? 'error' : 'warning',
      facts: { run: id, kind, object, state, reason },
    }),
  );
  return [...new Map(conditions.map((condition) => [condition.subject, condition])).values()];
}

/** Whether a person's pause has been forgotten. Pure. */
export function judgePause({ pausedSinceMs, nowMs }: AlertFacts): Condition {
  const isOn = pausedSinceMs !== null && nowMs - pausedSinceMs > pausedLongMs;
  const sinceMs = pausedSinceMs ?? nowMs;
  return { code: 'paused_long', subject: '', verdict: isOn ? 'on' : 'off', sinceMs, severity: 'warning', facts: {} };
}
