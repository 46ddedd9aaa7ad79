import { createHubSpot } from '../../src/hubspot/crm.ts';
import type { Bucket, BudgetFacts, BudgetPort, Spend } from '../../src/ports/budget.ts';
import type { HubSpotPort } from '../../src/ports/hubspot.ts';
import type { Log } from '../../src/ports/log.ts';

/** What the adapter told the budget, and what it logged. */
export type Recorded = {
  taken: { bucket: Bucket; spend: Spend }[];
  observed: { bucket: Bucket; facts: BudgetFacts }[];
  pauses: { untilMs: number; code: string }[];
  log: string[];
};

export const spend: Spend = { priority: 1, prepaid: 0 };

/** The adapter with an open budget that writes down everything it is told. */
export function openHubSpot(options: {
  baseUrl: string;
  accessToken?: string;
  apiPaths?: 'v3' | '2026-03';
  timeoutMs?: number;
  nowMs?: number;
  now?: () => number;
  take?: BudgetPort['take'];
}): { hubspot: HubSpotPort; recorded: Recorded } {
  const recorded: Recorded = { taken: [], observed: [], pauses: [], log: [] };
  const budget: BudgetPort = {
    reserve: async () => ({ waitMs: 0, granted: true }),
    async take(bucket, taken) {
      recorded.taken.push({ bucket, spend: taken });
      await options.take?.(bucket, taken);
    },
    observe: (bucket, facts) => recorded.observed.push({ bucket, facts }),
    pause: async (_system, untilMs, code) => {
      recorded.pauses.push({ untilMs, code });
    },
  };
  const write = (facts: Readonly<Record<string, unknown>>, message: string) =>
    recorded.log.push(`${message} ${JSON.stringify(facts)}`);
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const { nowMs, now = nowMs === undefined ? undefined : () => nowMs } = options;
  const hubspot = createHubSpot({
    accessToken: options.accessToken ?? 'pat-na1-test',
    baseUrl: options.baseUrl,
    apiPaths: options.apiPaths ?? 'v3',
    timeoutMs: options.timeoutMs ?? 20_000,
    budget,
    log,
    ...(now === undefined ? {} : { clock: { now } }),
  });
  return { hubspot, recorded };
}
