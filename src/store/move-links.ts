import type pg from 'pg';
import type { Linkable } from './choose-links.ts';
import { type LedgerContext, toJson } from './context.ts';

type PairOf = (linkable: Linkable) => string;

/**
 * Locks the pairs whose links may be taken over. One that a worker has leased since we looked is passed over, so that its links stay: the
 * reservation that asked for them is refused.
 */
export async function lockMovable(
  client: pg.PoolClient,
  token: string,
  pairIds: readonly string[],
): Promise<readonly string[]> {
  if (pairIds.length === 0) return [];
  const { rows } = await client.query<{ id: string }>({
    name: 'lock-movable',
    text: `select id from pairs
           where id = any($2) and (lease_token = $1 or leased_until is null or leased_until < clock_timestamp())
           order by id for update skip locked`,
    values: [token, pairIds],
  });
  return rows.map(({ id }) => id);
}

// Who reserves another person gives up the one that it reserved before. The ids are given as an array, too (here and below): the planner
// then uses the index on them whatever it believes of the tables' sizes.
const forgoneSql = `
delete from links l using jsonb_to_recordset($2::jsonb) as q(pair_id bigint, object text, record_id text)
where l.pair_id = any($3::bigint[]) and l.pair_id = q.pair_id and l.connection_id = $1 and l.system = 'salesforce' and l.status = 'reserved'
  and (l.object, l.record_id) is distinct from (q.object, q.record_id)`;

/** Frees the persons that pairs reserved before and no longer name. */
export async function dropForgone(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  linkable: readonly Linkable[],
  pairOf: PairOf,
): Promise<void> {
  const rows = linkable.map((one) => {
    const { person } = one.wanted.reservation;
    return { pair_id: pairOf(one), object: person?.object ?? null, record_id: person?.id ?? null };
  });
  const values = [connectionId, toJson(rows), rows.map(({ pair_id: pairId }) => pairId)];
  await client.query({ name: 'drop-forgone', text: forgoneSql, values });
}

// All that still leads to the absorbed pair leads on to the surviving one, whose handoff is the earlier one; an open write is an input of
// the surviving pair's plans. What is over keeps its number: histories follow `absorbed_into`. A move of the stage that was under way ends,
// for its contact is gone. Who has no person inherits the memory that there shall be none.
const absorbSql = `
with q as (
  select absorbed, max(pair_id) as pair_id from jsonb_to_recordset($1::jsonb) as q(absorbed bigint, pair_id bigint) group by absorbed
), inherited as (
  update writes w set pair_id = q.pair_id from q where w.pair_id = any($2::bigint[]) and w.pair_id = q.absorbed and w.state in ('open', 'unknown')
), moves as (
  update stage_moves m set state = 'conflict', closed_at = clock_timestamp()
  where m.pair_id = any($2::bigint[]) and m.state = 'open' and m.pair_id in (select absorbed from q)
), survivors as (
  update pairs r set
    handed_over_at = least(r.handed_over_at, first.at), recycles = r.recycles + first.recycles,
    tombstone_reason = coalesce(r.tombstone_reason, case when r.person_id is null then first.tombstone end)
  from (select q.pair_id, min(a.handed_over_at) as at, sum(a.recycles) as recycles,
               min(a.tombstone_reason) filter (where a.tombstone_reason = 'person_deleted') as tombstone
        from q join pairs a on a.id = q.absorbed and a.id = any($2) group by q.pair_id) as first
  where r.id = any($3::bigint[]) and r.id = first.pair_id
), ended as (
  update pairs a set absorbed_into = q.pair_id, hubspot_stage = null, salesforce_stage = null, stage_cause = null
  from q where a.id = any($2::bigint[]) and a.id = q.absorbed
)
update links l set pair_id = q.pair_id, status = case when l.status = 'live' then 'merged' else l.status end
from q where l.pair_id = any($2) and l.pair_id = q.absorbed`;

// The person goes with its link: the pair that is left behind must not hold a place in the unique index.
const blankSql = `
update pairs r set person_object = null, person_id = null, person_went_to = l.pair_id, updated_at = clock_timestamp()
from links l
where r.id = any($1) and l.connection_id = r.connection_id and l.system = 'salesforce' and l.object = r.person_object
  and l.record_id = r.person_id and l.pair_id <> r.id`;

/** Ends pairs in others: links, open writes and counts go on there, and their history is found from there. Throws the driver's error. */
export async function absorbPairs(
  client: pg.PoolClient,
  pairs: readonly { absorbed: string; pairId: string }[],
): Promise<void> {
  if (pairs.length === 0) return;
  const rows = pairs.map(({ absorbed, pairId }) => ({ absorbed, pair_id: pairId }));
  const values = [toJson(rows), rows.map((one) => one.absorbed), rows.map((one) => one.pair_id)];
  await client.query({ name: 'absorb-pairs', text: absorbSql, values });
}

/** Completes what moved between pairs: merged contacts' pairs end, and no pair keeps a person whose link has gone to another. */
export async function emptyMoved(client: pg.PoolClient, linkable: readonly Linkable[], pairOf: PairOf): Promise<void> {
  await absorbPairs(
    client,
    linkable.flatMap((one) => one.absorbedPairs.map((id) => ({ absorbed: id, pairId: pairOf(one) }))),
  );
  const moved = linkable.flatMap(({ movedPairs }) => movedPairs);
  if (moved.length > 0) await client.query({ name: 'blank-moved', text: blankSql, values: [moved] });
}

/** The same for pairs that were absorbed without a reservation; leases of ours on them end. */
export async function blankMoved(
  client: pg.PoolClient,
  moves: readonly { absorbed: string }[],
  token: string,
): Promise<void> {
  if (moves.length === 0) return;
  const ids = moves.map(({ absorbed }) => absorbed);
  await client.query({ name: 'blank-moved', text: blankSql, values: [ids] });
  await client.query(
    'update pairs set lease_token = null, leased_until = null where id = any($1) and lease_token = $2',
    [ids, token],
  );
}
