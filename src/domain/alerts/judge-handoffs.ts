import type { AlertFacts, Condition, HandoffWindow, WatchState } from './types.ts';

const hourMs = 3_600_000;
/** A shorter hold, such as a deployment, is no reason for a silence. */
const shortHoldMs = 30 * 60_000;

/**
 * How long a silence may be that is looked for, and how many handoffs the same stretch of the four weeks before must have had together, so that
 * chance alone hardly ever makes one: short stretches come round often and need the most.
 */
export const silences: readonly { hours: number; least: number }[] = [
  { hours: 4, least: 24 },
  { hours: 24, least: 16 },
  { hours: 168, least: 8 },
];

/**
 * Whether the business has gone quiet: no handoff in a stretch of time that had some in each of the four weeks before, same weekdays, same hours.
 * `off` once there is one again. Pure.
 *
 * @param isOpen whether that was told already
 * @param silenceFromMs silence counts from here on: before it nothing could be handed over, or nobody looked
 */
export function judgeHandoffs(
  { handoffs: { lastMs, windows }, nowMs }: Pick<AlertFacts, 'handoffs' | 'nowMs'>,
  { isOpen, silenceFromMs }: { isOpen: { sinceMs: number } | null; silenceFromMs: number | null },
): Condition {
  const condition = { code: 'no_handoffs', subject: '', severity: 'warning' } as const;
  if (isOpen !== null) {
    const isOver = lastMs !== null && lastMs > isOpen.sinceMs;
    return { ...condition, verdict: isOver ? 'off' : 'on', sinceMs: isOpen.sinceMs, facts: {} };
  }
  const quiet = windows.find((window) => isQuiet(window, nowMs, silenceFromMs));
  if (quiet === undefined) return { ...condition, verdict: 'off', sinceMs: nowMs, facts: {} };
  const usual = Math.round(sum(quiet.weeksBefore) / quiet.weeksBefore.length);
  const sinceMs = lastMs ?? nowMs - quiet.hours * hourMs;
  return { ...condition, verdict: 'on', sinceMs, facts: { hours: quiet.hours, usual } };
}

function isQuiet({ hours, now, weeksBefore }: HandoffWindow, nowMs: number, silenceFromMs: number | null): boolean {
  const least = silences.find((silence) => silence.hours === hours)?.least;
  if (least === undefined || silenceFromMs === null || nowMs - hours * hourMs < silenceFromMs) return false;
  return now === 0 && weeksBefore.length === 4 && weeksBefore.every((count) => count > 0) && sum(weeksBefore) >= least;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/**
 * What the watch remembers for the next round. A hold, or a time in which nobody looked, of more than half an hour makes silence count from its end.
 * Pure. @param isHeld nothing can be handed over now
 */
export function rememberHold(before: WatchState, isHeld: boolean, nowMs: number): WatchState {
  const { lookedMs, heldSinceMs } = before;
  const isGap = lookedMs === null || nowMs - lookedMs > shortHoldMs;
  const sinceMs = heldSinceMs ?? (isGap ? (lookedMs ?? 0) : isHeld ? nowMs : null);
  if (isHeld) return { lookedMs: nowMs, heldSinceMs: sinceMs, silenceFromMs: before.silenceFromMs };
  const wasLong = sinceMs !== null && nowMs - sinceMs > shortHoldMs;
  return { lookedMs: nowMs, heldSinceMs: null, silenceFromMs: wasLong ? nowMs : before.silenceFromMs };
}
