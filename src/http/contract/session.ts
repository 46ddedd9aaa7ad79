import { z } from 'zod';
import { defineEndpoint, moment, roles } from './endpoint.ts';

const tag = 'Session';

/** Who is signed in, and what the page needs to know of this service. */
const sessionView = z.object({
  name: z.string(),
  role: z.enum(roles),
  /** Null: this request came with a token instead of a session. */
  expiresAt: moment.nullable(),
  mode: z.enum(['observe', 'live']),
  /** Runs against the local CRMs of the demo. */
  demo: z.boolean(),
  version: z.string(),
  /** Where a person opens records. Null: not known yet. */
  hubspot: z.object({ portalId: z.string(), url: z.string() }).nullable(),
  salesforce: z.object({ orgId: z.string(), url: z.string() }).nullable(),
});

export const sessionEndpoints = {
  'POST /session': defineEndpoint({
    role: 'nobody',
    tag,
    summary: 'Sign in with a token of ADMIN_TOKENS; answers a session cookie',
    body: z.strictObject({ token: z.string().min(1).max(500) }),
    answer: sessionView,
  }),
  'GET /session': defineEndpoint({ role: 'viewer', tag, summary: 'Who is signed in', answer: sessionView }),
  'DELETE /session': defineEndpoint({ role: 'viewer', tag, summary: 'Sign out', status: 204 }),
  'GET /events': defineEndpoint({
    role: 'viewer',
    tag,
    summary: 'Server-sent events that say what has changed',
    description:
      'Each event is named `changed`; its data is `{ topics }`, a list of `overview`, `records`, `failures`, `runs`, `mappings`, `activity`.',
    media: 'text/event-stream',
  }),
};

/** What an event of `GET /events` tells: ask anew for these. */
const topics = ['overview', 'records', 'failures', 'runs', 'mappings', 'activity'] as const;
export type Topic = (typeof topics)[number];
