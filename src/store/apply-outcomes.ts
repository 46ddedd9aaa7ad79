import type pg from 'pg';
import type { RecordResult } from '../ports/ledger-result.ts';
import { toJson } from './context.ts';

// `record_id` is known only after a create. `unknown` stays open: the vendor may still commit it. Each intent is closed by its own outcome
// alone: that a later write of the pair happened does not keep an older one, whose answer was lost, from being carried out after it.
// A create that was certainly refused made nobody: it does not count against its run's limit. Fields that were not carried out with the rest,
// as roles that Salesforce refused, become an entry of their own: what is told as done was done.
const outcomesSql = `
with o as materialized (
  select * from jsonb_to_recordset($2::jsonb) as o(id bigint, state text, record_id text, error_code text, apart jsonb, apart_state text)
), apart as (
  insert into writes (connection_id, pair_id, run_id, token, mapping_version, system, object, record_id, operation, changes, state,
                      error_code, closed_at)
  select w.connection_id, w.pair_id, w.run_id, w.token, w.mapping_version, w.system, w.object, coalesce(w.record_id, o.record_id), 'update',
         (select jsonb_agg(c.value order by c.ordinality) from jsonb_array_elements(w.changes) with ordinality as c
          where o.apart ? (c.value ->> 'field')),
         o.apart_state, o.error_code, case when o.apart_state = 'unknown' then null else clock_timestamp() end
  from o join writes w on w.id = o.id and w.connection_id = $1 and w.state in ('open', 'unknown')
  where o.apart is not null
), closed as (
  update writes w set
    state = o.state, error_code = case when o.apart is null then o.error_code end, record_id = coalesce(w.record_id, o.record_id),
    changes = case when o.apart is null then w.changes else
      (select coalesce(jsonb_agg(c.value order by c.ordinality), '[]') from jsonb_array_elements(w.changes) with ordinality as c
       where not o.apart ? (c.value ->> 'field')) end,
    closed_at = case when o.state = 'unknown' then null else clock_timestamp() end
  from o
  where w.id = o.id and w.connection_id = $1 and w.state in ('open', 'unknown')
  returning w.run_id, w.operation, w.state
)
update runs r set creates = greatest(0, r.creates - c.refused)
from (
  select run_id, count(*) as refused from closed
  where state = 'refused' and operation = 'create' group by run_id
) as c
where r.id = c.run_id`;

// Emails are free once the pair has its person; all that it reserved is, once its writes came to nothing and none is open any more.
// The ids are given as an array, too (also in other statements): the planner then uses the index on them whatever it believes of sizes.
const freeReservedSql = `
delete from links l using jsonb_to_recordset($2::jsonb) as q(pair_id bigint, failed boolean), pairs r
where r.id = any($3::bigint[]) and r.id = q.pair_id and l.pair_id = any($3::bigint[]) and l.pair_id = r.id and l.connection_id = $1
  and l.status = 'reserved' and (
  (l.object = 'email' and r.person_id is not null)
  or ((l.object = 'email' or q.failed)
      and not exists (select from writes w where w.pair_id = r.id and w.state in ('open', 'unknown'))))`;

/** Closes intents by what became of them. Throws the driver's error. */
export async function applyOutcomes(
  client: pg.PoolClient,
  connectionId: number,
  results: readonly RecordResult[],
): Promise<void> {
  const outcomes = results.flatMap(({ outcomes: own = [] }) =>
    own.map((outcome) => ({
      id: outcome.intentId,
      state: outcome.state,
      record_id: outcome.recordId ?? null,
      error_code: outcome.errorCode ?? null,
      apart: outcome.without?.fields ?? null,
      apart_state: outcome.without?.state ?? null,
    })),
  );
  if (outcomes.length === 0) return;
  await client.query({ name: 'outcomes', text: outcomesSql, values: [connectionId, toJson(outcomes)] });
}

/** Frees what pairs had reserved and need no more. Throws the driver's error. */
export async function freeReserved(
  client: pg.PoolClient,
  connectionId: number,
  results: readonly RecordResult[],
): Promise<void> {
  const closed = results.flatMap(({ pairId, outcomes = [] }) => {
    const states = outcomes.flatMap(({ state }) => (state === 'unknown' ? [] : [state]));
    if (pairId === undefined || states.length === 0) return [];
    return [{ pair_id: pairId, failed: !states.includes('done') }];
  });
  if (closed.length === 0) return;
  const values = [connectionId, toJson(closed), closed.map(({ pair_id: pairId }) => pairId)];
  await client.query({ name: 'free-reserved', text: freeReservedSql, values });
}
