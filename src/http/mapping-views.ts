import { Router } from 'express';
import type { MappingLine, MappingVersion, VersionName } from '../ports/ledger-mappings.ts';
import type { MappingTold, MappingViews } from '../usecases/mapping-view/mapping-views.ts';
import { type RouteAccess, route } from './route.ts';
import { isoOrNull } from './times.ts';

export type MappingViewsDependencies = RouteAccess & { mappingViews: MappingViews };

/** `GET /mappings` and `GET /mappings/{version}`: which versions of the mapping there are, and what each says in words. */
export function createMappingViewsRouter(dependencies: MappingViewsDependencies): Router {
  const { mappingViews } = dependencies;
  const router = Router();
  route(router, 'GET /mappings', dependencies, async ({ query: { limit, cursor } }) => {
    const list = await mappingViews.list({ limit, ...(cursor === undefined ? {} : { cursor }) });
    const { items, nextCursor } = list.history;
    return {
      active: list.active && viewVersion(list.active),
      proposed: list.proposed && viewVersion(list.proposed),
      history: { items: items.map(viewLine), nextCursor },
    };
  });
  route(router, 'GET /mappings/{version}', dependencies, async ({ params, query: { against } }) =>
    viewMapping(await mappingViews.one(toName(params.version), against === undefined ? undefined : toName(against))),
  );
  return router;
}

/** The contract lets nothing else through. */
function toName(name: string): VersionName {
  return name === 'active' || name === 'proposed' ? name : Number(name);
}

function viewVersion({ version, hash, proposedAtMs, proposedBy, activatedAtMs, activatedBy, files }: MappingVersion) {
  const proposedAt = isoOrNull(proposedAtMs);
  const activatedAt = isoOrNull(activatedAtMs);
  return { version, hash, proposedAt, proposedBy, activatedAt, activatedBy, files };
}

function viewLine({ isActive, isProposed, proposedAtMs, activatedAtMs, limits: _, ...line }: MappingLine) {
  const proposedAt = isoOrNull(proposedAtMs);
  const activatedAt = isoOrNull(activatedAtMs);
  return { ...line, active: isActive, proposed: isProposed, proposedAt, activatedAt };
}

function viewMapping({ line, ...told }: MappingTold) {
  return { ...viewLine(line), ...told, limits: line.limits };
}
