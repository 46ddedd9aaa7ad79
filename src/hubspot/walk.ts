import { type Filter, FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/objects/models/Filter.js';
import { type HubSpotRecord, stageProperty } from '../domain/record.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType, HubSpotWalkFilter } from '../ports/hubspot.ts';
import { unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { readRecords } from './read.ts';
import { mergedIdsProperty, type SearchAnswer, toRecord } from './schemas.ts';
import { type IdQuestion, searchById, toIdSearch, toModifiedProperty } from './search.ts';

/** Most filters of a group, of which one is on the id (search guide; where its pages disagree, the smaller number). */
const mostFilters = 5;
/** A search's body has 3,000 characters at most (search guide). */
const longestBody = 3_000;

export type WalkQuestion = { filter: HubSpotWalkFilter; properties: readonly string[]; afterId: string | null };
type Walked = { records: HubSpotRecord[]; nextAfterId: string | null; total: number };

const { Between, Eq, Gte, HasProperty, Lte } = FilterOperatorEnum;

/** Both ends are part of it; times are compared as the numbers they are, in milliseconds. */
function toTimeFilters(type: HubSpotType, { modifiedFromMs, modifiedUntilMs }: HubSpotWalkFilter): Filter[] {
  const propertyName = toModifiedProperty(type);
  const [from, until] = [String(modifiedFromMs), String(modifiedUntilMs)];
  if (modifiedFromMs !== undefined && modifiedUntilMs !== undefined) {
    return [{ propertyName, operator: Between, value: from, highValue: until }];
  }
  if (modifiedFromMs !== undefined) return [{ propertyName, operator: Gte, value: from }];
  return modifiedUntilMs === undefined ? [] : [{ propertyName, operator: Lte, value: until }];
}

function toFilters(type: HubSpotType, filter: HubSpotWalkFilter): Filter[] {
  const stage = type === 'deals' ? 'dealstage' : stageProperty;
  const filters = [
    ...toTimeFilters(type, filter),
    ...(filter.stage === undefined ? [] : [{ propertyName: stage, operator: Eq, value: filter.stage }]),
    ...(filter.has ?? []).map((propertyName) => ({ propertyName, operator: HasProperty })),
  ];
  if (filters.length > mostFilters) throw new RangeError(`a walk takes ${mostFilters} filters at most`);
  return filters;
}

/** What search found, read by id: who was merged or deleted meanwhile is left out. @throws SyncError where a call failed */
async function readFound(
  client: HubSpotClient,
  type: HubSpotType,
  request: { ids: readonly string[]; properties: readonly string[] },
  spend: Spend,
): Promise<HubSpotRecord[]> {
  const reads = await readRecords(client, type, request, spend);
  return request.ids.flatMap((id) => {
    const read = reads.get(id);
    if (read?.kind === 'error') throw read.error;
    return read?.kind === 'found' ? [read.record] : [];
  });
}

function alive(results: SearchAnswer['results']): SearchAnswer['results'] {
  return results.filter(({ archived }) => archived !== true);
}

/**
 * One page of a walk by id with properties, as `HubSpotPort.walk` promises. Properties that do not fit into a search's body are read in batches
 * of 100, of which a page then takes two more calls. An answer that does not say how many match is unreadable. @throws SyncError
 */
export async function walkRecords(
  client: HubSpotClient,
  type: HubSpotType,
  question: WalkQuestion,
  spend: Spend,
): Promise<Walked> {
  const properties = [...new Set([...question.properties, mergedIdsProperty])];
  const whole: IdQuestion = { filters: toFilters(type, question.filter), properties, afterId: question.afterId };
  const fits = JSON.stringify(toIdSearch(whole)).length <= longestBody;
  const asked = fits ? whole : { ...whole, properties: [mergedIdsProperty] };
  const { results, nextAfterId, total } = await searchById(client, type, { ...asked, operation: 'walk' }, spend);
  if (total === undefined) throw unreadableAnswer(false);
  const found = alive(results);
  const records = fits
    ? found.map(toRecord)
    : await readFound(client, type, { ids: found.map(({ id }) => id), properties }, spend);
  return { records, nextAfterId, total };
}
