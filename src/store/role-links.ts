import type pg from 'pg';
import type { RecordResult } from '../ports/ledger-result.ts';
import { toJson } from './context.ts';
import { roleObject } from './kinds.ts';

// Only what is new or has moved is written. What a merged deal had goes on as the survivor's.
const linkSql = `
insert into links as l (connection_id, system, object, record_id, pair_id, status)
select distinct on (q.id) $1::smallint, 'salesforce', '${roleObject}', q.id, q.pair_id, 'live'
from jsonb_to_recordset($2::jsonb) as q(id text, pair_id bigint)
left join lateral (
  select pair_id, status from links
  where connection_id = $1 and system = 'salesforce' and object = '${roleObject}' and record_id = q.id limit 1
) as k on true
where k.pair_id is distinct from q.pair_id or k.status <> 'live'
order by q.id
on conflict (connection_id, system, object, record_id) do update set pair_id = excluded.pair_id, status = excluded.status`;

// Roles that a deal has no more tell nothing of it.
const dropSql = `
delete from links l using jsonb_to_recordset($2::jsonb) as q(pair_id bigint, ids jsonb)
where l.pair_id = any($3::bigint[]) and l.pair_id = q.pair_id and l.connection_id = $1 and l.system = 'salesforce'
  and l.object = '${roleObject}' and not q.ids ? l.record_id`;

/**
 * Keeps which contact roles belong to which deal: of one that somebody deletes Salesforce tells no more than its id. Throws the driver's
 * error.
 */
export async function linkRoles(
  client: pg.PoolClient,
  connectionId: number,
  results: readonly RecordResult[],
): Promise<void> {
  const told = results.flatMap(({ pairId, roleIds }) =>
    pairId === undefined || roleIds === undefined ? [] : [{ pair_id: pairId, ids: roleIds }],
  );
  if (told.length === 0) return;
  const pairIds = told.map(({ pair_id: pairId }) => pairId);
  await client.query({ name: 'drop-roles', text: dropSql, values: [connectionId, toJson(told), pairIds] });
  const rows = told.flatMap(({ pair_id, ids }) => ids.map((id) => ({ id, pair_id })));
  if (rows.length > 0) await client.query({ name: 'link-roles', text: linkSql, values: [connectionId, toJson(rows)] });
}
