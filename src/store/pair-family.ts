import type { HubSpotObject } from '../domain/record.ts';
import type { Queryable } from './pool.ts';

const familySql = `
with recursive family as (
  select q.id as root, q.id from unnest($1::bigint[]) as q(id)
  union
  (select f.root, p.id from family f cross join lateral (
    select id from pairs where absorbed_into = f.id
    union all
    select w.id from pairs w where w.person_went_to = f.id and not exists (
      select from links l where l.pair_id = w.id and l.system = 'hubspot' and l.object = w.object and l.status = 'live')
  ) as p)
)
select root, id from family`;

/**
 * The pairs themselves, all that ended in them by merges of contacts, and those of contacts long gone whose person they took over: the values
 * there are the same person's.
 */
export async function readFamilies(
  db: Queryable,
  pairIds: readonly string[],
): Promise<readonly { root: string; id: string }[]> {
  if (pairIds.length === 0) return [];
  const values = [pairIds];
  return (await db.query<{ root: string; id: string }>({ name: 'pair-families', text: familySql, values })).rows;
}

/** What belongs to a contact (or company, or deal): its pair with all that ended in it, and every HubSpot id that leads there; without a pair the id alone. */
export type Scope = { pairId: string | null; pairIds: readonly string[]; contactIds: readonly string[] };

const scopeSql = `
with recursive own as (
  select pair_id from links where connection_id = $1 and system = 'hubspot' and object = $3 and record_id = $2
), family as (
  select pair_id as id from own union select p.id from family f join pairs p on p.absorbed_into = f.id
)
select (select pair_id from own) as "pairId", array(select id::text from family) as "pairIds",
       array(select record_id from links where pair_id = (select pair_id from own) and system = 'hubspot' and object = $3
             union select $2) as "contactIds"`;

/** Everything that a record's history is found under, whichever of its ids was named. */
export async function readScope(
  db: Queryable,
  connectionId: number,
  contactId: string,
  object: HubSpotObject = 'contact',
): Promise<Scope> {
  const { rows } = await db.query<Scope>({ name: 'scope', text: scopeSql, values: [connectionId, contactId, object] });
  return rows[0] ?? { pairId: null, pairIds: [], contactIds: [contactId] };
}
