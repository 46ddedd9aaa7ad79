import type { HubSpotRecord } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { objectSchema, searchSchema, toRecord } from './schemas.ts';

/** What HubSpot's search answers at most, over all pages (search guide, "Limitations"). */
const mostResults = 10_000;

export type TextQuestion = { text: string; properties: readonly string[]; limit: number; after: number };

/**
 * One page of the records that hold a text in one of HubSpot's default searchable properties, as `HubSpotPort.searchText` promises. One call.
 * @throws SyncError
 */
export async function searchText(
  client: HubSpotClient,
  type: HubSpotType,
  { text, properties, limit, after }: TextQuestion,
  spend: Spend,
): Promise<{ records: readonly HubSpotRecord[]; total: number; next: number | null }> {
  const room = Math.min(limit, mostResults - after);
  if (room <= 0) return { records: [], total: mostResults, next: null };
  const question = { query: text, properties: [...properties], limit: room, after: String(after) };
  const { data } = await client.call(toCall(type, 'searchText', false, spend, 'hubspot-search'), () =>
    client.crm.objects.searchApi.doSearch(type, question),
  );
  const parsed = searchSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  const { results, paging, total } = parsed.data;
  const next = Number(paging?.next?.after ?? Number.NaN);
  const hasNext = Number.isInteger(next) && next > after && next < mostResults;
  return { records: results.map(toRecord), total: total ?? after + results.length, next: hasNext ? next : null };
}

/**
 * One record by its id, or a contact by one of its emails, secondary ones too. One call; a merged id leads to the survivor.
 * @returns null where HubSpot has no such record, or refuses the text as an email
 * @throws SyncError
 */
export async function readAlone(
  client: HubSpotClient,
  type: HubSpotType,
  { id, by, properties }: { id: string; by: 'id' | 'email'; properties: readonly string[] },
  spend: Spend,
): Promise<HubSpotRecord | null> {
  const idProperty = by === 'email' ? 'email' : undefined;
  try {
    const { data } = await client.call(toCall(type, 'readAlone', false, spend), () =>
      client.crm.objects.basicApi.getById(type, id, [...properties], undefined, undefined, false, idProperty),
    );
    const parsed = objectSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    return toRecord(parsed.data);
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown;
    if (thrown.code === 'hubspot_not_found' || (by === 'email' && thrown.detail.status === 400)) return null;
    throw thrown;
  }
}
