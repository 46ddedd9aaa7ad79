import { Router } from 'express';
import type { Overview } from '../usecases/overview/read-overview.ts';
import { type EventsDependencies, registerEvents } from './events.ts';
import { viewOverview } from './overview-view.ts';
import { type RouteAccess, route } from './route.ts';

export type OverviewDependencies = EventsDependencies & { overview(): Promise<Overview> };

/** `GET /api/v1/overview` and `GET /api/v1/events`: the first view, and what makes it look again. */
export function createOverviewRouter(access: RouteAccess, { overview, changes }: OverviewDependencies): Router {
  const router = Router();
  route(router, 'GET /overview', access, async () => viewOverview(await overview()));
  registerEvents(router, access, { changes });
  return router;
}
