import { Router } from 'express';
import { z } from 'zod';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { SchemaLedger } from '../ports/ledger-schemas.ts';
import type { IdQuery } from '../usecases/id-pages.ts';
import { listDisagreements } from '../usecases/list-disagreements.ts';
import { listErasures } from '../usecases/list-erasures.ts';
import { requireRole } from './authorize.ts';
import { readJsonBody } from './bodies.ts';
import { createFailuresRouter, type FailuresDependencies } from './failures-api.ts';
import { parse } from './parse.ts';
import { createPlanRouter, type PlanDependencies } from './plan-api.ts';
import { createRecordsRouter, type RecordsDependencies } from './records-api.ts';
import { createRunsRouter, type RunsDependencies } from './runs-api.ts';
import { viewStatus } from './status-view.ts';
import { viewErasures } from './views.ts';

export type ApiDependencies = RecordsDependencies &
  RunsDependencies &
  PlanDependencies & {
    mode: 'observe' | 'live';
    ledger: RecordsDependencies['ledger'] &
      FailuresDependencies['ledger'] &
      Pick<SchemaLedger, 'lastCheck'> &
      Pick<AdminLedger, 'status' | 'stageDisagreements' | 'erasures'>;
  };

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(200).optional(),
});

/** `/api/v1`: what this service tells and does for people and machines with a token. Lists answer `{ items, nextCursor }`. */
export function createApiRouter(dependencies: ApiDependencies): Router {
  const { tokens, mode, ledger, wake } = dependencies;
  const router = Router();
  // Nobody's body is read before the token is known.
  router.use(requireRole(tokens, 'viewer'), ...readJsonBody());
  router.get('/status', async (_request, response) => {
    response.json(viewStatus(await ledger.status(), mode, await ledger.lastCheck()));
  });
  router.use(createRunsRouter(dependencies));
  router.use(createPlanRouter(dependencies));
  router.use('/contacts', createRecordsRouter('contact', dependencies));
  router.use('/companies', createRecordsRouter('company', dependencies));
  router.use('/deals', createRecordsRouter('deal', dependencies));
  router.get('/stages/disagreements', async (request, response) => {
    response.json(await listDisagreements(ledger, toQuery(request.query)));
  });
  router.get('/erasures', requireRole(tokens, 'admin'), async (request, response) => {
    response.json(viewErasures(await listErasures(ledger, toQuery(request.query))));
  });
  router.use('/failures', createFailuresRouter({ tokens, ledger, wake }));
  return router;
}

function toQuery(query: unknown): IdQuery {
  const { limit, cursor } = parse(listQuery, query, 'The query');
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}
