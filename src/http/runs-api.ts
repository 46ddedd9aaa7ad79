import { Router } from 'express';
import type { RunFilter } from '../domain/runs/types.ts';
import type { RunFilterQuery, RunReport } from '../ports/ledger-runs.ts';
import { readIdPage } from '../usecases/id-pages.ts';
import { momentForms, readMoment } from '../usecases/runs/moments.ts';
import type { RunDesk } from '../usecases/runs/run-desk.ts';
import type { Read } from './contract/index.ts';
import { Problem } from './problems.ts';
import { type RouteAccess, route } from './route.ts';
import { viewRun } from './run-views.ts';

export type RunsDependencies = RouteAccess & { runs: RunDesk };

type BackfillBody = Read<'POST /backfills', 'body'>;

/** `/backfills` and `/runs`: start, watch, hold and end runs. */
export function createRunsRouter(dependencies: RunsDependencies): Router {
  const { runs } = dependencies;
  const router = Router();
  const list = async ({ limit, cursor, ...filter }: Read<'GET /runs', 'query'>) => {
    const read = async (most: number, before: string | undefined) =>
      await runs.list(most, defined({ ...filter, before }));
    const { items, nextCursor } = await readIdPage(cursor === undefined ? { limit } : { limit, cursor }, read, idOf);
    return { items: items.map(view), nextCursor };
  };

  route(router, 'GET /runs', dependencies, async ({ query }) => await list(query));
  route(router, 'GET /backfills', dependencies, async ({ query }) => await list({ ...query, kind: 'backfill' }));
  route(router, 'POST /backfills', dependencies, async ({ body, actor, demand, response }) => {
    // A dry run writes nothing: who may look may also ask what would be.
    if (!body.dryRun) demand('admin');
    const { object, ids = null, dryRun: isDryRun } = body;
    const started = await runs.start({ object, filter: toFilter(body, Date.now()), ids, isDryRun }, actor);
    response.location(`/api/v1/backfills/${started.id}`);
    return view(started);
  });
  route(router, 'POST /runs/{id}/revert', dependencies, async ({ params, body, actor, response }) => {
    const { created = null, dryRun: isDryRun } = body;
    const started = await runs.revert({ runId: params.id, created, isDryRun }, actor);
    response.location(`/api/v1/runs/${started.id}`);
    return view(started);
  });
  for (const path of ['runs', 'backfills'] as const) {
    route(router, `GET /${path}/{id}`, dependencies, async ({ params }) => view(await runs.find(params.id)));
    for (const change of ['pause', 'resume', 'cancel', 'approve'] as const) {
      route(router, `POST /${path}/{id}/${change}`, dependencies, async ({ params, actor }) =>
        view(await runs[change](params.id, actor)),
      );
    }
  }
  return router;
}

const idOf = ({ id }: RunReport) => id;

const view = (run: RunReport) => viewRun(run, Date.now());

function toFilter({ since, until, stage, where, list }: BackfillBody, nowMs: number): RunFilter {
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
