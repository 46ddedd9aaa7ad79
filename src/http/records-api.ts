import { Router } from 'express';
import { z } from 'zod';
import type { HubSpotObject } from '../domain/record.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { WorkLedger } from '../ports/ledger-work.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { RecordExplanation } from '../usecases/explain-record.ts';
import { listTimeline } from '../usecases/list-timeline.ts';
import { requireRole, type Token } from './authorize.ts';
import { parse } from './parse.ts';
import { viewContact, viewEntry, viewExplanation, viewRecord, viewRecordExplanation } from './views.ts';

export type RecordsDependencies = {
  tokens: readonly Token[];
  ledger: Pick<AdminLedger, 'timeline' | 'thaw'> & Pick<WorkLedger, 'mark'>;
  /** @throws SyncError permanent `contact_not_found` */
  explain(idOrEmail: string): Promise<Explanation>;
  /** @throws SyncError permanent `record_not_found` */
  explainRecord(kind: 'company' | 'deal', id: string): Promise<RecordExplanation>;
  /** Wakes who works off such records; contacts where none is named. */
  wake(object?: HubSpotObject): void;
};

/** What is told of one kind of record. Both answers hold JSON alone. */
type Told = { one(id: string): Promise<object>; explanation(id: string): Promise<object> };

const recordId = z.string().regex(/^\d{1,32}$/);
const timelineQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(40).optional(),
});
const thawBody = z.strictObject({ field: z.string().min(1).max(100).optional() });

/** `/api/v1/contacts`, `/companies`, `/deals`: one record with both sides, what the sync would do, and all that happened. */
export function createRecordsRouter(object: HubSpotObject, dependencies: RecordsDependencies): Router {
  const { tokens, ledger, wake } = dependencies;
  const told = toldOf(object, dependencies);
  const idOf = (value: unknown) => parse(recordId, value, `The ${object} id`);
  const router = Router();
  router.get('/:id', async (request, response) => {
    response.json(await told.one(idOf(request.params.id)));
  });
  router.get('/:id/explain', async (request, response) => {
    response.json(await told.explanation(idOf(request.params.id)));
  });
  router.get('/:id/timeline', async (request, response) => {
    const { limit, cursor } = parse(timelineQuery, request.query, 'The query');
    const wanted = { limit, ...(cursor === undefined ? {} : { cursor }) };
    const { items, nextCursor } = await listTimeline(ledger, idOf(request.params.id), wanted, object);
    response.json({ items: items.map(viewEntry), nextCursor });
  });
  router.post('/:id/resync', requireRole(tokens, 'operator'), async (request, response) => {
    const mark = {
      system: 'hubspot',
      object,
      recordId: idOf(request.params.id),
      priority: 2,
      source: 'resync',
    } as const;
    await ledger.mark([{ ...mark, hints: ['resync'] }]);
    wake(object);
    response.status(202).json({ marked: 1 });
  });
  router.post('/:id/thaw', requireRole(tokens, 'operator'), async (request, response) => {
    const { field } = parse(thawBody, request.body ?? {}, 'The body');
    const thawed = await ledger.thaw(idOf(request.params.id), String(response.locals.actor), field, object);
    wake(object);
    response.status(202).json({ thawed });
  });
  return router;
}

function toldOf(object: HubSpotObject, { explain, explainRecord }: RecordsDependencies): Told {
  if (object === 'contact') {
    return {
      one: async (id) => viewContact(await explain(id)),
      explanation: async (id) => viewExplanation(await explain(id)),
    };
  }
  return {
    one: async (id) => viewRecord(await explainRecord(object, id)),
    explanation: async (id) => viewRecordExplanation(await explainRecord(object, id)),
  };
}
