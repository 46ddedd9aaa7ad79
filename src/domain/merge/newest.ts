import type { PastChange } from '../plan/types.ts';
import type { SystemName } from '../record.ts';

/** When a side was changed last: not before `fromMs`, not after `toMs`. A point where both are the same. */
export type Interval = { fromMs: number; toMs: number };

/**
 * When a value was changed last: at the newest entry of its history, or, where none is known, after both sides agreed and no later than the
 * record itself was changed. Our own and automated writes move the latter too, so it is only an end.
 */
export function changedWithin(
  history: readonly PastChange[] | undefined,
  agreedAtMs: number | null,
  modifiedAtMs: number,
): Interval {
  const points = (history ?? []).map(({ atMs }) => atMs);
  if (points.length > 0) {
    const atMs = Math.max(...points);
    return { fromMs: atMs, toMs: atMs };
  }
  // Clocks of two systems: an end before the beginning tells nothing, not even the order.
  const fromMs = agreedAtMs === null ? Number.NEGATIVE_INFINITY : Math.min(agreedAtMs + 1, modifiedAtMs);
  const toMs = agreedAtMs === null ? modifiedAtMs : Math.max(agreedAtMs + 1, modifiedAtMs);
  return { fromMs, toMs };
}

/** The same by a clock that shows whole seconds, as Salesforce's does: it was somewhere within the last of them. */
export function toTheSecond({ fromMs, toMs }: Interval): Interval {
  return { fromMs, toMs: toMs + 999 };
}

/** When the last of several changes was made. */
export function lastOf(intervals: readonly Interval[]): Interval {
  return {
    fromMs: Math.max(...intervals.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...intervals.map(({ toMs }) => toMs)),
  };
}

/** Who changed last. Only intervals that do not overlap decide. */
export function whoIsNewer(hubspot: Interval, salesforce: Interval): SystemName | 'unknown' {
  if (hubspot.toMs < salesforce.fromMs) return 'salesforce';
  return salesforce.toMs < hubspot.fromMs ? 'hubspot' : 'unknown';
}
