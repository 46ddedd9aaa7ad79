/** A share of the vendor's limit, or a number of calls in 24 hours; null: nothing of ours limits a day. */
export type DailyBudget = { share: number } | { calls: number } | null;

/** How many calls a budget allows in 24 hours, rounded down; null: no budget, or a share of a limit that is not known. */
export function allowedCalls(budget: DailyBudget, limit: number | null): number | null {
  if (budget === null) return null;
  if ('calls' in budget) return budget.calls;
  return limit === null ? null : Math.floor(budget.share * limit);
}

/** A budget that is told as one number: up to 1 a share of the vendor's limit, above it calls. */
export function toDailyBudget(daily: number): Exclude<DailyBudget, null> {
  return daily <= 1 ? { share: daily } : { calls: daily };
}
