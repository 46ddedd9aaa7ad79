const baseMs = 5_000;
/** A CRM that was down for a day costs its records no more than this once it is back. */
const capMs = 15 * 60_000;

/**
 * The wait before the next look at a record whose look failed: doubled with each attempt, capped at a quarter of an hour, with full jitter, so
 * that records which failed together do not come back together.
 *
 * @param attempt 1 for the first failed attempt
 * @param chance a number in [0, 1)
 * @returns milliseconds, at least 1
 */
export function backoff(attempt: number, chance: number): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** (Math.max(1, attempt) - 1));
  return Math.max(1, Math.round(ceilingMs * chance));
}
