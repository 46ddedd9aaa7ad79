import { type HubSpotObject, pluralOf, type SalesforceObject } from '../../domain/record.ts';
import { countRead } from '../compare-both/drift.ts';
import { walkRows } from '../walk-rows.ts';
import { idProperties, idsInHubSpot, idsInSalesforce } from './found-ids.ts';
import type { Position } from './position.ts';
import type { RebuildContext, RebuildPage } from './rebuild.ts';

/** A page of Salesforce records that carry an id of ours. */
export async function listSalesforce(
  { dependencies: { salesforce, ledger }, run, spend }: RebuildContext,
  { object, counterpart }: { object: HubSpotObject; counterpart: SalesforceObject },
  position: Position,
): Promise<RebuildPage> {
  const filter = { hubspotId: 'set' } as const;
  const expected = position.expected ?? (await salesforce.countRows(counterpart, filter, spend));
  const question = { filter, fields: [], cursor: position.rows, expected };
  const { rows, next, waitMs } = await walkRows(salesforce, counterpart, question, spend);
  await ledger.addFoundIds(run.id, object, idsInSalesforce(rows));
  return {
    counts: [countRead('salesforce', counterpart, rows.length)],
    marks: [],
    next: next === null ? null : { ...position, expected, rows: next },
    ...(waitMs > 0 ? { waitMs } : {}),
  };
}

/** A page of HubSpot records that name a record of Salesforce, in one property after the other; those that the portal has not are passed over. */
export async function listHubSpot(
  { dependencies: { hubspot, ledger }, run, spend }: RebuildContext,
  { object }: { object: HubSpotObject },
  position: Position,
): Promise<RebuildPage> {
  const type = pluralOf[object];
  const property = idProperties[object][position.place];
  if (property === undefined) return { counts: [], marks: [], next: null };
  const behind = { ...position, place: position.place + 1, after: null };
  if (position.after === null) {
    const defined = await hubspot.properties(type, spend);
    if (!defined.some(({ name }) => name === property.name)) return { counts: [], marks: [], next: behind };
  }
  const filter = { has: [property.name] };
  const question = { filter, properties: [property.name], afterId: position.after };
  const { records, nextAfterId } = await hubspot.walk(type, question, spend);
  await ledger.addFoundIds(run.id, object, idsInHubSpot(object, records, property));
  return {
    counts: [countRead('hubspot', object, records.length)],
    marks: [],
    next: nextAfterId === null ? behind : { ...position, after: nextAfterId },
  };
}
