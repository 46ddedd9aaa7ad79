import { z } from 'zod';
import { defineEndpoint, moment } from './endpoint.ts';

/** The funnel of a period, from the stored transitions of contacts. */
const funnelView = z.object({
  from: moment,
  to: moment,
  /** In the order of the lifecycle. What each number means: docs/funnel.md. */
  stages: z.array(
    z.object({
      stage: z.string(),
      label: z.string(),
      opensGate: z.boolean(),
      /** Contacts known to be there now. */
      now: z.number().int(),
      /** Contacts that came there in the period, each once. */
      entered: z.number().int(),
      /** Of those that entered in the period: how many came to any later stage since. */
      advanced: z.number().int(),
      /** `advanced` / `entered`, 0 to 1; null: nobody entered, or it is the last step, or none. */
      conversion: z.number().nullable(),
      /** Of the stays that ended in the period, the middle one; null: nobody left. */
      medianSeconds: z.number().nullable(),
    }),
  ),
  /** Weeks that begin on Monday, UTC; the oldest first. */
  weeks: z.array(z.object({ week: moment, handoffs: z.number().int(), recycles: z.number().int() })),
  /** What these numbers do not hold, in plain words. */
  notes: z.array(z.string()),
});

export const funnelEndpoints = {
  'GET /funnel': defineEndpoint({
    role: 'viewer',
    tag: 'Funnel',
    summary: 'Contacts per stage, conversions and times per stage, handoffs and recycles per week',
    query: z.object({
      from: z.string().max(40).optional().meta({ description: 'A date, a moment, or a span such as 90d (default)' }),
      to: z.string().max(40).optional(),
    }),
    answer: funnelView,
  }),
};
