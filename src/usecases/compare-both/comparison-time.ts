/** In UTC. */
export type TimeOfDay = { hour: number; minute: number };

/** A service that was away at the time begins within so long; else it waits for the next day's quiet hours. */
const windowMs = 6 * 3_600_000;
const dayMs = 86_400_000;

/**
 * The time of the comparison that is due now. Pure.
 * @param now epoch milliseconds
 * @param at null: there is none
 * @returns null: none is due
 */
export function comparisonTime(now: number, at: TimeOfDay | null): number | null {
  if (at === null) return null;
  const midnight = Math.floor(now / dayMs) * dayMs;
  const today = midnight + (at.hour * 60 + at.minute) * 60_000;
  const last = today <= now ? today : today - dayMs;
  return now - last < windowMs ? last : null;
}
