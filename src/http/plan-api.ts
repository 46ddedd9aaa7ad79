import { Router } from 'express';
import { z } from 'zod';
import type { MappingVersion } from '../ports/ledger-mappings.ts';
import type { MappingDesk } from '../usecases/preview/mapping-desk.ts';
import { momentForms, readMoment } from '../usecases/runs/moments.ts';
import { requireRole, type Token } from './authorize.ts';
import { parse } from './parse.ts';
import { viewActivation, viewPlan } from './plan-views.ts';
import { Problem } from './problems.ts';

export type PlanDependencies = { tokens: readonly Token[]; mappings: MappingDesk };

const version = z.coerce.number().int().min(1).max(1_000_000_000);
const planBody = z.strictObject({
  sample: z.number().int().min(1).max(500).default(200),
  since: z.string().max(40).optional(),
  mappings: z.number().int().min(1).max(1_000_000_000).optional(),
  object: z.enum(['contacts', 'companies', 'deals']).optional(),
});
const activateBody = z.strictObject({ apply: z.boolean().default(false) });

/** `/api/v1/plan` and `/api/v1/mappings`: what a changed mapping comes to, which versions there are, and going over to one. */
export function createPlanRouter({ tokens, mappings }: PlanDependencies): Router {
  const router = Router();
  router.post('/plan', requireRole(tokens, 'operator'), async (request, response) => {
    const body = parse(planBody, request.body ?? {}, 'The body');
    const sinceMs = body.since === undefined ? null : readMoment(body.since, Date.now());
    if (body.since !== undefined && sinceMs === null)
      throw new Problem(400, 'bad_request', `since takes ${momentForms}.`);
    const wanted = {
      sample: body.sample,
      ...(sinceMs === null ? {} : { sinceMs }),
      ...(body.mappings === undefined ? {} : { version: body.mappings }),
      ...(body.object === undefined ? {} : { types: [body.object] }),
    };
    response.json(viewPlan(await mappings.plan(wanted)));
  });
  router.get('/mappings', async (_request, response) => {
    const { active, proposed } = await mappings.versions();
    response.json({ active: viewVersion(active), proposed: viewVersion(proposed) });
  });
  router.post('/mappings/:version/activate', requireRole(tokens, 'admin'), async (request, response) => {
    const wanted = parse(version, request.params.version, 'The version');
    const { apply } = parse(activateBody, request.body ?? {}, 'The body');
    const activation = await mappings.activate({ version: wanted, apply }, String(response.locals.actor));
    response.json(viewActivation(activation));
  });
  return router;
}

function viewVersion(known: MappingVersion | null) {
  if (known === null) return null;
  const { proposedAtMs, activatedAtMs, isActive: _active, isProposed: _proposed, ...told } = known;
  return { ...told, proposedAt: toTime(proposedAtMs), activatedAt: toTime(activatedAtMs) };
}

function toTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
