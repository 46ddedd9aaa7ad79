import type { Settings } from './options.ts';
import { Refusal } from './refusal.ts';

/** What a request is counted as. */
export type Family = 'read' | 'write' | 'search' | 'association' | 'other';

export type RequestCounters = {
  total: number;
  byFamily: Record<Family, number>;
  /** How many were answered 429, by any policy. */
  tooMany: number;
  /** The most requests (search left out, refused ones included) that arrived in any rolling ten seconds. */
  maxIn10s: number;
  /** Of the present day of the account. */
  today: number;
};

export type Limits = {
  /** Counts a request; throws the 429 of the policy that is spent. Answers the rate limit headers of a granted one. */
  count(family: Family): Record<string, string>;
  counters(): RequestCounters;
  reset(): void;
  /** Requests of the account's present day. */
  usedToday(): number;
  /** As if other apps of the account had spent this much of the day. */
  setToday(count: number): void;
};

/** Arrival times in the last `spanMs`. */
type Window = { push(at: number): void; size(at: number): number };

function createWindow(spanMs: number): Window {
  let times: number[] = [];
  let head = 0;
  return {
    push(at) {
      times.push(at);
    },
    size(at) {
      while (head < times.length && (times[head] ?? 0) <= at - spanMs) head += 1;
      if (head > 1000) {
        times = times.slice(head);
        head = 0;
      }
      return times.length - head;
    },
  };
}

/** Counts the requests of the account's present day; the day is looked up again at most once a minute. */
function createDay(timeZone: string) {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone });
  let minute = -1;
  let day = '';
  let used = 0;

  function turn(at: number): void {
    const present = Math.floor(at / 60_000);
    if (present === minute) return;
    minute = present;
    const next = format.format(at);
    if (next !== day) used = 0;
    day = next;
  }

  return {
    used(at: number): number {
      turn(at);
      return used;
    },
    set(at: number, count: number): void {
      turn(at);
      used = count;
    },
  };
}

function tooMany(policyName: string, message: string, headers: Record<string, string>): Refusal {
  return new Refusal(429, { message, errorType: 'RATE_LIMIT', category: 'RATE_LIMITS', policyName }, headers);
}

const noCalls = (): Record<Family, number> => ({ read: 0, write: 0, search: 0, association: 0, other: 0 });

/** What the windows and the day say to one request; throws the 429 of the policy that is spent. */
function createPolicies(settings: Settings) {
  const day = createDay(settings.timeZone);

  function toHeaders(used: number, at: number): Record<string, string> {
    const headers: Record<string, string> = {};
    if (settings.dailyLimit > 0) {
      headers['x-hubspot-ratelimit-daily'] = String(settings.dailyLimit);
      headers['x-hubspot-ratelimit-daily-remaining'] = String(Math.max(0, settings.dailyLimit - day.used(at)));
    }
    if (settings.rateLimitPer10s === 0) return headers;
    headers['x-hubspot-ratelimit-interval-milliseconds'] = '10000';
    headers['x-hubspot-ratelimit-max'] = String(settings.rateLimitPer10s);
    headers['x-hubspot-ratelimit-remaining'] = String(Math.max(0, settings.rateLimitPer10s - used));
    return headers;
  }

  function take(window: Window, at: number, headers: () => Record<string, string>): void {
    if (settings.dailyLimit > 0 && day.used(at) >= settings.dailyLimit) {
      throw tooMany('DAILY', 'You have reached your daily limit.', headers());
    }
    window.push(at);
    day.set(at, day.used(at) + 1);
  }

  return {
    day,
    grantSearch(window: Window, at: number): Record<string, string> {
      if (settings.searchPerSecond > 0 && window.size(at) >= settings.searchPerSecond) {
        throw tooMany('SECONDLY', 'You have reached your secondly limit.', {});
      }
      take(window, at, () => ({}));
      return {};
    },
    grantBurst(window: Window, at: number): Record<string, string> {
      const headers = () => toHeaders(window.size(at), at);
      if (settings.rateLimitPer10s > 0 && window.size(at) >= settings.rateLimitPer10s) {
        throw tooMany('TEN_SECONDLY_ROLLING', 'You have reached your ten_secondly_rolling limit.', headers());
      }
      take(window, at, headers);
      return headers();
    },
  };
}

/**
 * The limits of one token (usage guidelines): a rolling ten seconds, with headers; search per second and account, without headers;
 * associations on a quota of their own; a day that ends at midnight of the account's time zone. Refused requests do not count.
 */
export function createLimits(settings: Settings, now: () => number): Limits {
  const burst = createWindow(10_000);
  const arrivals = createWindow(10_000);
  const associations = createWindow(10_000);
  const searches = createWindow(1000);
  const policies = createPolicies(settings);
  let byFamily = noCalls();
  let refused = 0;
  let maxIn10s = 0;

  function grant(family: Family, at: number): Record<string, string> {
    if (family === 'search') return policies.grantSearch(searches, at);
    if (family === 'association') return policies.grantBurst(associations, at);
    arrivals.push(at);
    maxIn10s = Math.max(maxIn10s, arrivals.size(at));
    return policies.grantBurst(burst, at);
  }

  return {
    count(family) {
      byFamily[family] += 1;
      try {
        return grant(family, now());
      } catch (thrown) {
        refused += 1;
        throw thrown;
      }
    },
    counters() {
      const total = Object.values(byFamily).reduce((sum, count) => sum + count, 0);
      return { total, byFamily: { ...byFamily }, tooMany: refused, maxIn10s, today: policies.day.used(now()) };
    },
    reset() {
      byFamily = noCalls();
      refused = 0;
      maxIn10s = 0;
    },
    usedToday: () => policies.day.used(now()),
    setToday: (count) => policies.day.set(now(), count),
  };
}
