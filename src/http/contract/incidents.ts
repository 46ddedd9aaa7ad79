import { z } from 'zod';
import { defineEndpoint, moment } from './endpoint.ts';

/** Something that is wrong, or was. */
const incidentView = z.object({
  id: z.string(),
  code: z.string(),
  /** Which system, run or field; empty where there is only one. */
  subject: z.string(),
  severity: z.enum(['error', 'warning']),
  /** What is wrong: a few words, one sentence, and what to do first. */
  title: z.string(),
  text: z.string(),
  fix: z.string(),
  /** An address of the page. */
  link: z.string(),
  /** Since when it is wrong; when it was found; null: it is not over. */
  since: moment,
  openedAt: moment,
  endedAt: moment.nullable(),
  /** When the webhook took the message that it has begun, and that it is over; null: not told, or not yet. */
  told: z.object({ opening: moment.nullable(), ending: moment.nullable() }),
});

export const incidentEndpoints = {
  'GET /incidents': defineEndpoint({
    role: 'viewer',
    tag: 'Health',
    summary: 'What is wrong now, what was of late, and who was told of it',
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    answer: z.object({
      /** Open ones first, then those that ended last. */
      items: z.array(incidentView),
      open: z.number().int(),
      /** `none`: there is no ALERT_WEBHOOK_URL. `gone`: it takes no message any more, a person must give another address. */
      webhook: z.object({
        state: z.enum(['none', 'ok', 'retrying', 'gone']),
        code: z.string().nullable(),
        since: moment.nullable(),
      }),
    }),
  }),
};
