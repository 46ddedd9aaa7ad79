import { Router } from 'express';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import { listFailures } from '../usecases/list-failures.ts';
import { type RouteAccess, route } from './route.ts';
import { viewFailureGroups, viewFailures } from './views.ts';

export type FailuresDependencies = RouteAccess & {
  ledger: Pick<AdminLedger, 'failures' | 'failureGroups' | 'retryFailures'>;
  /** Wakes whoever works off what was marked. */
  wake(): void;
};

/** `/failures`: the records that could not be synced, one by one or by cause, and another look at them. */
export function createFailuresRouter(dependencies: FailuresDependencies): Router {
  const { ledger, wake } = dependencies;
  const router = Router();
  route(router, 'GET /failures', dependencies, async ({ query }) => viewFailures(await listFailures(ledger, query)));
  route(router, 'GET /failures/groups', dependencies, async () => ({
    items: viewFailureGroups(await ledger.failureGroups()),
    nextCursor: null,
  }));
  route(router, 'POST /failures/retry', dependencies, async ({ body }) => {
    const marked =
      'recordId' in body ? await ledger.retryFailures(undefined, body) : await ledger.retryFailures(body.code);
    wake();
    return { marked };
  });
  return router;
}
