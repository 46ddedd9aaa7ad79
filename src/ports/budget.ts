import type { SystemName } from '../domain/record.ts';

/** 1 handoff, 2 other live work, 3 sweep, 4 backfill. Lower goes first. */
export type Priority = 1 | 2 | 3 | 4;

/** Calls are counted per bucket; HubSpot's search has a limit of its own (5 per second and account). */
export type Bucket = 'hubspot' | 'hubspot-search' | 'salesforce';

/** Whose work a call is, and how many calls were already reserved for it. `prepaid` is counted down by `take`. */
export type Spend = { priority: Priority; prepaid: number };

/** What an answer told about the vendor's own count. */
export type BudgetFacts = {
  /** Most calls per window, where the vendor names it. */
  limitPerWindow?: number;
  remainingInWindow?: number;
  dailyUsed?: number;
  dailyLimit?: number;
};

/** The call budgets that all processes share. */
export type BudgetPort = {
  /**
   * Reserves `calls` and tells how long to wait, in milliseconds, before they may be sent (together: reserve only what goes out at once).
   * Live work is never made to wait by priorities 3 and 4: where the slots are not free now, these get `granted: false`, nothing was
   * reserved, and they ask again after `waitMs`. Live work is always granted.
   * @throws SyncError wait: `daily_budget_spent` when the day's budget is used up (for priorities 1 and 2 this pauses the connection until
   * calls are free again); the code of a pause that is on for the system
   */
  reserve(bucket: Bucket, calls: number, priority: Priority): Promise<{ waitMs: number; granted: boolean }>;
  /** Waits for the turn of one call, or uses a prepaid one at once. Every HTTP call of an adapter goes through here. */
  take(bucket: Bucket, spend: Spend): Promise<void>;
  /** Tells what an answer's headers said; adapts the pace downward at once and upward never beyond the configured rate. */
  observe(bucket: Bucket, facts: BudgetFacts): void;
  /** Stops the whole connection to that system until the time given (a 429, a lost authorisation, a spent day). */
  pause(system: SystemName, untilMs: number, code: string): Promise<void>;
};
