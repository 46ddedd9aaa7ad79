import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { DealState } from '../domain/records/types.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { toJson } from './context.ts';

const statesSql = `
update pairs p set deal_state = q.state, updated_at = clock_timestamp()
from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, state text), pairs o
where p.id = any($2::bigint[]) and p.id = q.pair_id and o.id = p.id and p.deal_state is distinct from q.state
returning p.id, o.deal_state as before`;

/** Stores what deals have come to. Throws the driver's error. @returns the pairs where that is new, with what it was before */
export async function applyDealStates(
  client: pg.PoolClient,
  results: readonly RecordResult[],
): Promise<ReadonlyMap<string, DealState | null>> {
  const rows = results.flatMap(({ pairId, dealState }) =>
    pairId === undefined || dealState === undefined ? [] : [{ pair_id: pairId, state: dealState }],
  );
  if (rows.length === 0) return new Map();
  const values = [toJson(rows), rows.map((row) => row.pair_id)];
  const { rows: changed } = await client.query<{ id: string; before: DealState | null }>({
    name: 'deal-states',
    text: statesSql,
    values,
  });
  return new Map(changed.map(({ id, before }) => [id, before]));
}

/** What these deals have come to, by their pairs. Throws the driver's error. */
export async function readDealStates(
  client: pg.PoolClient,
  pairIds: readonly string[],
): Promise<ReadonlyMap<string, DealState>> {
  if (pairIds.length === 0) return new Map();
  const text = `select id, deal_state as state from pairs where id = any($1::bigint[]) and deal_state is not null and tombstone_reason is null`;
  const { rows } = await client.query<{ id: string; state: DealState }>({
    name: 'known-deal-states',
    text,
    values: [pairIds],
  });
  return new Map(rows.map(({ id, state }) => [id, state]));
}

export type DealRelation = { record_id: string; to_object: HubSpotObject; to_id: string };

/** The contacts and companies of these deals. Throws the driver's error. */
export async function readDealRelations(
  client: pg.PoolClient,
  connectionId: number,
  dealIds: readonly string[],
): Promise<readonly DealRelation[]> {
  if (dealIds.length === 0) return [];
  const text = `select record_id, to_object, to_id from relations where connection_id = $1 and object = 'deal' and record_id = any($2::text[])`;
  return (await client.query<DealRelation>({ name: 'deal-relations', text, values: [connectionId, dealIds] })).rows;
}

const toldSql = `
select q.place from jsonb_to_recordset($2::jsonb) as q(place int, object text, record_id text, state text)
where exists (
  select from relations r
  cross join lateral (
    select pair_id from links
    where connection_id = $1 and system = 'hubspot' and object = 'deal' and record_id = r.record_id limit 1
  ) as l
  cross join lateral (select deal_state, tombstone_reason from pairs where id = l.pair_id limit 1) as p
  where r.connection_id = $1 and r.object = 'deal' and r.to_object = q.object and r.to_id = q.record_id
    and r.record_id <> all($3::text[]) and p.deal_state = q.state and p.tombstone_reason is null)`;

/**
 * Of these, the relations of new deals that tell their contact or company nothing new: another deal has come to the same already. Throws the
 * driver's error.
 */
export async function withoutNews<Relation extends DealRelation & { state: DealState }>(
  client: pg.PoolClient,
  connectionId: number,
  relations: readonly Relation[],
  dealIds: readonly string[],
): Promise<ReadonlySet<Relation>> {
  if (relations.length === 0) return new Set();
  const asked = relations.map(({ to_object: object, to_id, state }, place) => ({
    place,
    object,
    record_id: to_id,
    state,
  }));
  const values = [connectionId, toJson(asked), dealIds];
  const { rows } = await client.query<{ place: number }>({ name: 'deals-told', text: toldSql, values });
  return new Set(rows.flatMap(({ place }) => relations[place] ?? []));
}
