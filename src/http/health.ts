import { Router } from 'express';

type Check = { ok: boolean; detail: string };

/** What the service says about itself. `ready` is false only when the ledger cannot be written or the service drains. */
export type Readiness = {
  ready: boolean;
  status: 'ready' | 'degraded' | 'starting' | 'draining' | 'unavailable';
  checks: Readonly<Record<string, Check>>;
};

/** `GET /healthz`: the process lives. `GET /readyz`: it can take webhooks. Neither needs a token; neither tells anything secret. */
export function createHealthRouter(readiness: () => Promise<Readiness>): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const { ready, status, checks } = await readiness();
    response
      .status(ready ? 200 : 503)
      .setHeader('Cache-Control', 'no-store')
      .json({ status, checks });
  });
  return router;
}
