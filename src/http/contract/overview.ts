import { z } from 'zod';
import { defineEndpoint, moment, systemName } from './endpoint.ts';

const tag = 'Health';

/** Something that a person should know or do. The most urgent first. */
const advice = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  /** What is wrong, one sentence; of an incident two at most. */
  text: z.string(),
  /** What to do first, one sentence. */
  fix: z.string(),
  /** An address of the page, such as `/failures?code=…`; null: there is none. */
  link: z.string().nullable(),
  since: moment.nullable(),
  /** Ids of open incidents (`GET /incidents`) that are about the same. */
  incidents: z.array(z.string()),
});

/** All that the first view shows. */
export const overviewView = z.object({
  at: moment,
  health: z.object({ level: z.enum(['ok', 'warning', 'error']), sentence: z.string() }),
  advice: z.array(advice),
  /** The last 24 hours, the oldest first: record writes that were done towards each side, and handoffs. */
  flow: z.array(
    z.object({ hour: moment, toHubspot: z.number().int(), toSalesforce: z.number().int(), handoffs: z.number().int() }),
  ),
  today: z.object({ handoffs: z.number().int(), changes: z.number().int() }),
  pending: z.object({
    due: z.number().int(),
    background: z.number().int(),
    waiting: z.number().int(),
    leased: z.number().int(),
    /** There are more than were counted: the figures are the least it can be. */
    more: z.boolean(),
    oldestDue: moment.nullable(),
  }),
  waitingForParents: z.number().int(),
  /** New ones: by full hours. The most frequent causes first. */
  failures: z.object({
    count: z.number().int(),
    newInDay: z.number().int(),
    newInDayBefore: z.number().int(),
    causes: z.array(z.object({ code: z.string(), count: z.number().int(), newInDay: z.number().int() })),
  }),
  frozenFields: z.number().int(),
  stageDisagreements: z.number().int(),
  pairs: z.object({ contact: z.number().int(), company: z.number().int(), deal: z.number().int() }),
  /** Per API: calls of this service in 24 hours, what the vendor counted for everybody, its limit, and what we allow ourselves. */
  budgets: z.array(
    z.object({
      system: systemName,
      ours: z.number().int(),
      everybody: z.number().int().nullable(),
      limit: z.number().int().nullable(),
      allowed: z.number().int().nullable(),
    }),
  ),
  /** How far each source of changes was read. `lagSeconds`: how long ago that is; `late`: longer than it should be. */
  sources: z.array(
    z.object({
      source: z.string(),
      label: z.string(),
      system: systemName,
      at: moment,
      lagSeconds: z.number(),
      everySeconds: z.number(),
      late: z.boolean(),
    }),
  ),
  lastSweep: z.object({ at: moment }).nullable(),
  lastComparison: z
    .object({ run: z.string(), endedAt: moment, drift: z.record(z.string(), z.number().int()) })
    .nullable(),
  runsActive: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      object: z.string().nullable(),
      state: z.string(),
      dryRun: z.boolean(),
    }),
  ),
  mappingVersion: z.number().int().nullable(),
  proposedVersion: z.number().int().nullable(),
  paused: z.object({ by: z.string().nullable(), reason: z.string().nullable() }).nullable(),
  /** What a vendor makes the whole connection wait for. */
  waits: z.array(z.object({ system: systemName, code: z.string(), until: moment })),
  /** An outage that is being made up for began then; null: there is none. */
  catchingUpSince: moment.nullable(),
  /** Those that were heard of within the hour; `alive`: within the last 15 seconds. */
  processes: z.array(
    z.object({
      id: z.string(),
      role: z.string(),
      seenAt: moment,
      alive: z.boolean(),
      mappingVersion: z.number().int().nullable(),
    }),
  ),
});

export const overviewEndpoints = {
  'GET /overview': defineEndpoint({
    role: 'viewer',
    tag,
    summary: 'Is it healthy, and what to do first if anything is wrong',
    answer: overviewView,
  }),
  'POST /pause': defineEndpoint({
    role: 'operator',
    tag,
    summary: 'Stop all writes to both CRMs; events go on being marked',
    body: z.strictObject({ reason: z.string().min(1).max(300) }),
    answer: z.object({ paused: z.literal(true) }),
  }),
  'POST /resume': defineEndpoint({
    role: 'admin',
    tag,
    summary: 'Let writes go on',
    // Still paused where a rebuild keeps everything from being written: the reason says so.
    answer: z.object({ paused: z.boolean(), pausedReason: z.string().nullable() }),
  }),
};
