import { Router } from 'express';
import { z } from 'zod';
import type { RunFilter } from '../domain/runs/types.ts';
import type { RunFilterQuery, RunReport } from '../ports/ledger-runs.ts';
import { readIdPage } from '../usecases/id-pages.ts';
import { backfillObjects } from '../usecases/runs/backfill/objects.ts';
import { momentForms, readMoment } from '../usecases/runs/moments.ts';
import type { RunDesk } from '../usecases/runs/run-desk.ts';
import { requireRole, type Token } from './authorize.ts';
import { parse } from './parse.ts';
import { Problem } from './problems.ts';
import { viewRun } from './run-views.ts';

export type RunsDependencies = { tokens: readonly Token[]; runs: RunDesk };

/** Longer lists of ids go through the command line. */
const mostIds = 10_000;

const runId = z.string().regex(/^\d{1,18}$/);
const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(40).optional(),
  state: z.enum(['running', 'paused', 'stopped', 'review', 'ended', 'cancelled', 'failed']).optional(),
});
const anyListQuery = listQuery.extend({
  kind: z.enum(['live', 'backfill', 'comparison', 'revert', 'rebuild', 'apply']).optional(),
});
const backfillBody = z.strictObject({
  object: z.enum(backfillObjects),
  since: z.string().max(40).optional(),
  until: z.string().max(40).optional(),
  stage: z.string().min(1).max(200).optional(),
  where: z.string().min(1).max(5_000).optional(),
  list: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
  ids: z.array(z.string().min(1).max(32)).min(1).max(mostIds).optional(),
  dryRun: z.boolean().default(false),
});

const revertBody = z.strictObject({
  created: z.enum(['keep', 'delete']).optional(),
  dryRun: z.boolean().default(false),
});

/** `/api/v1/backfills` and `/api/v1/runs`: start, watch, hold and end runs. */
export function createRunsRouter({ tokens, runs }: RunsDependencies): Router {
  const router = Router();
  const idOf = (value: unknown) => parse(runId, value, 'The id of the run');
  const view = (run: RunReport) => viewRun(run, Date.now());
  const list = async (query: z.output<typeof anyListQuery>) => {
    const { limit, cursor, ...filter } = query;
    const wanted = { limit, ...(cursor === undefined ? {} : { cursor }) };
    const read = async (most: number, before: string | undefined) =>
      await runs.list(most, defined({ ...filter, before }));
    const { items, nextCursor } = await readIdPage(wanted, read, ({ id }) => id);
    return { items: items.map(view), nextCursor };
  };

  router.get('/runs', async (request, response) => {
    response.json(await list(parse(anyListQuery, request.query, 'The query')));
  });
  router.get('/backfills', async (request, response) => {
    response.json(await list({ ...parse(listQuery, request.query, 'The query'), kind: 'backfill' }));
  });
  router.post('/backfills', requireRole(tokens, 'operator'), async (request, response) => {
    const body = parse(backfillBody, request.body ?? {}, 'The body');
    // A dry run writes nothing: who may look may also ask what would be.
    if (!body.dryRun) requireRole(tokens, 'admin')(request, response, () => undefined);
    const { object, ids = null, dryRun: isDryRun } = body;
    const wanted = { object, filter: toFilter(body, Date.now()), ids, isDryRun };
    const started = await runs.start(wanted, String(response.locals.actor));
    response.status(201).location(`/api/v1/backfills/${started.id}`).json(view(started));
  });
  router.post('/runs/:id/revert', requireRole(tokens, 'admin'), async (request, response) => {
    const { created = null, dryRun: isDryRun } = parse(revertBody, request.body ?? {}, 'The body');
    const wanted = { runId: idOf(request.params.id), created, isDryRun };
    const started = await runs.revert(wanted, String(response.locals.actor));
    response.status(201).location(`/api/v1/runs/${started.id}`).json(view(started));
  });
  for (const path of ['/runs', '/backfills'] as const) {
    router.get(`${path}/:id`, async (request, response) => {
      response.json(view(await runs.find(idOf(request.params.id))));
    });
    for (const [name, role] of actions) {
      router.post(`${path}/:id/${name}`, requireRole(tokens, role), async (request, response) => {
        const id = idOf(request.params.id);
        response.json(view(await runs[name](id, String(response.locals.actor))));
      });
    }
  }
  return router;
}

/** To hold a run is safe; whatever lets it write, or ends it for good, is an admin's. */
const actions = [
  ['pause', 'operator'],
  ['resume', 'admin'],
  ['cancel', 'admin'],
  ['approve', 'admin'],
] as const;

function toFilter({ since, until, stage, where, list }: z.output<typeof backfillBody>, nowMs: number): RunFilter {
  return {
    ...(since === undefined ? {} : { sinceMs: toMoment('since', since, nowMs) }),
    ...(until === undefined ? {} : { untilMs: toMoment('until', until, nowMs) }),
    ...(stage === undefined ? {} : { stage }),
    ...(where === undefined ? {} : { where }),
    ...(list === undefined ? {} : { listId: list }),
  };
}

function toMoment(name: string, text: string, nowMs: number): number {
  const atMs = readMoment(text, nowMs);
  if (atMs === null) throw new Problem(400, 'bad_filter', `${name} must be ${momentForms}.`);
  return atMs;
}

function defined({ kind, state, before }: { [Name in keyof RunFilterQuery]: RunFilterQuery[Name] | undefined }) {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(state === undefined ? {} : { state }),
    ...(before === undefined ? {} : { before }),
  };
}
