import type { SandboxAnswer } from '../server.ts';
import type { Portal } from './portal.ts';

const HOUR_MS = 3_600_000;

/** The next full hour at which the account's zone begins another day; zones with half hours are met half an hour late. */
function toNextDay(timeZone: string, now: number): number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone });
  const today = format.format(now);
  let at = Math.ceil((now + 1) / HOUR_MS) * HOUR_MS;
  while (format.format(at) === today) at += HOUR_MS;
  return at;
}

/**
 * `GET /account-info/v3/api-usage/daily/private-apps`: what private apps have used of the account's day (account information API). An account
 * without a daily limit has no such entry.
 */
export function readDailyUsage(portal: Portal): SandboxAnswer {
  const { dailyLimit, timeZone } = portal.settings;
  const now = portal.now();
  const entry = {
    name: 'private-apps-api-calls-daily',
    usageLimit: dailyLimit,
    currentUsage: portal.usedToday(),
    collectedAt: new Date(now).toISOString(),
    fetchStatus: 'SUCCESS',
    resetsAt: new Date(toNextDay(timeZone, now)).toISOString(),
  };
  return { status: 200, body: { results: dailyLimit > 0 ? [entry] : [] } };
}
