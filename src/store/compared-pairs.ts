import type { HubSpotObject, SalesforceObject } from '../domain/record.ts';
import type { ComparedPair, ComparedRecord, CompareLedger } from '../ports/ledger-compare.ts';
import type { LedgerContext } from './context.ts';
import { hubspotObjectOf } from './kinds.ts';
import { asLedger, type Queryable } from './pool.ts';
import { findSeen, findUnseen } from './run-seen.ts';

// The limits make each step one look into an index, however small the planner takes the tables to be (see `known-persons.ts`).
// What failed under an earlier mapping may go well under this one.
const failedOf = (hubspotObject: string, recordId: string) => `
left join lateral (
  select extract(epoch from last_at)::float8 * 1000 as at from failures
  where connection_id = $1 and system = 'hubspot' and object = ${hubspotObject} and record_id = ${recordId}
    and last_at >= coalesce((select v.activated_at from connections n join mapping_versions v on v.connection_id = n.id and v.version = n.mapping_version
                             where n.id = $1), '-infinity') limit 1
)`;

const pairOf = (side: 'hubspot' | 'salesforce', hubspotObject: string) => `
left join lateral (
  select id, jsonb_build_object('object', person_object, 'id', person_id) as counterpart, person_id, tombstone_reason, recycles,
         handed_over_at is not null as handed_over, coalesce(leased_until > statement_timestamp(), false) as leased
  from pairs where id = l.pair_id limit 1
) as p on true
left join lateral (select ${side} as base from bases where pair_id = l.pair_id limit 1) as b on true
left join lateral (
  select min(record_id) as record_id from links
  where pair_id = l.pair_id and system = 'hubspot' and object = ${hubspotObject} and status = 'live'
) as c on true
left join lateral (
  select true as found from pending
  where connection_id = $1 and system = 'hubspot' and object = ${hubspotObject} and record_id = c.record_id limit 1
) as due on true
left join lateral (
  select jsonb_agg(jsonb_build_object('system', system, 'field', field)) as fields
  from frozen_fields where pair_id = l.pair_id and thawed_at is null
) as z on true
left join lateral (select jsonb_agg(${side}) as fields from held_fields where pair_id = l.pair_id) as v on true
${failedOf(hubspotObject, 'c.record_id')} as fault on true`;

const pairColumn = `
case when p.id is not null then jsonb_build_object(
  'pairId', p.id::text, 'status', l.status, 'recordId', c.record_id, 'counterpart', case when p.person_id is not null then p.counterpart end,
  'tombstone', p.tombstone_reason, 'handedOver', p.handed_over, 'recycles', p.recycles, 'base', b.base,
  'isBusy', p.leased or due.found is not null, 'frozen', coalesce(z.fields, '[]'), 'held', coalesce(v.fields, '[]'),
  'failedAtMs', fault.at) end`;

const recordsSql = `
select q.id, ${pairColumn} as pair, decided.found is not null as "isDecided", decided.left_alone as "leftAloneAtMs",
       failed.at as "failedAtMs",
       own.found is not null as "isPending", named.found is not null or passed.found is not null as "isWanted"
from unnest($3::text[]) as q(id)
left join lateral (
  select pair_id, status from links where connection_id = $1 and system = 'hubspot' and object = $2 and record_id = q.id limit 1
) as l on true
${pairOf('hubspot', '$2')}
left join lateral (
  select true as found, case when outcome = 'not_wanted' and mapping_version = (select mapping_version from connections where id = $1)
                             then extract(epoch from at)::float8 * 1000 end as left_alone
  from decisions where connection_id = $1 and system = 'hubspot' and object = $2 and record_id = q.id limit 1
) as decided on true
${failedOf('$2', 'q.id')} as failed on true
left join lateral (
  select true as found from pending where connection_id = $1 and system = 'hubspot' and object = $2 and record_id = q.id limit 1
) as own on true
left join lateral (
  select true as found from relations
  where connection_id = $1 and object = 'contact' and to_object = $2 and to_id = q.id and passed_gate limit 1
) as named on true
left join lateral (
  select true as found from relations
  where connection_id = $1 and object = $2 and object = 'deal' and record_id = q.id and passed_gate limit 1
) as passed on true`;

const counterpartsSql = `
select q.id, ${pairColumn} as pair
from unnest($3::text[]) as q(id)
cross join lateral (
  select pair_id, status from links where connection_id = $1 and system = 'salesforce' and object = $2 and record_id = q.id limit 1
) as l
${pairOf('salesforce', '$4')}`;

/** What a comparison asks of the ledger: one statement for each page. */
export function createCompareLedger(context: LedgerContext): CompareLedger {
  const { pool, connectionId } = context;
  return {
    comparedRecords: (object, ids) => asLedger(() => readRecords(context, object, ids)),
    comparedCounterparts: (object, ids) => asLedger(() => readCounterparts(context, object, ids)),
    seenIn: (runId, records) => asLedger(() => findSeen(pool, runId, records)),
    unseenPairs: (runId, question) => asLedger(() => findUnseen(context, runId, question)),
    ledgerSinceMs: () => asLedger(() => readSince(pool, connectionId)),
  };
}

async function readRecords(
  { pool, connectionId }: LedgerContext,
  object: HubSpotObject,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ComparedRecord>> {
  if (ids.length === 0) return new Map();
  const values = [connectionId, object, ids];
  const { rows } = await pool.query<ComparedRecord & { id: string }>({
    name: 'compared-records',
    text: recordsSql,
    values,
  });
  return new Map(rows.map(({ id, ...record }) => [id, record]));
}

async function readCounterparts(
  { pool, connectionId }: LedgerContext,
  object: SalesforceObject,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ComparedPair>> {
  if (ids.length === 0) return new Map();
  const values = [connectionId, object, ids, hubspotObjectOf({ object })];
  const { rows } = await pool.query<{ id: string; pair: ComparedPair | null }>({
    name: 'compared-counterparts',
    text: counterpartsSql,
    values,
  });
  return new Map(rows.flatMap(({ id, pair }) => (pair === null ? [] : [[id, pair] as const])));
}

async function readSince(db: Queryable, connectionId: number): Promise<number> {
  const text = 'select extract(epoch from created_at)::float8 * 1000 as since from connections where id = $1';
  const { rows } = await db.query<{ since: number }>({ name: 'ledger-since', text, values: [connectionId] });
  return rows[0]?.since ?? 0;
}
