import { json, Router } from 'express';
import { z } from 'zod';
import type { AdminLedger, WorkLedger } from '../ports/ledger.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import { listFailures } from '../usecases/list-failures.ts';
import { requireRole, type Token } from './authorize.ts';
import { Problem } from './problems.ts';
import { viewExplanation, viewFailures, viewStatus } from './views.ts';

export type ApiDependencies = {
  tokens: readonly Token[];
  mode: 'observe' | 'live';
  ledger: Pick<AdminLedger, 'status' | 'failures' | 'retryFailures'> & Pick<WorkLedger, 'mark'>;
  /** @throws SyncError permanent `not_found` */
  explain(idOrEmail: string): Promise<Explanation>;
  wake(): void;
};

const contactId = z.string().regex(/^\d{1,32}$/);
const failureQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  code: z.string().max(100).optional(),
  cursor: z.string().max(200).optional(),
});
const retryBody = z.object({ code: z.string().max(100).optional() });

/** `/api/v1`: what this service tells and does for people and machines with a token. Lists answer `{ items, nextCursor }`. */
export function createApiRouter({ tokens, mode, ledger, explain, wake }: ApiDependencies): Router {
  const router = Router();
  // Nobody's body is read before the token is known.
  router.use(requireRole(tokens, 'viewer'), json({ limit: '64kb' }));
  router.get('/status', async (_request, response) => {
    response.json(viewStatus(await ledger.status(), mode));
  });
  router.get('/contacts/:id/explain', async (request, response) => {
    response.json(viewExplanation(await explain(parse(contactId, request.params.id, 'The contact id'))));
  });
  router.post('/contacts/:id/resync', requireRole(tokens, 'operator'), async (request, response) => {
    const recordId = parse(contactId, request.params.id, 'The contact id');
    await ledger.mark([
      { system: 'hubspot', object: 'contact', recordId, priority: 2, hints: ['resync'], source: 'resync' },
    ]);
    wake();
    response.status(202).json({ marked: 1 });
  });
  router.get('/failures', async (request, response) => {
    const { limit, code, cursor } = parse(failureQuery, request.query, 'The query');
    const wanted = { limit, ...(code === undefined ? {} : { code }), ...(cursor === undefined ? {} : { cursor }) };
    response.json(viewFailures(await listFailures(ledger, wanted)));
  });
  router.post('/failures/retry', requireRole(tokens, 'operator'), async (request, response) => {
    const { code } = parse(retryBody, request.body ?? {}, 'The body');
    const marked = await ledger.retryFailures(code);
    wake();
    response.status(202).json({ marked });
  });
  return router;
}

/** @throws Problem 400 that names what is wrong, not its value */
function parse<Output>(schema: z.ZodType<Output>, value: unknown, what: string): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(400, 'bad_request', `${what} is not what this endpoint takes.`);
}
