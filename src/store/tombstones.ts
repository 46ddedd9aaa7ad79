import type pg from 'pg';
import type { RecordResult } from '../ports/ledger-result.ts';
import { toJson } from './context.ts';

// A pair that ends keeps its ids as memories. A deleted person leaves the pair's place in the unique index, a deleted contact does not: its
// person is the one to go on with, should it come back. An erased pair never goes on.
const endSql = `
with q as (
  select * from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, contact_id text, reason text)
), links_changed as (
  update links l set status = case when q.reason is null then 'live' when q.reason = 'erased' then 'erased' else 'deleted' end
  from q join pairs r on r.id = q.pair_id and r.tombstone_reason is distinct from 'erased'
  where l.pair_id = any($2::bigint[]) and l.pair_id = q.pair_id and (
    (q.reason = 'person_deleted' and l.status = 'live' and l.system = 'salesforce' and l.object = r.person_object and l.record_id = r.person_id)
    or (q.reason in ('contact_deleted', 'erased') and l.status = 'live' and l.system = 'hubspot' and l.object = r.object)
    or (q.reason is null and l.status = 'deleted' and l.system = 'hubspot' and l.object = r.object and l.record_id = q.contact_id))
)
update pairs p set
  tombstone_reason = q.reason, updated_at = clock_timestamp(), landed_at = clock_timestamp(), landed_in = pg_current_xact_id(),
  person_object = case when q.reason = 'person_deleted' then null else p.person_object end,
  person_id = case when q.reason = 'person_deleted' then null else p.person_id end,
  hubspot_stage = case when q.reason is null then p.hubspot_stage end,
  salesforce_stage = case when q.reason is null then p.salesforce_stage end,
  stage_cause = case when q.reason is null then p.stage_cause end
from q
where p.id = any($2::bigint[]) and p.id = q.pair_id and p.tombstone_reason is distinct from 'erased'
  and p.tombstone_reason is distinct from q.reason
returning p.id`;

/**
 * Ends pairs, or lets them go on, as the results say. Erased values are somebody else's to erase. Throws the driver's error.
 * @returns the pairs to which that happened
 */
export async function applyTombstones(
  client: pg.PoolClient,
  results: readonly RecordResult[],
): Promise<readonly string[]> {
  const rows = results.flatMap(({ contactId, pairId, tombstone }) =>
    pairId === undefined || tombstone === undefined
      ? []
      : [{ pair_id: pairId, contact_id: contactId, reason: tombstone }],
  );
  if (rows.length === 0) return [];
  const values = [toJson(rows), rows.map((row) => row.pair_id)];
  const { rows: ended } = await client.query<{ id: string }>({ name: 'end-pairs', text: endSql, values });
  return ended.map(({ id }) => id);
}

/** Whether the result tells of a privacy deletion. The pair may go on: one of its merged contacts was erased, and another one lives. */
export function isErasure({ tombstone, retiredContactIds = [] }: RecordResult): boolean {
  return tombstone === 'erased' || retiredContactIds.some(({ status }) => status === 'erased');
}
