import type pg from 'pg';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { type LedgerContext, toJson } from './context.ts';
import type { Held } from './held.ts';
import { landingKeys, mayLand } from './parent-locks.ts';
import { relationKeySql, relationRows } from './relations.ts';

/** `isAwaited`: somebody waits for this record; `isWaiting`: it waits for somebody itself. */
export type HeldResult = Held & { isAwaited: boolean; isWaiting: boolean };

// As `held.ts`; and together with the rows of our own, in the one order of their keys, those of all that the commit will mark: else a
// contact's commit that marks its company and a company's commit that marks its contact would wait for each other. Whoever waits for one of
// these records is known here for good, as its lock is ours by now.
const heldSql = `
with own as materialized (
  select q.record_id, q.pair_id from jsonb_to_recordset($3::jsonb) as q(record_id text, pair_id bigint)
), waiters as materialized (
  select k.record_id as parent, w.system, w.object, w.record_id
  from unnest($6::text[], $10::text[], $11::text[], $12::text[]) as k(record_id, system, object, parent_id)
  cross join lateral (
    select system, object, record_id from parent_waits
    where connection_id = $1 and parent_system = k.system and parent_object = k.object and parent_id = k.parent_id offset 0
  ) as w
), others as (
  select m.system, m.object, m.record_id from jsonb_to_recordset($7::jsonb) as m(system text, object text, record_id text)
  union
  select system, object, record_id from waiters
  union
  select 'hubspot', t.to_object, t.to_id
  from jsonb_to_recordset($8::jsonb) as t(object text, record_id text, to_object text, to_id text, passed boolean)
  left join lateral (select passed_gate from relations where key = ${relationKeySql('t')} limit 1) as r on true
  where r.passed_gate is distinct from t.passed
  union
  select 'hubspot', r.to_object, r.to_id
  from jsonb_to_recordset($9::jsonb) as d(record_id text, pair_id bigint, state text, ends boolean)
  cross join lateral (select deal_state from pairs where id = d.pair_id limit 1) as p
  cross join lateral (
    select to_object, to_id from relations where connection_id = $1 and object = 'deal' and record_id = d.record_id offset 0
  ) as r
  where d.ends or p.deal_state is distinct from d.state
), keys as materialized (
  select $4 as system, $5 as object, record_id, pair_id, true as is_own from own
  union all
  select o.system, o.object, o.record_id, null, false from others o
  where not (o.system = $4 and o.object = $5 and o.record_id in (select record_id from own))
)
select p.record_id, k.is_own as "isOwn", p.run_id as "runId", p.priority,
       p.lease_token is not distinct from $2 and (k.pair_id is null or r.lease_token is not distinct from $2) as "isHeld",
       k.is_own and p.record_id in (select parent from waiters) as "isAwaited",
       k.is_own and w.found is not null as "isWaiting"
from (select * from keys order by system, object, record_id offset 0) as k
cross join lateral (
  select * from pending where connection_id = $1 and system = k.system and object = k.object and record_id = k.record_id limit 1 for update
) as p
left join lateral (select lease_token from pairs where id = k.pair_id limit 1) as r on true
left join lateral (
  select true as found from parent_waits where connection_id = $1 and system = k.system and object = k.object and record_id = k.record_id limit 1
) as w on true`;

type Row = HeldResult & { record_id: string; isOwn: boolean; isHeld: boolean };

/**
 * Which of the results' records are still leased under the token, by their ids. Their rows stay locked until the transaction ends, and so do
 * those of the records that are to be marked with them. Throws the driver's error.
 */
export async function holdResults(
  client: pg.PoolClient,
  { context: { connectionId }, of, token }: { context: LedgerContext; of: RecordType; token: string },
  results: readonly RecordResult[],
): Promise<ReadonlyMap<string, HeldResult>> {
  const own = results.map(({ contactId, pairId = null }) => ({ record_id: contactId, pair_id: pairId }));
  const landing = results
    .filter(mayLand)
    .flatMap((result) => landingKeys(of, result).map((key) => ({ ...key, contactId: result.contactId })));
  const marked = results.flatMap(({ marks = [] }) =>
    marks.map(({ system, object, recordId }) => ({ system, object, record_id: recordId })),
  );
  const deals = results.flatMap(({ contactId, bornContactId, pairId, dealState, tombstone = null }) =>
    pairId === undefined || (dealState === undefined && tombstone === null)
      ? []
      : [
          {
            record_id: bornContactId ?? contactId,
            pair_id: pairId,
            state: dealState ?? null,
            ends: tombstone !== null,
          },
        ],
  );
  const { rows } = await client.query<Row>({
    name: 'hold-results',
    text: heldSql,
    values: [
      connectionId,
      token,
      toJson(own),
      of.system,
      of.object,
      landing.map(({ contactId }) => contactId),
      toJson(marked),
      toJson(relationRows(of, results)),
      toJson(deals),
      landing.map(({ system }) => system),
      landing.map(({ object }) => object),
      landing.map(({ recordId }) => recordId),
    ],
  });
  return new Map(rows.filter(({ isOwn, isHeld }) => isOwn && isHeld).map((row) => [row.record_id, row]));
}
