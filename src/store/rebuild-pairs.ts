import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { RebuildOutcome, RebuiltPair } from '../ports/ledger-rebuild.ts';
import { toJson } from './context.ts';

type Link = { system: string; object: string; record_id: string; status: string };

/** All ids that lead to the pair: its own first. */
function linksOf(object: HubSpotObject, pair: RebuiltPair): Link[] {
  const { recordId, formerIds, counterpart, formerCounterparts } = pair;
  const links = [
    { system: 'hubspot', object, record_id: recordId, status: 'live' },
    ...formerIds.map((id) => ({ system: 'hubspot', object, record_id: id, status: 'merged' })),
    { system: 'salesforce', object: counterpart.object, record_id: counterpart.id, status: 'live' },
    ...formerCounterparts.map(({ object: of, id, status }) => ({
      system: 'salesforce',
      object: of,
      record_id: id,
      status,
    })),
  ];
  return [...new Map(links.map((link) => [keyOf(link), link] as const).reverse()).values()];
}

function keyOf({ system, object, record_id: id }: Pick<Link, 'system' | 'object' | 'record_id'>): string {
  return `${system}\n${object}\n${id}`;
}

// A pair of a rebuild that did not come to its end is this one's.
const knownSql = `
select q.system, q.object, q.record_id, l.pair_id, p.tombstone_reason is not null as ended,
       exists (select from rebuild_ids r where r.pair_id = l.pair_id) as ours
from jsonb_to_recordset($2::jsonb) as q(system text, object text, record_id text)
cross join lateral (
  select pair_id from links where connection_id = $1 and system = q.system and object = q.object and record_id = q.record_id limit 1
) as l
join pairs p on p.id = l.pair_id`;

type Known = Link & { pair_id: string; ended: boolean; ours: boolean };

/**
 * When a rebuilt pair was handed over nobody knows any more: the last second of yesterday stands for it. A takeover is no handoff of the day
 * that it is done on, which status counts.
 */
export const handedOnceSql = `date_trunc('day', clock_timestamp() at time zone 'UTC') at time zone 'UTC' - interval '1 second'`;

const pairsSql = `
insert into pairs (connection_id, object, person_object, person_id, handed_over_at, landed_at, landed_in)
select $1, $2, q.person_object, q.person_id, case when q.handed_over then ${handedOnceSql} end, clock_timestamp(), pg_current_xact_id()
from jsonb_to_recordset($3::jsonb) as q(person_object text, person_id text, handed_over boolean)
returning id, person_id`;

const linkSql = `
insert into links (connection_id, system, object, record_id, pair_id, status)
select $1, q.system, q.object, q.record_id, q.pair_id, q.status
from jsonb_to_recordset($2::jsonb) as q(system text, object text, record_id text, pair_id bigint, status text)`;

const ownSql = `
update rebuild_ids r set pair_id = q.pair_id from jsonb_to_recordset($3::jsonb) as q(record_id text, pair_id bigint)
where r.run_id = $1 and r.object = $2 and r.record_id = q.record_id`;

type Work = { connectionId: number; runId: string; object: HubSpotObject };

/** See `RebuildLedger.storePairs`; inside a transaction of the caller's. Throws the driver's error. */
export async function makePairs(
  client: pg.PoolClient,
  { connectionId, runId, object }: Work,
  pairs: readonly RebuiltPair[],
): Promise<ReadonlyMap<string, RebuildOutcome>> {
  if (pairs.length === 0) return new Map();
  const links = new Map(pairs.map((pair) => [pair, linksOf(object, pair)]));
  const values = [connectionId, toJson([...links.values()].flat())];
  const { rows: known } = await client.query<Known>({ name: 'rebuild-known', text: knownSql, values });
  const byKey = new Map(known.map((link) => [keyOf(link), link]));
  const outcomes = new Map<string, RebuildOutcome>();
  const fresh: RebuiltPair[] = [];
  const used = new Set<string>();
  for (const [pair, own] of links) {
    const outcome = outcomeOf(pair, own, { object, byKey, used });
    outcomes.set(pair.recordId, outcome ?? 'made');
    if (outcome !== null) continue;
    fresh.push(pair);
    for (const link of own) used.add(keyOf(link));
  }
  const pairOf = await insert(client, { connectionId, runId, object }, fresh, links);
  for (const [pair, own] of links) {
    if (outcomes.get(pair.recordId) !== 'made' || pairOf.has(pair.counterpart.id)) continue;
    const pairId = own.flatMap((link) => byKey.get(keyOf(link))?.pair_id ?? [])[0];
    if (pairId !== undefined) pairOf.set(pair.counterpart.id, pairId);
  }
  await keepOwn(client, { connectionId, runId, object }, pairs, pairOf);
  return outcomes;
}

/** Null: nothing is in the way of a new pair. */
function outcomeOf(
  { recordId, counterpart }: RebuiltPair,
  own: readonly Link[],
  { object, byKey, used }: { object: string; byKey: ReadonlyMap<string, Known>; used: ReadonlySet<string> },
): RebuildOutcome | null {
  if (own.some((link) => used.has(keyOf(link)))) return 'taken';
  const known = own.flatMap((link) => byKey.get(keyOf(link)) ?? []);
  if (known.length === 0) return null;
  if (known.some(({ ended }) => ended)) return 'ended';
  const hubspot = byKey.get(keyOf({ system: 'hubspot', object, record_id: recordId }));
  const other = byKey.get(keyOf({ system: 'salesforce', object: counterpart.object, record_id: counterpart.id }));
  if (hubspot === undefined || hubspot.pair_id !== other?.pair_id) return 'taken';
  return hubspot.ours ? 'made' : 'known';
}

async function insert(
  client: pg.PoolClient,
  { connectionId, object }: Work,
  pairs: readonly RebuiltPair[],
  links: ReadonlyMap<RebuiltPair, readonly Link[]>,
): Promise<Map<string, string>> {
  if (pairs.length === 0) return new Map();
  const rows = pairs.map(({ counterpart, handedOver }) => ({
    person_object: counterpart.object,
    person_id: counterpart.id,
    handed_over: handedOver,
  }));
  const { rows: made } = await client.query<{ id: string; person_id: string }>({
    name: 'rebuild-pairs',
    text: pairsSql,
    values: [connectionId, object, toJson(rows)],
  });
  const pairOf = new Map(made.map(({ id, person_id: personId }) => [personId, id]));
  const linked = pairs.flatMap((pair) => {
    const pairId = pairOf.get(pair.counterpart.id);
    return (links.get(pair) ?? []).map((link) => ({ ...link, pair_id: pairId }));
  });
  await client.query({ name: 'rebuild-links', text: linkSql, values: [connectionId, toJson(linked)] });
  return pairOf;
}

/** Which pairs are the run's to be measured and settled. @param pairOf by the counterpart's id */
async function keepOwn(
  client: pg.PoolClient,
  { runId, object }: Work,
  pairs: readonly RebuiltPair[],
  pairOf: ReadonlyMap<string, string>,
): Promise<void> {
  const own = pairs.flatMap(({ recordId, formerIds, counterpart }) => {
    const pairId = pairOf.get(counterpart.id);
    return pairId === undefined ? [] : [recordId, ...formerIds].map((id) => ({ record_id: id, pair_id: pairId }));
  });
  if (own.length === 0) return;
  await client.query({ name: 'rebuild-own', text: ownSql, values: [runId, object, toJson(own)] });
}
