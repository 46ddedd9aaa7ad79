import { Router } from 'express';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { SchemaLedger } from '../ports/ledger-schemas.ts';
import { listErasures } from '../usecases/list-erasures.ts';
import { type ActivityDependencies, createActivityRouter } from './activity-api.ts';
import { requireRole } from './authorize.ts';
import { createFailuresRouter, type FailuresDependencies } from './failures-api.ts';
import { createFunnelRouter, type FunnelApiDependencies } from './funnel-api.ts';
import { createIncidentsRouter, type IncidentsDependencies } from './incidents-api.ts';
import { createMappingViewsRouter, type MappingViewsDependencies } from './mapping-views.ts';
import { createOverviewRouter, type OverviewDependencies } from './overview-api.ts';
import { createPlanRouter, type PlanDependencies } from './plan-api.ts';
import { createRecordsRouter, type RecordsDependencies } from './records-api.ts';
import { createDocumentRouter } from './reference.ts';
import { route } from './route.ts';
import { createRunsRouter, type RunsDependencies } from './runs-api.ts';
import { createSearchRouter, type SearchApiDependencies } from './search-api.ts';
import { createStagesRouter, type StagesDependencies } from './stages-api.ts';
import { viewStatus } from './status-view.ts';
import { viewErasures } from './views.ts';

export type ApiDependencies = RecordsDependencies &
  RunsDependencies &
  SearchApiDependencies &
  FunnelApiDependencies &
  PlanDependencies &
  OverviewDependencies &
  MappingViewsDependencies &
  ActivityDependencies &
  IncidentsDependencies &
  StagesDependencies & {
    mode: 'observe' | 'live';
    ledger: RecordsDependencies['ledger'] &
      FailuresDependencies['ledger'] &
      Pick<SchemaLedger, 'lastCheck'> &
      StagesDependencies['ledger'] &
      Pick<AdminLedger, 'status' | 'erasures'>;
  };

/**
 * `/api/v1`: what this service tells and does for people and machines who are signed in. Every address is one of the contract's, registered
 * with `route`.
 */
export function createApiRouter(dependencies: ApiDependencies): Router {
  const { tokens, mode, ledger } = dependencies;
  const router = Router();
  route(router, 'GET /status', dependencies, async () =>
    viewStatus(await ledger.status(), mode, await ledger.lastCheck()),
  );
  router.use(createOverviewRouter(dependencies, dependencies));
  router.use(createIncidentsRouter(dependencies, dependencies));
  router.use(createRunsRouter(dependencies));
  router.use(createPlanRouter(dependencies));
  router.use(createMappingViewsRouter(dependencies));
  router.use(createActivityRouter(dependencies));
  router.use(createSearchRouter(dependencies));
  router.use(createFunnelRouter(dependencies));
  router.use(createRecordsRouter(dependencies));
  router.use(createFailuresRouter(dependencies));
  router.use(createStagesRouter(dependencies));
  route(router, 'GET /erasures', dependencies, async ({ query }) => viewErasures(await listErasures(ledger, query)));
  router.use(createDocumentRouter(dependencies));
  // Who is not signed in does not learn which addresses there are.
  router.use(requireRole(tokens, 'viewer'));
  return router;
}
