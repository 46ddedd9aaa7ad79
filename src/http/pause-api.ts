import { Router } from 'express';
import { describeHold } from '../domain/rebuild/describe-hold.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import { type RouteAccess, route } from './route.ts';

export type PauseDependencies = {
  ledger: Pick<AdminLedger, 'pause' | 'resume' | 'status'>;
  /** Wakes whoever works off what has waited. */
  wake(): void;
};

/** `/api/v1/pause` and `/resume`: stop and start all CRM writes; events go on being marked. */
export function createPauseRouter({ ledger, wake }: PauseDependencies, access: RouteAccess): Router {
  const router = Router();
  route(router, 'POST /pause', access, async ({ body, actor }) => {
    await ledger.pause(actor, body.reason);
    return { paused: true } as const;
  });
  route(router, 'POST /resume', access, async () => {
    await ledger.resume();
    const { paused, rebuild } = (await ledger.status()).mode;
    wake();
    return { paused, pausedReason: rebuild === null ? null : describeHold(rebuild) };
  });
  return router;
}
