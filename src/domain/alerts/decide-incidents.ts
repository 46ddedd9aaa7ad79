import type { AlertCode, Condition, IncidentChange, KnownIncident } from './types.ts';

const minuteMs = 60_000;

/** How long something must last before it is told, and how long it must be over before that is told: so nothing flaps. */
const lasting: Readonly<Record<AlertCode, { openMs: number; endMs: number }>> = {
  auth_lost: { openMs: 0, endMs: minuteMs },
  no_worker: { openMs: 2 * minuteMs, endMs: minuteMs },
  sync_lag: { openMs: 2 * minuteMs, endMs: 3 * minuteMs },
  work_late: { openMs: 2 * minuteMs, endMs: 5 * minuteMs },
  failures_rising: { openMs: 0, endMs: 15 * minuteMs },
  budget_nearly_spent: { openMs: 0, endMs: 15 * minuteMs },
  drift_found: { openMs: 0, endMs: 0 },
  comparison_overdue: { openMs: 0, endMs: 0 },
  field_frozen: { openMs: 0, endMs: 2 * minuteMs },
  run_needs_person: { openMs: 0, endMs: minuteMs },
  paused_long: { openMs: 0, endMs: 0 },
  no_handoffs: { openMs: 5 * minuteMs, endMs: 0 },
};

/** Longer between two rounds, and nobody knows what was in between: what must last begins to count anew. */
const gapMs = 5 * minuteMs;

/**
 * What becomes of each incident now: what is new, what has lasted long enough to be told, what is over. What nobody judges any more (a run that
 * is gone, a field that was thawed) counts as over; `unknown` changes nothing. Pure.
 *
 * @param known all incidents that have not ended, at most one per code and subject
 */
export function decideIncidents(
  known: readonly KnownIncident[],
  conditions: readonly Condition[],
  nowMs: number,
): readonly IncidentChange[] {
  const judged = new Map(conditions.map((condition) => [keyOf(condition), condition]));
  const kept = new Map(known.map((incident) => [keyOf(incident), incident]));
  const changes = known.flatMap((incident) => continued(incident, judged.get(keyOf(incident)), nowMs));
  const begun = conditions.filter((condition) => condition.verdict === 'on' && !kept.has(keyOf(condition)));
  return [...changes, ...begun.map((condition) => lastingEnough(null, condition, nowMs, nowMs))];
}

/** What keeps incidents apart: no two with one key are open at once. */
export function keyOf({ code, subject }: { code: string; subject: string }): string {
  return `${code} ${subject}`;
}

function continued(incident: KnownIncident, condition: Condition | undefined, nowMs: number): IncidentChange[] {
  const { id, code, state, clearMs } = incident;
  if (condition?.verdict === 'unknown') return [];
  const isGap = nowMs - incident.judgedMs > gapMs;
  if (condition?.verdict === 'on') {
    const suspectedMs = isGap && state === 'suspected' ? nowMs : incident.suspectedMs;
    if (state === 'suspected') return [lastingEnough(id, condition, suspectedMs, nowMs)];
    return [{ to: 'open', id, condition, suspectedMs, clearMs: null }];
  }
  if (state === 'suspected') return [{ to: 'forgotten', id }];
  const overSinceMs = clearMs === null || isGap ? nowMs : clearMs;
  if (nowMs - overSinceMs >= lasting[code].endMs) return [{ to: 'ended', id }];
  const { suspectedMs, subject, sinceMs } = incident;
  const over = condition ?? { code, subject, verdict: 'off', sinceMs, severity: 'warning', facts: {} };
  return [{ to: 'open', id, condition: over, suspectedMs, clearMs: overSinceMs }];
}

function lastingEnough(id: string | null, condition: Condition, suspectedMs: number, nowMs: number): IncidentChange {
  const to = nowMs - suspectedMs >= lasting[condition.code].openMs ? 'open' : 'suspected';
  return { to, id, condition, suspectedMs, clearMs: null };
}
