import type { SystemName } from '../domain/record.ts';
import type { Bucket } from '../ports/budget.ts';

export type BudgetOptions = {
  /** HubSpot's limit per 10 seconds and app, as the account's edition has it. */
  hubspotPer10s: number;
  /** HubSpot's limit of search calls per second and account: 5 (developers.hubspot.com, usage guidelines). */
  searchPerSecond?: number;
  /** Salesforce: up to 1 a share of the org's daily limit, above it a number of calls in 24 hours. */
  salesforceDaily: number;
  connectionId?: number;
};

/** An even pace of `rate` calls per window, of which `burst` may go at once. `configured` is the vendor's limit per window. */
type Pace = { windowMs: number; configured: number; rate: number; burst: number };

export type BucketRules =
  | { system: SystemName; pace: Pace; daily: null }
  | { system: SystemName; pace: null; daily: { amount: number; assumedLimit: number } };

/** Calls may arrive this much later than they were sent, and later than their neighbours: part of a second window falls into the first. */
const jitterMs = 100;

/** Calls per window that are left unused, so that rounding and a clock's step cost no 429. */
const spareCalls = 1.5;

/** What the budget assumes of an org until an answer's `Sforce-Limit-Info` names its limit: the least that paid editions have. */
const assumedDailyLimit = 100_000;

/**
 * The rules of a bucket. The pace is chosen so that an outside observer never counts more than the limit in any window:
 * burst + rate × (window + jitter) / window + spare = limit.
 */
export function describeBucket(bucket: Bucket, options: BudgetOptions): BucketRules {
  switch (bucket) {
    case 'hubspot': {
      const [windowMs, configured] = [10_000, options.hubspotPer10s];
      const burst = Math.max(1, Math.floor(configured * 0.04));
      const rate = Math.max(0.5, (configured - burst - spareCalls) / (1 + jitterMs / windowMs));
      return { system: 'hubspot', pace: { windowMs, configured, rate, burst }, daily: null };
    }
    case 'hubspot-search': {
      const configured = options.searchPerSecond ?? 5;
      // One at a time: with so few per window there is no room for a burst. At 0.84 five slots last 1.19 s: a busy machine may wake a caller
      // 90 ms late, on top of the jitter, before six of them fall into one second.
      return {
        system: 'hubspot',
        pace: { windowMs: 1_000, configured, rate: configured * 0.84, burst: 1 },
        daily: null,
      };
    }
    case 'salesforce':
      return {
        system: 'salesforce',
        pace: null,
        daily: { amount: options.salesforceDaily, assumedLimit: assumedDailyLimit },
      };
  }
}
