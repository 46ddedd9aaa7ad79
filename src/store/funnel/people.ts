import type pg from 'pg';

/** Whose moves are whose. Both are few beside all contacts. */
export type People = {
  /** Contacts that were merged into another one, and that one. */
  merged: readonly { old: string; who: string }[];
  /** Contacts that HubSpot has no more: they are in no stage now. */
  gone: readonly string[];
};

// Of a pair the ledger knows every id that led to it; of contacts below the gate HubSpot's events told.
const mergedSql = `
select l.record_id as old, h.record_id as who
from links l
join lateral (select min(record_id) as record_id from links where pair_id = l.pair_id and system = 'hubspot' and object = 'contact'
                and status = 'live') as h on h.record_id is not null
where l.connection_id = $1 and l.system = 'hubspot' and l.object = 'contact' and l.status = 'merged'
union
select merged_id, survivor_id from merged_contacts where connection_id = $1`;

const goneSql = `
select l.record_id as id from pairs p
join links l on l.pair_id = p.id and l.system = 'hubspot' and l.object = 'contact'
where p.connection_id = $1 and p.object = 'contact' and p.tombstone_reason in ('contact_deleted', 'erased')
union
select contact_id from erasures where connection_id = $1`;

/** Throws the driver's error. */
export async function readPeople(pool: pg.Pool, connectionId: number): Promise<People> {
  const [merged, gone] = await Promise.all([
    pool.query<{ old: string; who: string }>({ name: 'funnel-merged', text: mergedSql, values: [connectionId] }),
    pool.query<{ id: string }>({ name: 'funnel-gone', text: goneSql, values: [connectionId] }),
  ]);
  return { merged: toSurvivors(merged.rows), gone: gone.rows.map(({ id }) => id) };
}

/** The last of those into whom somebody was merged, one after the other. */
function toSurvivors(rows: readonly { old: string; who: string }[]): People['merged'] {
  const next = new Map(rows.map(({ old, who }) => [old, who]));
  return [...next.keys()].flatMap((old) => {
    const seen = new Set([old]);
    let who = next.get(old) ?? old;
    while (next.has(who) && !seen.has(who)) {
      seen.add(who);
      who = next.get(who) ?? who;
    }
    return who === old ? [] : [{ old, who }];
  });
}
