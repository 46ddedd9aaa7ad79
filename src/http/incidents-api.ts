import { Router } from 'express';
import type { IncidentLedger } from '../ports/ledger-incidents.ts';
import { listIncidents } from '../usecases/alerts/list-incidents.ts';
import { viewIncidents } from './incident-views.ts';
import { type RouteAccess, route } from './route.ts';

export type IncidentsDependencies = {
  incidents: {
    ledger: Pick<IncidentLedger, 'incidents' | 'webhookHealth'>;
    /** Whether there is a webhook. */
    hasWebhook: boolean;
  };
};

/** `/api/v1/incidents`: what is wrong, what was, and who was told. */
export function createIncidentsRouter(access: RouteAccess, { incidents }: IncidentsDependencies): Router {
  const router = Router();
  const { ledger, hasWebhook } = incidents;
  route(router, 'GET /incidents', access, async ({ query }) =>
    viewIncidents(await listIncidents(ledger, query.limit), hasWebhook),
  );
  return router;
}
