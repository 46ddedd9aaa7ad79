import type { HubSpotKey } from '../domain/plan/types.ts';
import type { HubSpotObject } from '../domain/record.ts';
import {
  type KnownPair,
  type KnownRecord,
  keyOfRecord,
  type Related,
  type RelationLedger,
} from '../ports/ledger-relations.ts';
import { type LedgerContext, toJson } from './context.ts';
import { roleObject } from './kinds.ts';
import { asLedger } from './pool.ts';

// The limits make each step one look into an index, however small the planner takes the tables to be (see `known-persons.ts`).
const pairOfSql = (key: string) => `
left join lateral (
  select pair_id from links where connection_id = $1 and system = 'hubspot' and (object, record_id) = (${key}) limit 1
) as l on true
left join lateral (
  select jsonb_build_object(
    'counterpart', case when person_id is not null then jsonb_build_object('object', person_object, 'id', person_id) end,
    'handedOver', handed_over_at is not null, 'tombstone', tombstone_reason, 'dealState', deal_state) as pair
  from pairs where id = l.pair_id limit 1
) as p on true`;

const pairsSql = `
select q.object, q.record_id as "recordId", p.pair, passed.gate is not null as "passedGate", f.code as failure
from jsonb_to_recordset($2::jsonb) as q(object text, record_id text)
${pairOfSql('q.object, q.record_id')}
left join lateral (
  select true as gate from relations
  where connection_id = $1 and object = q.object and record_id = q.record_id and passed_gate limit 1
) as passed on true
left join lateral (
  select true as found from relations where connection_id = $1 and object = q.object and record_id = q.record_id limit 1
) as own on true
left join lateral (
  select true as found from relations where connection_id = $1 and to_object = q.object and to_id = q.record_id limit 1
) as named on true
left join lateral (
  select code from failures
  where connection_id = $1 and system = 'hubspot' and object = q.object and record_id = q.record_id limit 1
) as f on true
where p.pair is not null or own.found or named.found or f.code is not null`;

// `offset 0` keeps the subquery a step of its own, as the limits do.
const relatedSql = `
select q.object, q.record_id as "recordId", r.record_id as "from", r.passed_gate as "passedGate", p.pair
from jsonb_to_recordset($2::jsonb) as q(object text, record_id text)
cross join lateral (
  select object, record_id, passed_gate from relations
  where connection_id = $1 and to_object = q.object and to_id = q.record_id and object = $3 order by record_id offset 0
) as r
${pairOfSql('r.object, r.record_id')}`;

const recordsSql = `
select q.id, p.object, c.record_id as "recordId"
from unnest($2::text[]) as q(id)
cross join lateral (
  select pair_id from links
  where connection_id = $1 and system = 'salesforce' and object in ('Lead', 'Contact', 'Account', 'Opportunity') and record_id = q.id
    and status = 'live' limit 1
) as l
cross join lateral (select object from pairs where id = l.pair_id and tombstone_reason is null limit 1) as p
cross join lateral (
  select min(record_id) as record_id from links
  where pair_id = l.pair_id and system = 'hubspot' and object = p.object and status = 'live'
) as c
where c.record_id is not null`;

const knownSql = `
select q.id, l.pair_id as "pairId", case p.object when 'company' then 'Account' else 'Opportunity' end as object, l.status, p.tombstone_reason as tombstone,
       b.salesforce as base, c.record_id as "recordId", p.busy or due.found is not null as "isBusy"
from unnest($2::text[]) as q(id)
cross join lateral (
  select pair_id, status from links
  where connection_id = $1 and system = 'salesforce' and object in ('Account', 'Opportunity', '${roleObject}')
    and record_id = q.id limit 1
) as l
cross join lateral (
  select object, tombstone_reason, coalesce(leased_until > statement_timestamp(), false) as busy from pairs where id = l.pair_id limit 1
) as p
left join lateral (select salesforce from bases where pair_id = l.pair_id limit 1) as b on true
cross join lateral (
  select min(record_id) as record_id from links
  where pair_id = l.pair_id and system = 'hubspot' and object = p.object and status = 'live'
) as c
left join lateral (
  select true as found from pending
  where connection_id = $1 and system = 'hubspot' and object = p.object and record_id = c.record_id and due_at <= statement_timestamp() limit 1
) as due on true`;

type PairRow = HubSpotKey & { pair: KnownPair | null; passedGate: boolean; failure: string | null };
type RelatedRow = HubSpotKey & { from: string; passedGate: boolean; pair: KnownPair | null };

/** A record that is related to others before anything is known of itself. */
const unpaired: KnownPair = { counterpart: null, handedOver: false, tombstone: null, dealState: null };

/** What is related to what, and what stands for what: one statement each, whatever the number of records. */
export function createRelationLedger(context: LedgerContext): RelationLedger {
  return {
    knownPairs: (keys) => asLedger(() => readPairs(context, keys)),
    relatedTo: (keys, from) => asLedger(() => readRelated(context, keys, from)),
    recordsOf: (ids) => asLedger(() => readRecords(context, ids)),
    knownRecords: (ids) => asLedger(() => readKnown(context, ids)),
  };
}

async function readPairs(
  { pool, connectionId }: LedgerContext,
  keys: readonly HubSpotKey[],
): ReturnType<RelationLedger['knownPairs']> {
  if (keys.length === 0) return new Map();
  const values = [connectionId, toRows(keys)];
  const { rows } = await pool.query<PairRow>({ name: 'known-pairs', text: pairsSql, values });
  return new Map(
    rows.map(({ pair, passedGate, failure, ...key }) => [
      keyOfRecord(key),
      { ...(pair ?? unpaired), passedGate: passedGate || pair?.handedOver === true, failure },
    ]),
  );
}

async function readRelated(
  { pool, connectionId }: LedgerContext,
  keys: readonly HubSpotKey[],
  from: HubSpotObject,
): ReturnType<RelationLedger['relatedTo']> {
  if (keys.length === 0) return new Map();
  const values = [connectionId, toRows(keys), from];
  const { rows } = await pool.query<RelatedRow>({ name: 'related-to', text: relatedSql, values });
  const related = new Map<string, Related[]>();
  for (const { from: recordId, passedGate, pair, ...key } of rows) {
    const known = related.get(keyOfRecord(key)) ?? [];
    known.push({ recordId, passedGate, pair });
    related.set(keyOfRecord(key), known);
  }
  return related;
}

async function readRecords(
  { pool, connectionId }: LedgerContext,
  ids: readonly string[],
): ReturnType<RelationLedger['recordsOf']> {
  if (ids.length === 0) return new Map();
  const values = [connectionId, [...new Set(ids)]];
  const { rows } = await pool.query<HubSpotKey & { id: string }>({ name: 'records-of', text: recordsSql, values });
  return new Map(rows.map(({ id, object, recordId }) => [id, { object, recordId }]));
}

async function readKnown(
  { pool, connectionId }: LedgerContext,
  ids: readonly string[],
): ReturnType<RelationLedger['knownRecords']> {
  if (ids.length === 0) return new Map();
  const values = [connectionId, [...new Set(ids)]];
  const { rows } = await pool.query<KnownRecord & { id: string }>({ name: 'known-records', text: knownSql, values });
  return new Map(rows.map(({ id, ...record }) => [id, record]));
}

function toRows(keys: readonly HubSpotKey[]): string {
  const distinct = new Map(keys.map((key) => [keyOfRecord(key), key]));
  return toJson([...distinct.values()].map(({ object, recordId }) => ({ object, record_id: recordId })));
}
