import { Router } from 'express';
import type { MappingDesk } from '../usecases/preview/mapping-desk.ts';
import { momentForms, readMoment } from '../usecases/runs/moments.ts';
import { viewActivation, viewPlan } from './plan-views.ts';
import { Problem } from './problems.ts';
import { type RouteAccess, route } from './route.ts';

export type PlanDependencies = RouteAccess & { mappings: MappingDesk };

/** `POST /plan`, `POST /mappings/{version}/activate`: what a changed mapping comes to, and going over to it. */
export function createPlanRouter(dependencies: PlanDependencies): Router {
  const { mappings } = dependencies;
  const router = Router();
  route(router, 'POST /plan', dependencies, async ({ body }) => {
    const sinceMs = body.since === undefined ? null : readMoment(body.since, Date.now());
    if (body.since !== undefined && sinceMs === null)
      throw new Problem(400, 'bad_request', `since takes ${momentForms}.`);
    const wanted = {
      sample: body.sample,
      ...(sinceMs === null ? {} : { sinceMs }),
      ...(body.mappings === undefined ? {} : { version: body.mappings }),
      ...(body.object === undefined ? {} : { types: [body.object] }),
    };
    return viewPlan(await mappings.plan(wanted));
  });
  route(router, 'POST /mappings/{version}/activate', dependencies, async ({ params, body, actor }) =>
    viewActivation(await mappings.activate({ version: params.version, apply: body.apply }, actor)),
  );
  return router;
}
