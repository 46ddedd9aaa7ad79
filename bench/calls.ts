import { z } from 'zod';
import type { HubSpotSandbox } from '../src/sandbox/hubspot/index.ts';
import type { SalesforceSandbox } from '../src/sandbox/salesforce/index.ts';

/** Calls of a CRM: those that write, and all others. */
export type Calls = { reads: number; writes: number };

/** What ends the path of a write to HubSpot. */
const hubSpotWrite = /\/(batch\/(update|upsert|create|archive|labels\/archive|associate\/default)|merge)\b/;

/** The calls since the counters were reset, by what stands in their paths. */
export function hubSpotCalls(hubspot: HubSpotSandbox): Calls & { byPattern: Readonly<Record<string, number>> } {
  const byPattern = hubspot.countByPattern();
  const isWrite = (pattern: string) => hubSpotWrite.test(pattern) || /^(PATCH|DELETE|PUT) /.test(pattern);
  return { ...sumOf(Object.entries(byPattern), isWrite), byPattern };
}

function sumOf(counts: readonly (readonly [string, number])[], isWrite: (pattern: string) => boolean): Calls {
  const calls = { reads: 0, writes: 0 };
  for (const [pattern, count] of counts) calls[isWrite(pattern) ? 'writes' : 'reads'] += count;
  return calls;
}

const compositeBody = z.object({ compositeRequest: z.array(z.object({ method: z.string(), url: z.string() })) });

/** Several requests in one call: it writes where one of them does. Reads by ids are POSTs to collections as well, but never in a composite. */
function isCompositeWrite(body: string): boolean {
  return compositeBody.parse(JSON.parse(body)).compositeRequest.some(({ method }) => method !== 'GET');
}

/** How a request to Salesforce is named: its path without the version, and what it does where the path does not say so. */
function nameOf({ method, path, body = '' }: { method: string; path: string; body?: string }): string {
  const short = path.replace(/^\/services\/data\/v[\d.]+/, '').replace(/\/[a-zA-Z0-9]{15,18}(?=\/|$)/g, '/{id}');
  if (short === '/composite') return `${method} ${short} ${isCompositeWrite(body) ? 'writes' : 'reads'}`;
  return `${method} ${short}`;
}

const salesforceWrite =
  /^(POST|PATCH|DELETE) \/composite\/sobjects|^POST \/composite writes|^\w+ \/jobs\/ingest|^(PATCH|DELETE|POST) \/sobjects/;

/** The same of Salesforce, whose requests must be kept with their bodies. A login is neither, and no call that Salesforce counts. */
export function salesforceCalls({
  requests,
}: SalesforceSandbox): Calls & { byPattern: Readonly<Record<string, number>> } {
  const byPattern: Record<string, number> = {};
  for (const request of requests) {
    if (!request.path.startsWith('/services/data/')) continue;
    const name = nameOf(request);
    byPattern[name] = (byPattern[name] ?? 0) + 1;
  }
  return { ...sumOf(Object.entries(byPattern), (pattern) => salesforceWrite.test(pattern)), byPattern };
}
