import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { ReservationResult } from '../ports/ledger-work.ts';
import {
  chooseLinks,
  type KnownLink,
  type Linkable,
  type LinkKey,
  linksOf,
  type PlannedLinks,
  type Wanted,
} from './choose-links.ts';
import { type LedgerContext, toJson } from './context.ts';
import { createPairs } from './create-pairs.ts';
import { dropForgone, emptyMoved, lockMovable } from './move-links.ts';
import { freePairsSql } from './settle.ts';

export type { PlannedLinks, Wanted } from './choose-links.ts';

// A write that is older than a day cannot be carried out any more, however it was left. A reservation that its own pair has given up
// (a day old, and no such write: a crash between reservation and write) no longer stands in anybody's way. The limit makes it one look into
// the index per id, however small the planner takes the table to be.
const knownSql = `
select l.system, l.object, l.record_id, l.pair_id, l.status, r.person_object, r.person_id, r.tombstone_reason as tombstone,
       not exists (select from links c where c.pair_id = l.pair_id and c.system = 'hubspot' and c.object = r.object) as contactless,
       r.lease_token = $2 as ours,
       r.lease_token is distinct from $2 and r.leased_until > clock_timestamp() as leased,
       l.status = 'reserved' and l.created_at < clock_timestamp() - interval '1 day' and not o.open as given_up,
       o.open,
       (select min(h.record_id) from links h
        where h.pair_id = l.pair_id and h.system = 'hubspot' and h.object = r.object and h.status = 'live') as holder
from jsonb_to_recordset($3::jsonb) as q(system text, object text, record_id text)
cross join lateral (
  select * from links where connection_id = $1 and system = q.system and object = q.object and record_id = q.record_id limit 1
) as l
join pairs r on r.id = l.pair_id
cross join lateral (
  select exists (select from writes w where w.pair_id = l.pair_id and w.state in ('open', 'unknown')
                   and w.at > clock_timestamp() - interval '1 day') as open
) as o`;

type Work = { context: LedgerContext; token: string; object: HubSpotObject };

/** Looks up every id that the reservations name and decides for each which pair it gets, or why none. */
export async function readLinks(
  client: pg.PoolClient,
  { context: { connectionId }, token, object }: Work,
  wanted: readonly Wanted[],
): Promise<PlannedLinks> {
  if (wanted.length === 0) return { linkable: [], refused: [], discovered: [], outdated: [] };
  const keys = wanted.flatMap((one) => linksOf(one, object));
  const { rows } = await client.query<KnownLink>({
    name: 'known-links',
    text: knownSql,
    values: [connectionId, token, toJson(keys)],
  });
  return chooseLinks(wanted, rows, object);
}

const attachSql = `
insert into links as l (connection_id, system, object, record_id, pair_id, status)
select $1, q.system, q.object, q.record_id, q.pair_id, q.status
from jsonb_to_recordset($2::jsonb) as q(system text, object text, record_id text, pair_id bigint, status text)
order by q.system, q.object, q.record_id
on conflict (connection_id, system, object, record_id) do update set
  status = case when l.pair_id = excluded.pair_id and excluded.status = 'reserved' then l.status else excluded.status end,
  pair_id = excluded.pair_id,
  created_at = case when l.pair_id = excluded.pair_id then l.created_at else clock_timestamp() end
where l.pair_id = excluded.pair_id or l.pair_id = any($3::bigint[])
returning system, object, record_id, pair_id, xmax = 0 as inserted`;

type Attached = LinkKey & { pair_id: string; inserted: boolean };

/** Links that lead to pairs which were unknown at the claim are kept; their rows go back at once, to be looked at with that knowledge. */
export async function releaseUnknown(
  client: pg.PoolClient,
  { context: { connectionId }, token, object }: Work,
  { discovered, outdated }: PlannedLinks,
): Promise<void> {
  if (outdated.length === 0) return;
  const rows = discovered.flatMap(({ contactIds, pairId }) =>
    contactIds.map((id, place) => ({
      system: 'hubspot',
      object,
      record_id: id,
      pair_id: pairId,
      status: place === 0 ? 'live' : 'merged',
    })),
  );
  await client.query({ name: 'attach-links', text: attachSql, values: [connectionId, toJson(rows), []] });
  // Two seconds: the pair may still be in the hands of the worker that linked it.
  const ids = outdated.map(({ contactId }) => contactId);
  await client.query(
    `update pending set lease_token = null, leased_until = null, due_at = case when due_at = 'infinity' then due_at else clock_timestamp() + interval '2 seconds' end
     where connection_id = $1 and system = 'hubspot' and object = $4 and record_id = any($2) and lease_token = $3`,
    [connectionId, ids, token, object],
  );
  // The pairs that were leased with these rows: while they are leased, nobody can look at the rows again.
  const pairIds = outdated.flatMap(({ pairId }) => pairId ?? []);
  if (pairIds.length > 0) await client.query({ name: 'free-pairs', text: freePairsSql, values: [token, pairIds] });
}

export type LinkedPairs = { pairIds: ReadonlyMap<string, string>; refused: readonly ReservationResult[] };

/**
 * Makes the missing pairs and all links. A link that somebody else committed since we looked makes that one reservation `taken`, and
 * what was added for it is taken back.
 */
export async function linkPairs(
  client: pg.PoolClient,
  { context, token, object }: Work,
  linkable: readonly Linkable[],
): Promise<LinkedPairs> {
  if (linkable.length === 0) return { pairIds: new Map(), refused: [] };
  const unpaired = linkable.filter(({ pairId }) => pairId === null);
  const made = await createPairs(client, context.connectionId, { token, object }, unpaired.length);
  const fresh = new Map(unpaired.map(({ wanted }, place) => [wanted.reservation.contactId, made[place] ?? '']));
  const pairOf = ({ pairId, wanted }: Linkable) => pairId ?? fresh.get(wanted.reservation.contactId) ?? '';
  const rows = linkable.flatMap((one) =>
    linksOf(one.wanted, object).map((link) => ({ ...link, pair_id: pairOf(one) })),
  );
  const movable = await lockMovable(
    client,
    token,
    linkable.flatMap(({ movedPairs }) => movedPairs),
  );
  const values = [context.connectionId, toJson(rows), movable];
  const { rows: attached } = await client.query<Attached>({ name: 'attach-links', text: attachSql, values });

  const ours = new Set(attached.map((link) => keyOf(link)));
  const pairIds = new Map<string, string>();
  const refused: ReservationResult[] = [];
  for (const one of linkable) {
    const { contactId } = one.wanted.reservation;
    if (linksOf(one.wanted, object).every((link) => ours.has(keyOf(link)))) pairIds.set(contactId, pairOf(one));
    else refused.push({ contactId, ok: false, reason: 'taken' });
  }
  if (refused.length > 0) await takeBack(client, context, { attached, kept: pairIds, fresh });
  const kept = linkable.filter(({ wanted }) => pairIds.has(wanted.reservation.contactId));
  await dropForgone(client, context, kept, pairOf);
  await emptyMoved(client, kept, pairOf);
  return { pairIds, refused };
}

function keyOf({ system, object, record_id: id }: LinkKey): string {
  return `${system}\n${object}\n${id}`;
}

async function takeBack(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  {
    attached,
    kept,
    fresh,
  }: { attached: readonly Attached[]; kept: ReadonlyMap<string, string>; fresh: ReadonlyMap<string, string> },
): Promise<void> {
  const keptPairs = new Set(kept.values());
  const surplus = attached.filter(({ pair_id: pairId, inserted }) => inserted && !keptPairs.has(pairId));
  await client.query(
    `delete from links l using jsonb_to_recordset($2::jsonb) as q(system text, object text, record_id text)
     where l.connection_id = $1 and l.system = q.system and l.object = q.object and l.record_id = q.record_id`,
    [connectionId, toJson(surplus)],
  );
  const empty = [...fresh.values()].filter((id) => !keptPairs.has(id));
  await client.query(
    'delete from pairs p where id = any($1) and not exists (select from links l where l.pair_id = p.id)',
    [empty],
  );
}
