import type { HttpResponse } from 'jsforce/lib/types/index.js';

/** Reads `Sforce-Limit-Info: api-usage=18/5000; per-app-api-usage=…`. */
export function toUsage(headers: HttpResponse['headers']): { dailyUsed: number; dailyLimit: number } | null {
  const match = /(?:^|[;,]\s*)api-usage=(\d+)\/(\d+)/.exec(headers['sforce-limit-info'] ?? '');
  return match === null ? null : { dailyUsed: Number(match[1]), dailyLimit: Number(match[2]) };
}

/** Epoch milliseconds of the `Date` header (RFC 9110); null where there is none that parses. */
export function toServerMs(headers: HttpResponse['headers']): number | null {
  const parsed = Date.parse(headers.date ?? '');
  return Number.isNaN(parsed) ? null : parsed;
}
