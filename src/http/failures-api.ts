import { Router } from 'express';
import { z } from 'zod';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import { listFailures } from '../usecases/list-failures.ts';
import { requireRole, type Token } from './authorize.ts';
import { parse } from './parse.ts';
import { viewFailureGroups, viewFailures } from './views.ts';

export type FailuresDependencies = {
  tokens: readonly Token[];
  ledger: Pick<AdminLedger, 'failures' | 'failureGroups' | 'retryFailures'>;
  /** Wakes whoever works off what was marked. */
  wake(): void;
};

const code = z.string().max(100);
const failureQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(200).optional(),
  code: code.optional(),
});
const retryOfRecord = z.strictObject({
  system: z.enum(['hubspot', 'salesforce']),
  object: z.string().regex(/^\w{1,40}$/),
  recordId: z.string().regex(/^\w{1,40}$/),
});
const retryBody = z.union([retryOfRecord, z.strictObject({ code: code.optional() })]);

/** `/api/v1/failures`: the records that could not be synced, one by one or by cause, and another look at them. */
export function createFailuresRouter({ tokens, ledger, wake }: FailuresDependencies): Router {
  const router = Router();
  router.get('/', async (request, response) => {
    const query = parse(failureQuery, request.query, 'The query');
    const wanted = {
      limit: query.limit,
      ...(query.code === undefined ? {} : { code: query.code }),
      ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    };
    response.json(viewFailures(await listFailures(ledger, wanted)));
  });
  router.get('/groups', async (_request, response) => {
    response.json({ items: viewFailureGroups(await ledger.failureGroups()), nextCursor: null });
  });
  router.post('/retry', requireRole(tokens, 'operator'), async (request, response) => {
    const wanted = parse(retryBody, request.body ?? {}, 'The body');
    const marked =
      'recordId' in wanted ? await ledger.retryFailures(undefined, wanted) : await ledger.retryFailures(wanted.code);
    wake();
    response.status(202).json({ marked });
  });
  return router;
}
