import { Router } from 'express';
import type { Funnel, FunnelQuestion } from '../usecases/funnel/read-funnel.ts';
import type { Answer } from './contract/index.ts';
import { type RouteAccess, route } from './route.ts';
import { isoTime } from './times.ts';

export type FunnelApiDependencies = RouteAccess & {
  /** @throws SyncError permanent `bad_period` */
  funnel(question: FunnelQuestion): Promise<Funnel>;
};

/** `GET /funnel`. */
export function createFunnelRouter(dependencies: FunnelApiDependencies): Router {
  const router = Router();
  route(router, 'GET /funnel', dependencies, async ({ query }) => viewFunnel(await dependencies.funnel(query)));
  return router;
}

function viewFunnel({ fromMs, toMs, stages, weeks, notes }: Funnel): Answer<'GET /funnel'> {
  return {
    from: isoTime(fromMs),
    to: isoTime(toMs),
    stages: [...stages],
    weeks: weeks.map(({ weekMs, ...sums }) => ({ week: isoTime(weekMs), ...sums })),
    notes: [...notes],
  };
}
