import { Router } from 'express';
import type { HubSpotObject } from '../domain/record.ts';
import type { FoundRecord } from '../usecases/search/found-record.ts';
import type { SearchPage, SearchQuestion } from '../usecases/search/search-records.ts';
import type { Answer } from './contract/index.ts';
import { type RouteAccess, route } from './route.ts';

export type SearchApiDependencies = RouteAccess & {
  search(kind: HubSpotObject, question: SearchQuestion): Promise<SearchPage>;
};

/** `GET /contacts`, `/companies`, `/deals`: records by what a person typed, or those that changed last. */
export function createSearchRouter(dependencies: SearchApiDependencies): Router {
  const router = Router();
  const search = async (kind: HubSpotObject, question: SearchQuestion) =>
    viewFound(await dependencies.search(kind, question));
  route(router, 'GET /contacts', dependencies, async ({ query }) => await search('contact', query));
  route(router, 'GET /companies', dependencies, async ({ query }) => await search('company', query));
  route(router, 'GET /deals', dependencies, async ({ query }) => await search('deal', query));
  return router;
}

function viewFound({ items, nextCursor, notice }: SearchPage): Answer<'GET /contacts'> {
  return { items: items.map(viewRecord), nextCursor, notice };
}

function viewRecord({ lastChangeAtMs, ...record }: FoundRecord): Answer<'GET /contacts'>['items'][number] {
  return { ...record, lastChangeAt: lastChangeAtMs === null ? null : new Date(lastChangeAtMs).toISOString() };
}
