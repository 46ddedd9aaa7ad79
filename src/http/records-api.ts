import { Router } from 'express';
import type { HubSpotObject } from '../domain/record.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { WorkLedger } from '../ports/ledger-work.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { RecordExplanation } from '../usecases/explain-record.ts';
import { listTimeline } from '../usecases/list-timeline.ts';
import { type RouteAccess, route } from './route.ts';
import { viewContact, viewEntry, viewExplanation, viewRecord, viewRecordExplanation } from './views.ts';

export type RecordsDependencies = RouteAccess & {
  ledger: Pick<AdminLedger, 'timeline' | 'thaw'> & Pick<WorkLedger, 'mark'>;
  /** @throws SyncError permanent `contact_not_found` */
  explain(idOrEmail: string): Promise<Explanation>;
  /** @throws SyncError permanent `record_not_found` */
  explainRecord(kind: 'company' | 'deal', id: string): Promise<RecordExplanation>;
  /** Wakes who works off such records; contacts where none is named. */
  wake(object?: HubSpotObject): void;
};

/** `/contacts/{id}`, `/companies/{id}`, `/deals/{id}`: one record with both sides, what the sync would do, and all that happened. */
export function createRecordsRouter(dependencies: RecordsDependencies): Router {
  const { explain, explainRecord } = dependencies;
  const router = Router();
  route(router, 'GET /contacts/{id}', dependencies, async ({ params }) => viewContact(await explain(params.id)));
  route(router, 'GET /contacts/{id}/explain', dependencies, async ({ params }) =>
    viewExplanation(await explain(params.id)),
  );
  for (const [path, kind] of [
    ['companies', 'company'],
    ['deals', 'deal'],
  ] as const) {
    route(router, `GET /${path}/{id}`, dependencies, async ({ params }) =>
      viewRecord(await explainRecord(kind, params.id)),
    );
    route(router, `GET /${path}/{id}/explain`, dependencies, async ({ params }) =>
      viewRecordExplanation(await explainRecord(kind, params.id)),
    );
  }
  for (const [path, object] of kinds) addRecordRoutes(router, path, object, dependencies);
  return router;
}

const kinds = [
  ['contacts', 'contact'],
  ['companies', 'company'],
  ['deals', 'deal'],
] as const;

/** What is the same for every kind of record. */
function addRecordRoutes(
  router: Router,
  path: (typeof kinds)[number][0],
  object: HubSpotObject,
  dependencies: RecordsDependencies,
): void {
  const { ledger, wake } = dependencies;
  route(router, `GET /${path}/{id}/timeline`, dependencies, async ({ params, query }) => {
    const { items, nextCursor } = await listTimeline(ledger, params.id, query, object);
    return { items: items.map(viewEntry), nextCursor };
  });
  route(router, `POST /${path}/{id}/resync`, dependencies, async ({ params }) => {
    const mark = { system: 'hubspot', object, recordId: params.id, priority: 2, source: 'resync' } as const;
    await ledger.mark([{ ...mark, hints: ['resync'] }]);
    wake(object);
    return { marked: 1 };
  });
  route(router, `POST /${path}/{id}/thaw`, dependencies, async ({ params, body, actor }) => {
    const thawed = await ledger.thaw(params.id, actor, body.field, object);
    wake(object);
    return { thawed };
  });
}
