import { z } from 'zod';
import { defineEndpoint, listOf, moment, pageQuery } from './endpoint.ts';

const tag = 'Runs';

/** `unknown`: another version of Handoff began the run, and this one does not know what it is. */
export const runKind = z.enum(['live', 'backfill', 'comparison', 'revert', 'rebuild', 'apply', 'unknown']);
export const runState = z.enum(['running', 'paused', 'stopped', 'review', 'ended', 'cancelled', 'failed', 'unknown']);

const count = z.number().int();
const perSystem = z.object({ hubspot: z.number(), salesforce: z.number() });

/** What a run would come to. `isExact`: every record was planned; else extrapolated from `sampled` of them. */
const runForecast = z
  .object({
    isExact: z.boolean(),
    records: count,
    sampled: count,
    creates: count,
    changes: count,
    calls: perSystem,
    /** What each budget leaves for runs today; null: no daily limit is known. */
    callsLeft: z.object({ hubspot: z.number().nullable(), salesforce: z.number().nullable() }),
    durationMs: z.number(),
  })
  .meta({ id: 'RunForecast' });

const runProgress = z.object({
  done: count,
  total: count.nullable().meta({ description: 'Null: nobody knows yet' }),
  created: count,
  changed: count,
  skipped: z.record(z.string(), count).meta({ description: 'What nothing was to be done with, by why' }),
  failed: count,
  ratePerSecond: z.number(),
  secondsLeft: z.number().nullable(),
});

/** A run. */
export const runView = z
  .object({
    id: z.string(),
    kind: runKind,
    object: z.string().nullable(),
    state: runState,
    phase: z.enum(['listing', 'draining', 'unknown']),
    /** What of it this version does not know, such as `kind merge`: it is shown, can be held and cancelled, and is not worked on by this version. */
    unknown: z.array(z.string()),
    dryRun: z.boolean(),
    requestedBy: z.string().nullable(),
    stoppedReason: z.string().nullable(),
    filter: z.object({
      since: moment.optional(),
      until: moment.optional(),
      stage: z.string().optional(),
      where: z.string().optional(),
      list: z.string().optional(),
      hasIds: z.boolean().optional(),
    }),
    /** Of a revert: what becomes of the records that the other run created. */
    created: z.enum(['keep', 'delete']).optional(),
    mappingVersion: count.nullable(),
    startedAt: moment,
    endedAt: moment.nullable(),
    movedAt: moment.nullable().meta({ description: 'When it last came any further' }),
    progress: runProgress,
    limits: z.object({ creates: count, changes: count }),
    forecast: runForecast.nullable(),
    counts: z.array(
      z.object({
        kind: z.enum(['listed', 'outcome', 'drift', 'left', 'put_back']),
        code: z.string(),
        count,
        samples: z.array(z.string()).meta({ description: 'Ids of records, up to 20' }),
      }),
    ),
    backlog: count,
    reverts: z.string().nullable(),
    revertedBy: z.array(z.string()),
  })
  .meta({ id: 'Run' });

/** Longer lists of ids go through the command line. */
const mostIds = 10_000;

const listQuery = pageQuery.extend({
  cursor: z.string().max(40).optional(),
  state: runState.exclude(['unknown']).optional(),
});

const momentText = z.string().max(40).meta({ description: 'A moment, a date, or a span such as 90d' });

const backfillBody = z.strictObject({
  object: z.enum(['contacts', 'companies', 'deals', 'leads', 'opportunities']),
  since: momentText.optional(),
  until: momentText.optional(),
  stage: z.string().min(1).max(200).optional(),
  where: z.string().min(1).max(5_000).optional().meta({ description: 'An expression, as in gate.yaml' }),
  list: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional()
    .meta({ description: 'The id of a list of HubSpot' }),
  ids: z.array(z.string().min(1).max(32)).min(1).max(mostIds).optional(),
  dryRun: z.boolean().default(false),
});

const revertBody = z.strictObject({
  created: z.enum(['keep', 'delete']).optional(),
  dryRun: z.boolean().default(false),
});

const params = z.object({ id: z.string().regex(/^\d{1,18}$/) });

const one = (summary: string) => defineEndpoint({ role: 'viewer', tag, summary, params, answer: runView });

/** To hold a run is safe; whatever lets it write, or ends it for good, is an admin's. */
const change = (role: 'operator' | 'admin', summary: string) =>
  defineEndpoint({ role, tag, summary, params, answer: runView });

const pause = change('operator', 'Hold a run: its records are not worked off until it goes on');
const resume = change('admin', 'Let a paused run go on');
const cancel = change('admin', 'End a run for good');
const approve = change('admin', 'Let a run go on that its safety limit stopped');

export const runsEndpoints = {
  'GET /runs': defineEndpoint({
    role: 'viewer',
    tag,
    summary: 'Runs of every kind, the newest first',
    query: listQuery.extend({ kind: runKind.exclude(['unknown']).optional() }),
    answer: listOf(runView),
  }),
  'GET /runs/{id}': one('A run with its progress'),
  'POST /runs/{id}/pause': pause,
  'POST /runs/{id}/resume': resume,
  'POST /runs/{id}/cancel': cancel,
  'POST /runs/{id}/approve': approve,
  'POST /runs/{id}/revert': defineEndpoint({
    role: 'admin',
    tag,
    summary: 'Start a run that puts this one back',
    params,
    body: revertBody,
    status: 201,
    answer: runView,
  }),
  'GET /backfills': defineEndpoint({
    role: 'viewer',
    tag,
    summary: 'Backfills alone, the newest first',
    query: listQuery,
    answer: listOf(runView),
  }),
  'POST /backfills': defineEndpoint({
    role: 'operator',
    tag,
    summary: 'Start a backfill; one that is not a dry run is for an admin',
    description: 'All that is given of the filter must hold; nothing given: all records of the object.',
    body: backfillBody,
    status: 201,
    answer: runView,
  }),
  'GET /backfills/{id}': one('The same as `GET /runs/{id}`'),
  'POST /backfills/{id}/pause': pause,
  'POST /backfills/{id}/resume': resume,
  'POST /backfills/{id}/cancel': cancel,
  'POST /backfills/{id}/approve': approve,
};
