import { Router } from 'express';
import type { MappingVersion } from '../ports/ledger-mappings.ts';
import type { MappingDesk } from '../usecases/preview/mapping-desk.ts';
import { momentForms, readMoment } from '../usecases/runs/moments.ts';
import { requireRole } from './authorize.ts';
import { viewActivation, viewPlan } from './plan-views.ts';
import { Problem } from './problems.ts';
import { type RouteAccess, route } from './route.ts';
import { isoOrNull } from './times.ts';

export type PlanDependencies = RouteAccess & { mappings: MappingDesk };

/** `/plan` and `/mappings`: what a changed mapping comes to, which versions there are, and going over to one. */
export function createPlanRouter(dependencies: PlanDependencies): Router {
  const { tokens, mappings } = dependencies;
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
  router.get('/mappings', requireRole(tokens, 'viewer'), async (_request, response) => {
    const { active, proposed } = await mappings.versions();
    response.json({ active: viewVersion(active), proposed: viewVersion(proposed) });
  });
  route(router, 'POST /mappings/{version}/activate', dependencies, async ({ params, body, actor }) =>
    viewActivation(await mappings.activate({ version: params.version, apply: body.apply }, actor)),
  );
  return router;
}

function viewVersion(known: MappingVersion | null) {
  if (known === null) return null;
  const { proposedAtMs, activatedAtMs, isActive: _active, isProposed: _proposed, ...told } = known;
  return { ...told, proposedAt: isoOrNull(proposedAtMs), activatedAt: isoOrNull(activatedAtMs) };
}
