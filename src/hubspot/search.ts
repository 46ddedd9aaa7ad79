import { type Filter, FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/objects/models/Filter.js';
import type { PublicObjectSearchRequest } from '@hubspot/api-client/lib/codegen/crm/objects/models/PublicObjectSearchRequest.js';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { type SearchAnswer, searchSchema } from './schemas.ts';

/** Most records of a search page (search guide). */
const PAGE_SIZE = 200;

/** Contacts keep their modification time under another name than every other object; the wrong name matches nothing. */
export function toModifiedProperty(type: HubSpotType): string {
  return type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';
}

/** `filters`: all must hold, five at most beside the one on the id. */
export type IdQuestion = { filters: readonly Filter[]; properties: readonly string[]; afterId: string | null };

/** The search behind one page of a walk by id. */
export function toIdSearch({ filters, properties, afterId }: IdQuestion): PublicObjectSearchRequest {
  const beyond = { propertyName: 'hs_object_id', operator: FilterOperatorEnum.Gt, value: afterId ?? '0' };
  // By id and never by offset: offsets end at 10,000 results, and records that change would shift the pages.
  return {
    filterGroups: [{ filters: [...filters, beyond] }],
    sorts: ['hs_object_id'],
    properties: [...properties],
    limit: PAGE_SIZE,
  };
}

/** Whether the ids rise from `afterId` on; otherwise the walk would skip records or never end. */
function isRising(ids: readonly string[], afterId: string | null): boolean {
  if (!ids.every((id) => /^\d+$/.test(id))) return false;
  const numbers = [afterId ?? '0', ...ids].map(BigInt);
  return numbers.every((id, at) => at === 0 || id > (numbers[at - 1] ?? 0n));
}

/**
 * Asks for one page of a walk by id. `nextAfterId`: null on the last page; a page that names a further one and holds nothing could not be gone on
 * from, and is unreadable. @throws SyncError
 */
export async function searchById(
  client: HubSpotClient,
  type: HubSpotType,
  question: IdQuestion & { operation: string },
  spend: Spend,
): Promise<{ results: SearchAnswer['results']; nextAfterId: string | null; total: number | undefined }> {
  const { data } = await client.call(toCall(type, question.operation, false, spend, 'hubspot-search'), () =>
    client.crm.objects.searchApi.doSearch(type, toIdSearch(question)),
  );
  const parsed = searchSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  const { results, paging, total } = parsed.data;
  const ids = results.map(({ id }) => id);
  if (!isRising(ids, question.afterId)) throw unreadableAnswer(false);
  const hasMore = results.length >= PAGE_SIZE || (paging?.next ?? undefined) !== undefined;
  const nextAfterId = hasMore ? ids.at(-1) : null;
  if (nextAfterId === undefined) throw unreadableAnswer(false);
  return { results, nextAfterId, total };
}

export type ModifiedWindow = { fromMs: number; untilMs: number; afterId: string | null };

/** One page of a walk by id through what was modified, as `HubSpotPort.searchModified` promises. @throws SyncError */
export async function searchModified(
  client: HubSpotClient,
  type: HubSpotType,
  window: ModifiedWindow,
  spend: Spend,
): Promise<{ records: { id: string; modifiedAtMs: number }[]; nextAfterId: string | null }> {
  const propertyName = toModifiedProperty(type);
  const [value, highValue] = [String(window.fromMs), String(window.untilMs)];
  const filters = [{ propertyName, operator: FilterOperatorEnum.Between, value, highValue }];
  const question = { filters, properties: [propertyName], afterId: window.afterId, operation: 'search' };
  const { results, nextAfterId } = await searchById(client, type, question, spend);
  return { records: results.map(({ id, updatedAt }) => ({ id, modifiedAtMs: updatedAt.getTime() })), nextAfterId };
}

/** The newest value of a date property over all contacts, epoch milliseconds; null where none has it. @throws SyncError */
export async function findNewestContactDate(
  client: HubSpotClient,
  property: string,
  spend: Spend,
): Promise<number | null> {
  const filters = [{ propertyName: property, operator: FilterOperatorEnum.HasProperty }];
  const request = { filterGroups: [{ filters }], sorts: [`-${property}`], properties: [property], limit: 1 };
  const { data } = await client.call(toCall('contacts', 'searchNewest', false, spend, 'hubspot-search'), () =>
    client.crm.objects.searchApi.doSearch('contacts', request),
  );
  const parsed = searchSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  const value = parsed.data.results[0]?.properties[property] ?? null;
  if (value === null || value === '') return null;
  const atMs = /^\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isNaN(atMs) ? null : atMs;
}
