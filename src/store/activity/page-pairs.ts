import type { HubSpotObject } from '../../domain/record.ts';
import type { Queryable } from '../pool.ts';

// A pair that ended in another one left its links to that one. Of several ids the one that lives is told.
const pairsSql = `
with recursive up as (
  select q.id as asked, q.id from unnest($1::bigint[]) as q(id)
  union
  select u.asked, p.absorbed_into from up u join pairs p on p.id = u.id where p.absorbed_into is not null
)
select distinct on (u.asked) u.asked::text as "pairId", l.object as kind, l.record_id as "recordId"
from up u join links l on l.pair_id = u.id and l.system = 'hubspot' and l.object in ('contact', 'company', 'deal')
order by u.asked, (l.status = 'live') desc, l.created_at desc, l.record_id`;

/** The HubSpot record of each of these pairs; one that has none is not in it. */
export async function readPairRecords(
  db: Queryable,
  pairIds: readonly string[],
): Promise<ReadonlyMap<string, { kind: HubSpotObject; recordId: string }>> {
  if (pairIds.length === 0) return new Map();
  const { rows } = await db.query<{ pairId: string; kind: HubSpotObject; recordId: string }>({
    name: 'activity-pair-records',
    text: pairsSql,
    values: [[...new Set(pairIds)]],
  });
  return new Map(rows.map(({ pairId, ...record }) => [pairId, record]));
}
