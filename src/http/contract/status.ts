import { z } from 'zod';
import { defineEndpoint, listOf, moment, pageQuery } from './endpoint.ts';
import { mode, person, vendorWait } from './record-parts.ts';
import { runKind, runState } from './runs.ts';

const count = z.number().int();
const countByName = z.record(z.string(), count);

/** The last check of the mapping against both CRMs, and what changed there within a week. */
const mappingCheck = z.object({
  at: moment,
  errors: count,
  warnings: count,
  schemaChanges: z.array(
    z.object({
      at: moment,
      file: z.string(),
      line: count,
      column: count,
      severity: z.enum(['error', 'warning']),
      code: z.string(),
      what: z.string(),
      why: z.string(),
      fix: z.string(),
    }),
  ),
});

const runInShort = z.object({
  id: z.string(),
  kind: runKind,
  object: z.string().nullable(),
  state: runState,
  dryRun: z.boolean(),
  startedAt: moment,
  creates: count,
  changes: count,
  createsLimit: count,
  changesLimit: count,
  stoppedReason: z.string().nullable(),
});

/** Modes and amounts. */
export const statusView = z
  .object({
    mode,
    paused: z.boolean(),
    pausedBy: z.string().nullable(),
    pausedReason: z.string().nullable(),
    waits: z.array(vendorWait),
    /** `background`: how many of those that are due may wait for live work. */
    pending: z.object({
      due: count,
      background: count,
      waiting: count,
      leased: count,
      oldestDue: moment.nullable(),
    }),
    waitingForParents: count,
    /** Contacts that have a person. */
    pairs: count,
    pairsByObject: z.object({ contact: count, company: count, deal: count }),
    failures: count,
    stageDisagreements: count,
    frozenFields: count,
    handoffsToday: count,
    changesToday: count,
    runs: z.array(runInShort),
    mappingVersion: count.nullable(),
    watermarks: z.array(z.object({ source: z.string(), at: moment })),
    calls24h: countByName.meta({ description: 'Calls in the last 24 hours by bucket' }),
    catchingUp: z.object({ since: moment, sources: z.array(z.string()) }).nullable(),
    lastComparison: z.object({ run: z.string(), endedAt: moment, drift: countByName }).nullable(),
    comparisonOverdue: z.object({ since: moment, run: z.string().nullable() }).nullable(),
    check: mappingCheck.nullable(),
  })
  .meta({ id: 'Status' });

/** A pair whose two sides do not agree on the lifecycle stage, and why: `cause` is never blank. */
const stageDisagreement = z
  .object({
    pairId: z.string(),
    contactId: z.string(),
    person: person.nullable(),
    name: z.string().nullable().meta({ description: 'As both sides last agreed on it, else the email' }),
    hubspot: z.string().nullable(),
    hubspotLabel: z.string().nullable(),
    salesforce: z.string().nullable().meta({ description: 'The stage that stands for what Salesforce says' }),
    salesforceLabel: z.string().nullable(),
    cause: z.string(),
    text: z.string().meta({ description: 'The cause, in plain words' }),
    advice: z.string(),
  })
  .meta({ id: 'StageDisagreement' });

export const statusEndpoints = {
  'GET /status': defineEndpoint({
    role: 'viewer',
    tag: 'Health',
    summary: 'Modes and amounts, as `handoff status` tells them',
    answer: statusView,
  }),
  'GET /stages/disagreements': defineEndpoint({
    role: 'viewer',
    tag: 'Contacts',
    summary: 'Pairs whose sides disagree on the lifecycle stage, the newest pair first',
    query: pageQuery,
    answer: listOf(stageDisagreement),
  }),
};
