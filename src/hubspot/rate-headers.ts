import type { BudgetFacts } from '../ports/budget.ts';

const WINDOW_MS = 10_000;

/** A header as a count; anything but digits is nothing. */
function toCount(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,12}$/.test(header) ? Number(header) : undefined;
}

/**
 * What the rate limit headers of an answer say (usage guidelines). Searches have none and OAuth apps no daily ones. The window is ten
 * seconds; should HubSpot name another one, its counts are not ours to use.
 */
export function toBudgetFacts(headers: Readonly<Record<string, string>>): BudgetFacts {
  const facts: BudgetFacts = {};
  const intervalMs = toCount(headers['x-hubspot-ratelimit-interval-milliseconds']) ?? WINDOW_MS;
  const limit = toCount(headers['x-hubspot-ratelimit-max']);
  const remaining = toCount(headers['x-hubspot-ratelimit-remaining']);
  const daily = toCount(headers['x-hubspot-ratelimit-daily']);
  const dailyRemaining = toCount(headers['x-hubspot-ratelimit-daily-remaining']);
  if (intervalMs === WINDOW_MS && limit !== undefined) facts.limitPerWindow = limit;
  if (intervalMs === WINDOW_MS && remaining !== undefined) facts.remainingInWindow = remaining;
  if (daily !== undefined) facts.dailyLimit = daily;
  if (daily !== undefined && dailyRemaining !== undefined) facts.dailyUsed = Math.max(0, daily - dailyRemaining);
  return facts;
}
