import { Router } from 'express';
import { z } from 'zod';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { WorkLedger } from '../ports/ledger-work.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import { listTimeline } from '../usecases/list-timeline.ts';
import { requireRole, type Token } from './authorize.ts';
import { parse } from './parse.ts';
import { viewContact, viewEntry, viewExplanation } from './views.ts';

export type ContactsDependencies = {
  tokens: readonly Token[];
  ledger: Pick<AdminLedger, 'timeline' | 'thaw'> & Pick<WorkLedger, 'mark'>;
  /** @throws SyncError permanent `contact_not_found` */
  explain(idOrEmail: string): Promise<Explanation>;
  wake(): void;
};

const contactId = z.string().regex(/^\d{1,32}$/);
const timelineQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(40).optional(),
});
const thawBody = z.strictObject({ field: z.string().min(1).max(100).optional() });

const idOf = (value: unknown) => parse(contactId, value, 'The contact id');

/** `/api/v1/contacts`: one contact with its person, what the sync would do, and all that happened. */
export function createContactsRouter({ tokens, ledger, explain, wake }: ContactsDependencies): Router {
  const router = Router();
  router.get('/:id', async (request, response) => {
    response.json(viewContact(await explain(idOf(request.params.id))));
  });
  router.get('/:id/explain', async (request, response) => {
    response.json(viewExplanation(await explain(idOf(request.params.id))));
  });
  router.get('/:id/timeline', async (request, response) => {
    const { limit, cursor } = parse(timelineQuery, request.query, 'The query');
    const wanted = { limit, ...(cursor === undefined ? {} : { cursor }) };
    const { items, nextCursor } = await listTimeline(ledger, idOf(request.params.id), wanted);
    response.json({ items: items.map(viewEntry), nextCursor });
  });
  router.post('/:id/resync', requireRole(tokens, 'operator'), async (request, response) => {
    const recordId = idOf(request.params.id);
    const mark = { system: 'hubspot', object: 'contact', recordId, priority: 2, source: 'resync' } as const;
    await ledger.mark([{ ...mark, hints: ['resync'] }]);
    wake();
    response.status(202).json({ marked: 1 });
  });
  router.post('/:id/thaw', requireRole(tokens, 'operator'), async (request, response) => {
    const { field } = parse(thawBody, request.body ?? {}, 'The body');
    const thawed = await ledger.thaw(idOf(request.params.id), String(response.locals.actor), field);
    wake();
    response.status(202).json({ thawed });
  });
  return router;
}
