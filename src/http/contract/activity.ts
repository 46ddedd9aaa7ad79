import { z } from 'zod';
import { defineEndpoint, listOf, moment, systemName } from './endpoint.ts';

const activityKinds = ['action', 'write', 'stage'] as const;

/** One line of the audit log: what a person or the sync did. Values only in `changes`. */
const activityEntry = z.object({
  /** Unique, and stable: a deep link may name it. */
  id: z.string(),
  at: moment,
  /** `action`: what a person asked for; `write`: one record written in a CRM; `stage`: a move of the lifecycle stage. */
  kind: z.enum(activityKinds),
  /** The name of the token's owner; `sync` for the service itself. */
  actor: z.string(),
  code: z.string(),
  /** One sentence. */
  text: z.string(),
  /** Of an action: `done`, `refused`, `failed`, `asked`; of a write its state. */
  outcome: z.string(),
  system: systemName.nullable(),
  object: z.string().nullable(),
  recordId: z.string().nullable(),
  /** The HubSpot record whose page tells more; null: there is none. */
  pair: z.object({ kind: z.enum(['contact', 'company', 'deal']), recordId: z.string() }).nullable(),
  runId: z.string().nullable(),
  changes: z.array(
    z.object({
      field: z.string(),
      before: z.unknown(),
      after: z.unknown(),
      rule: z.string(),
      /** Both sides had changed: whose value won. */
      conflict: systemName.nullable(),
      /** `before` and `after` are gone for good: a privacy deletion erased them. */
      erased: z.boolean(),
    }),
  ),
});

const filter = {
  kind: z.enum(activityKinds).optional(),
  actor: z.string().max(100).optional(),
  system: systemName.optional(),
  object: z.string().max(40).optional(),
  record: z
    .string()
    .regex(/^[A-Za-z0-9]{1,40}$/)
    .optional()
    .meta({ description: 'An id of either CRM: all that happened to its pair, under every id that the pair ever had' }),
  run: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  field: z.string().max(100).optional(),
  from: z.string().max(40).optional().meta({ description: 'A date, a moment, or a span such as 7d' }),
  to: z.string().max(40).optional().meta({ description: 'The same; a date counts to its end' }),
};

export const activityEndpoints = {
  'GET /activity': defineEndpoint({
    role: 'viewer',
    tag: 'Activity',
    summary: 'The audit log of people and of syncs, the newest first',
    description:
      'What is rare is looked for piece by piece: a page may hold fewer entries than `limit`, even none, and go on at `nextCursor`. Only `nextCursor: null` says that there is no more.',
    query: z.object({
      ...filter,
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
      cursor: z.string().max(200).optional(),
    }),
    answer: listOf(activityEntry),
  }),
  'GET /activity.csv': defineEndpoint({
    role: 'viewer',
    tag: 'Activity',
    summary: 'The same as CSV: one line per changed field, all that the filter lets through',
    query: z.object(filter),
    media: 'text/csv',
  }),
};
