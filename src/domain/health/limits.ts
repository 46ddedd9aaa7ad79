/*
 * From where on something is wrong. The overview is for those who look, the alerts call people who do something else: where both judge the same
 * thing, an alert waits for longer or for more, so that nobody is called for what ends by itself. Each such pair says so below.
 */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** A process that was silent for this long is taken for dead: three heartbeats. The overview says so at once. */
export const livesWithinMs = 15 * secondMs;
/** An alert waits for a minute of silence: a restart or a deployment is no reason to call anybody. */
export const workerGoneMs = minuteMs;

/** Whether the process was heard of just now. */
export function isAlive({ seenAtMs }: { seenAtMs: number }, nowMs: number): boolean {
  return nowMs - seenAtMs <= livesWithinMs;
}

/** Live work that is due for longer than this is late, for the overview and for alerts. */
export const workLateMs = 10 * minuteMs;
/** What lasts for longer than this, on the overview, is an outage. */
export const outageMs = hourMs;

/**
 * Shares of a budget. On the overview our own is low at 80 %, while there is time to put off a backfill; the vendor's day, which others use too,
 * at 90 %. An alert comes at 90 % of either, when calls are about to run out, and is over below 85 %, so that it does not come and go.
 */
export const budgetShares = { ownLow: 0.8, vendorLow: 0.9, alert: 0.9, alertOver: 0.85 } as const;

/** The code of a pause for our own budget of the day. */
export const budgetSpent = 'daily_budget_spent';

/**
 * New failures on the overview, by the day: so many, and so many times as many as the day before, are worth a look; from `broken` on something
 * is broken.
 */
export const newFailures = { least: 10, times: 2, broken: 100 } as const;
/** An alert, by the hour: something broke just now, and it fails so many times as often as on the day before. */
export const risingFailures = { least: 10, times: 3 } as const;

/** Writes that a person has paused and not resumed for this long: an alert; the overview shows each pause at once. */
export const pausedLongMs = 24 * hourMs;

/** Pauses that end with another credential or right, and not with time: whoever starts a process may have brought one. */
export const credentialFaults: ReadonlySet<string> = new Set([
  'hubspot_unauthorised',
  'hubspot_missing_scopes',
  'salesforce_unauthorised',
  'salesforce_invalid_client',
  'salesforce_invalid_grant',
  'salesforce_login_refused',
  'salesforce_access_blocked',
]);

/** Drift that people have chosen or know of, and what fails: failures have their own list and their own alert. */
const expectedDrift: ReadonlySet<string> = new Set([
  'not_backfilled',
  'ended',
  'below_gate_present',
  'recycled',
  'held',
  'frozen',
  'failing',
]);
/** Fewer trouble nobody who looks at the overview; an alert tells of the first one, once a night at most. */
export const muchDrift = 10;

/** What a comparison found and should not have: of each code how many, and all together. */
export function unexpectedDrift(drift: Readonly<Record<string, number>>): {
  total: number;
  kinds: readonly (readonly [code: string, count: number])[];
} {
  const kinds = Object.entries(drift).filter(([code, count]) => !expectedDrift.has(code) && count > 0);
  return { total: kinds.reduce((sum, [, count]) => sum + count, 0), kinds };
}
