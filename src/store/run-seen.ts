import type { HubSpotObject } from '../domain/record.ts';
import type { CompareLedger, SeenRecords, UnseenPair } from '../ports/ledger-compare.ts';
import type { LedgerContext } from './context.ts';
import type { Queryable } from './pool.ts';

const storeSql = `
insert into run_seen (run_id, system, object, record_id)
select $1, $2, $3, q.id from unnest($4::text[]) as q(id) on conflict do nothing`;

/** Keeps what a page of a run has seen, inside the caller's transaction. Throws the driver's error. */
export async function storeSeen(db: Queryable, runId: string, { system, object, ids }: SeenRecords): Promise<void> {
  if (ids.length === 0) return;
  await db.query({ name: 'store-seen', text: storeSql, values: [runId, system, object, ids] });
}

const seenSql = `
select q.id from unnest($4::text[]) as q(id)
cross join lateral (
  select true as found from run_seen where run_id = $1 and system = $2 and object = $3 and record_id = q.id limit 1
) as s`;

/** See `CompareLedger.seenIn`. Throws the driver's error. */
export async function findSeen(
  db: Queryable,
  runId: string,
  { system, object, ids }: SeenRecords,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const values = [runId, system, object, ids];
  const { rows } = await db.query<{ id: string }>({ name: 'find-seen', text: seenSql, values });
  return new Set(rows.map(({ id }) => id));
}

// A pair that was made or linked while the run lasts may have been missed on the page where it would have stood.
const unseenSql = `
with scanned as materialized (
  select id, object, person_object, person_id, tombstone_reason, created_at, landed_at, handed_over_at is not null as handed_over,
         coalesce(leased_until > statement_timestamp(), false) as leased
  from pairs where connection_id = $2 and id > $3 order by id limit $4
), started as (select started_at from runs where id = $1)
select (select max(id) from scanned) as last, (select count(*)::int from scanned) as scanned,
       (select coalesce(jsonb_agg(jsonb_build_object('pairId', p.id::text, 'object', p.object, 'recordId', c.record_id,
           'counterpart', jsonb_build_object('object', p.person_object, 'id', p.person_id),
           'isBusy', p.leased or due.found is not null, 'isFailing', h.found is not null and fault.found is not null,
           'unseen', to_jsonb(array_remove(array[
             case when h.found is null then 'hubspot' end, case when s.found is null then 'salesforce' end], null))) order by p.id), '[]')
        from scanned p cross join started r
        cross join lateral (
          select min(record_id) as record_id from links
          where pair_id = p.id and system = 'hubspot' and object = p.object and status = 'live'
        ) as c
        left join lateral (
          select true as found from run_seen where run_id = $1 and system = 'hubspot' and object = p.object and record_id = c.record_id limit 1
        ) as h on true
        left join lateral (
          select true as found from run_seen
          where run_id = $1 and system = 'salesforce' and object = p.person_object and record_id = p.person_id limit 1
        ) as s on true
        left join lateral (
          select true as found from pending
          where connection_id = $2 and system = 'hubspot' and object = p.object and record_id = c.record_id limit 1
        ) as due on true
        left join lateral (
          select true as found from failures
          where connection_id = $2 and system = 'hubspot' and object = p.object and record_id = c.record_id
            and code in ('person_deleted', 'account_deleted', 'opportunity_deleted') limit 1
        ) as fault on true
        left join lateral (
          select true as found from decisions
          where connection_id = $2 and system = 'hubspot' and object = p.object and record_id = c.record_id and outcome = 'not_wanted'
            and mapping_version = (select mapping_version from connections where id = $2) limit 1
        ) as ignored on true
        where p.object = any($5::text[]) and p.person_id is not null and p.tombstone_reason is null
          and greatest(p.created_at, coalesce(p.landed_at, '-infinity')) < r.started_at
          -- Below the gate nobody writes an id to a person, nor to what the mapping leaves alone on both sides: only rows that carry one are
          -- walked through.
          and (h.found is null or s.found is null and case when p.object = 'contact' then p.handed_over else ignored.found is null end)) as pairs`;

type UnseenRow = { last: string | null; scanned: number; pairs: UnseenPair[] };

/** See `CompareLedger.unseenPairs`. Throws the driver's error. */
export async function findUnseen(
  { pool, connectionId }: LedgerContext,
  runId: string,
  question: { objects: readonly HubSpotObject[]; afterPairId: string | null; scanned: number },
): ReturnType<CompareLedger['unseenPairs']> {
  const { objects, afterPairId, scanned } = question;
  const values = [runId, connectionId, afterPairId ?? '0', scanned, objects];
  const { rows } = await pool.query<UnseenRow>({ name: 'unseen-pairs', text: unseenSql, values });
  const row = rows[0];
  if (row === undefined) return { pairs: [], next: null };
  return { pairs: row.pairs, next: row.scanned < scanned ? null : row.last };
}
