import { Router } from 'express';
import { describeCause } from '../domain/lifecycle/causes.ts';
import { labelOf } from '../domain/lifecycle/stage-order.ts';
import type { LifecycleStage } from '../domain/mapping/types.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import { listDisagreements } from '../usecases/list-disagreements.ts';
import type { Answer } from './contract/index.ts';
import { type RouteAccess, route } from './route.ts';

export type StagesDependencies = RouteAccess & {
  ledger: Pick<AdminLedger, 'stageDisagreements'>;
  /** Of the active mapping; empty as long as none is known. */
  lifecycleStages(): readonly LifecycleStage[];
};

type Page = Awaited<ReturnType<typeof listDisagreements>>;

/** `GET /stages/disagreements`. */
export function createStagesRouter(dependencies: StagesDependencies): Router {
  const { ledger, lifecycleStages } = dependencies;
  const router = Router();
  route(router, 'GET /stages/disagreements', dependencies, async ({ query }) =>
    viewDisagreements(await listDisagreements(ledger, query), lifecycleStages()),
  );
  return router;
}

function viewDisagreements(
  { items, nextCursor }: Page,
  stages: readonly LifecycleStage[],
): Answer<'GET /stages/disagreements'> {
  const label = (stage: string | null) => (stage === null ? null : labelOf(stages, stage));
  return {
    items: items.map((item) => ({
      ...item,
      hubspotLabel: label(item.hubspot),
      salesforceLabel: label(item.salesforce),
      ...describeCause(item.cause),
    })),
    nextCursor,
  };
}
