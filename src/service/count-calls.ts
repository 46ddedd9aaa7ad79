import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Metrics } from '../http/metrics.ts';

// What `fetch` of Node tells of each request, whoever makes it (undici, docs/api/DiagnosticsChannel.md, read 2026-11-22).
const answered = z.object({
  request: z.object({ origin: z.string() }),
  response: z.object({ statusCode: z.number() }),
});
const broken = z.object({ request: z.object({ origin: z.string() }) });

/**
 * Counts this process's calls to both CRMs by what came of them: `ok`, `refused` (4xx), `limited` (429), `failed` (5xx), `no_answer`. Other hosts
 * are not counted.
 *
 * @returns what ends it
 */
export function countCalls({ hubspot, salesforce }: Config, calls: Metrics['calls']): () => void {
  const origins = { hubspot: new URL(hubspot.baseUrl).origin, salesforce: new URL(salesforce.loginUrl).origin };
  const count = (origin: string, outcome: string) => {
    if (origin === origins.hubspot) calls.inc({ system: 'hubspot', outcome });
    // Where the org is it tells with the login.
    else if (origin === origins.salesforce || /\.(sales)?force\.com$/.test(origin))
      calls.inc({ system: 'salesforce', outcome });
  };
  const onAnswer = (message: unknown) => {
    const { data } = answered.safeParse(message);
    if (data !== undefined) count(data.request.origin, outcomeOf(data.response.statusCode));
  };
  const onFault = (message: unknown) => {
    const { data } = broken.safeParse(message);
    if (data !== undefined) count(data.request.origin, 'no_answer');
  };
  subscribe('undici:request:headers', onAnswer);
  subscribe('undici:request:error', onFault);
  return () => {
    unsubscribe('undici:request:headers', onAnswer);
    unsubscribe('undici:request:error', onFault);
  };
}

function outcomeOf(status: number): string {
  if (status === 429) return 'limited';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'ok';
}
