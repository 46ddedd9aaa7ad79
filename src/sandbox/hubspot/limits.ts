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

/** Epoch milliseconds to the calendar day of a time zone, looked up again at most once a minute. */
function createDayClock(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone });
  let minute = -1;
  let day = '';
  return (at) => {
    const present = Math.floor(at / 60_000);
    if (present !== minute) {
      minute = present;
      day = format.format(at);
    }
    return day;
  };
}

function tooMany(policyName: string, message: string, headers: Record<string, string>): Refusal {
  return new Refusal(429, { message, errorType: 'RATE_LIMIT', category: 'RATE_LIMITS', policyName }, headers);
}

const noCalls = (): Record<Family, number> => ({ read: 0, write: 0, search: 0, association: 0, other: 0 });

/**
 * The limits of one token (usage guidelines): a rolling ten seconds, with headers; search per second and account, without headers;
 * associations on a quota of their own; a day that ends at midnight of the account's time zone. Refused requests do not count.
 */
export function createLimits(settings: Settings, now: () => number): Limits {
  const burst = createWindow(10_000);
  const arrivals = createWindow(10_000);
  const associations = createWindow(10_000);
  const searches = createWindow(1000);
  const toDay = createDayClock(settings.timeZone);
  let byFamily = noCalls();
  let refused = 0;
  let maxIn10s = 0;
  let day = '';
  let today = 0;

  function headers(used: number): Record<string, string> {
    const result: Record<string, string> = {};
    if (settings.dailyLimit > 0) {
      result['x-hubspot-ratelimit-daily'] = String(settings.dailyLimit);
      result['x-hubspot-ratelimit-daily-remaining'] = String(Math.max(0, settings.dailyLimit - today));
    }
    if (settings.rateLimitPer10s === 0) return result;
    result['x-hubspot-ratelimit-interval-milliseconds'] = '10000';
    result['x-hubspot-ratelimit-max'] = String(settings.rateLimitPer10s);
    result['x-hubspot-ratelimit-remaining'] = String(Math.max(0, settings.rateLimitPer10s - used));
    return result;
  }

  function countDay(at: number): void {
    if (toDay(at) !== day) {
      day = toDay(at);
      today = 0;
    }
    if (settings.dailyLimit > 0 && today >= settings.dailyLimit) {
      throw tooMany('DAILY', 'You have reached your daily limit.', headers(burst.size(at)));
    }
  }

  function countSearch(at: number): Record<string, string> {
    if (settings.searchPerSecond > 0 && searches.size(at) >= settings.searchPerSecond) {
      throw tooMany('SECONDLY', 'You have reached your secondly limit.', {});
    }
    countDay(at);
    searches.push(at);
    today += 1;
    return {};
  }

  function countBurst(window: Window, at: number): Record<string, string> {
    if (settings.rateLimitPer10s > 0 && window.size(at) >= settings.rateLimitPer10s) {
      const message = 'You have reached your ten_secondly_rolling limit.';
      throw tooMany('TEN_SECONDLY_ROLLING', message, headers(window.size(at)));
    }
    countDay(at);
    window.push(at);
    today += 1;
    return headers(window.size(at));
  }

  function grant(family: Family, at: number): Record<string, string> {
    if (family === 'search') return countSearch(at);
    if (family === 'association') return countBurst(associations, at);
    arrivals.push(at);
    maxIn10s = Math.max(maxIn10s, arrivals.size(at));
    return countBurst(burst, at);
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
      return { total, byFamily: { ...byFamily }, tooMany: refused, maxIn10s, today };
    },
    reset() {
      byFamily = noCalls();
      refused = 0;
      maxIn10s = 0;
    },
    setToday(count) {
      day = toDay(now());
      today = count;
    },
  };
}
