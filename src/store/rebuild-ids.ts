import type { HubSpotObject } from '../domain/record.ts';
import type { FoundId, ToldBy } from '../ports/ledger-rebuild.ts';
import { toJson } from './context.ts';
import type { Queryable } from './pool.ts';

const addSql = `
insert into rebuild_ids (run_id, object, record_id, counterpart_object, counterpart_id, told_by)
select distinct on (q.record_id, q.counterpart_id) $1::bigint, $2, q.record_id, q.counterpart_object, q.counterpart_id, q.told_by
from jsonb_to_recordset($3::jsonb) as q(record_id text, counterpart_object text, counterpart_id text, told_by text)
order by q.record_id, q.counterpart_id on conflict do nothing`;

/** See `RebuildLedger.addFoundIds`. Throws the driver's error, as all here. */
export async function addFoundIds(
  db: Queryable,
  runId: string,
  object: HubSpotObject,
  ids: readonly FoundId[],
): Promise<void> {
  if (ids.length === 0) return;
  const rows = ids.map(({ recordId, counterpart, toldBy }) => ({
    record_id: recordId,
    counterpart_object: counterpart.object,
    counterpart_id: counterpart.id,
    told_by: toldBy,
  }));
  await db.query({ name: 'add-found-ids', text: addSql, values: [runId, object, toJson(rows)] });
}

const recordsSql = `
select distinct record_id from rebuild_ids
where run_id = $1 and object = $2 and record_id > $3 order by record_id limit $4`;

/** See `RebuildLedger.foundRecords`. */
export async function readFoundRecords(
  db: Queryable,
  runId: string,
  object: HubSpotObject,
  page: { after: string | null; limit: number },
): Promise<readonly string[]> {
  const values = [runId, object, page.after ?? '', page.limit];
  const { rows } = await db.query<{ record_id: string }>({ name: 'found-records', text: recordsSql, values });
  return rows.map((row) => row.record_id);
}

const idsSql = `
select o.record_id as "recordId", o.counterpart_object as object, o.counterpart_id as id, o.told_by as "toldBy"
from rebuild_ids o
where o.run_id = $1 and o.object = $2 and o.counterpart_id = any(array(
  select counterpart_id from rebuild_ids where run_id = $1 and object = $2 and record_id = any($3::text[])))
order by 1, 3`;

type IdRow = { recordId: string; object: FoundId['counterpart']['object']; id: string; toldBy: ToldBy };

/** See `RebuildLedger.foundIds`. */
export async function readFoundIds(
  db: Queryable,
  runId: string,
  object: HubSpotObject,
  recordIds: readonly string[],
): Promise<readonly FoundId[]> {
  if (recordIds.length === 0) return [];
  const values = [runId, object, recordIds];
  const { rows } = await db.query<IdRow>({ name: 'found-ids', text: idsSql, values });
  return rows.map(({ recordId, toldBy, ...counterpart }) => ({ recordId, counterpart, toldBy }));
}

const pairsSql = `
select p.pair_id as "pairId", c.record_id as "recordId"
from (
  select distinct pair_id from rebuild_ids
  where run_id = $1 and object = $2 and pair_id > $3 order by pair_id limit $4
) as p
cross join lateral (
  select min(record_id) as record_id from links
  where pair_id = p.pair_id and system = 'hubspot' and object = $2 and status = 'live'
) as c
where c.record_id is not null order by p.pair_id`;

/** See `RebuildLedger.rebuiltPairs`. */
export async function readRebuiltPairs(
  db: Queryable,
  runId: string,
  object: HubSpotObject,
  page: { afterPairId: string | null; limit: number },
): Promise<readonly { pairId: string; recordId: string }[]> {
  const values = [runId, object, page.afterPairId ?? '0', page.limit];
  return (await db.query<{ pairId: string; recordId: string }>({ name: 'rebuilt-pairs', text: pairsSql, values })).rows;
}
