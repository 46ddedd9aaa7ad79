import type pg from 'pg';
import type { Mark, RecordKey, RecordType } from '../ports/ledger-claim.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { type LedgerContext, toJson } from './context.ts';
import type { Held } from './held.ts';
import type { HeldResult } from './hold-results.ts';
import { systemOf } from './kinds.ts';
import { markWith } from './ledger-pending.ts';
import { asLedger, inTransaction } from './pool.ts';
import { inherited } from './runs/look-runs.ts';

type Work = { context: LedgerContext; of: RecordType; token: string };

// The parent's lock is ours: it has landed before now, or will find this wait. It has landed unseen where the claim could not see the
// transaction that landed it; one that is older than an hour was seen, whatever the numbers say (they are another cluster's after a restore).
const registerSql = `
with q as materialized (
  select * from jsonb_to_recordset($4::jsonb) as q(record_id text, parent_system text, parent_object text, parent_id text)
), gone as (
  delete from parent_waits where key = any(array(
    select w.key from unnest($5::text[], $6::boolean[]) as i(id, anew)
    cross join lateral (
      select key, record_id, parent_system, parent_object, parent_id, token from parent_waits
      where connection_id = $1 and system = $2 and object = $3 and record_id = i.id offset 0
    ) as w
    where (i.anew or w.token <> $7) and (w.record_id, w.parent_system, w.parent_object, w.parent_id) not in
          (select record_id, parent_system, parent_object, parent_id from q)))
), told as (
  insert into parent_waits (connection_id, system, object, record_id, parent_system, parent_object, parent_id, token)
  select distinct $1::smallint, $2, $3, q.record_id, q.parent_system, q.parent_object, q.parent_id, $7::uuid from q
  order by 4, 5, 6, 7
  on conflict (key) do update set token = excluded.token
)
select distinct q.record_id
from q
cross join lateral (
  select pair_id from links
  where connection_id = $1 and system = q.parent_system and object = q.parent_object and record_id = q.parent_id limit 1
) as l
cross join lateral (select landed_at, landed_in from pairs where id = l.pair_id limit 1) as p
cross join lateral (
  select claimed_in from pending where connection_id = $1 and system = $2 and object = $3 and record_id = q.record_id limit 1
) as c
where p.landed_at > clock_timestamp() - interval '1 hour' and not pg_visible_in_snapshot(p.landed_in, c.claimed_in)`;

/**
 * Registers whom records wait for, in place of whom they waited for before; a record whose look ends without a wait, in none of its steps,
 * waits no more. Throws the driver's error.
 * @returns marks of the records whose parents have landed meanwhile
 */
export async function registerWaits(
  client: pg.PoolClient,
  { context: { connectionId }, of, token }: Work,
  results: readonly RecordResult[],
  held: ReadonlyMap<string, HeldResult>,
): Promise<readonly Mark[]> {
  const told = results.filter(
    ({ contactId, waitsFor, settle }) =>
      (waitsFor !== undefined && waitsFor.length > 0) ||
      (held.get(contactId)?.isWaiting === true && (waitsFor !== undefined || settle !== undefined)),
  );
  if (told.length === 0) return [];
  const rows = told.flatMap(({ contactId, waitsFor = [] }) =>
    waitsFor.map(({ object, recordId }) => ({
      record_id: contactId,
      parent_system: systemOf(object),
      parent_object: object,
      parent_id: recordId,
    })),
  );
  const ids = told.map(({ contactId }) => contactId);
  const anew = told.map(({ waitsFor }) => waitsFor !== undefined);
  const values = [connectionId, of.system, of.object, toJson(rows), ids, anew, token];
  const { rows: landed } = await client.query<{ record_id: string }>({
    name: 'register-waits',
    text: registerSql,
    values,
  });
  return landed.map(({ record_id: recordId }) => markOf({ ...of, recordId }, held.get(recordId)));
}

/** A record that has landed, and the look that found it. */
export type Landed = { key: RecordKey; look: Held | undefined };

type ParentRow = { parent_system: string; parent_object: string; parent_id: string };
type WaitRow = { system: RecordKey['system']; object: string; record_id: string };

const releaseSql = `
delete from parent_waits w using jsonb_to_recordset($2::jsonb) as k(system text, object text, record_id text)
where w.connection_id = $1 and w.parent_system = k.system and w.parent_object = k.object and w.parent_id = k.record_id
  and w.parent_id = any($3::text[])
returning w.system, w.object, w.record_id, w.parent_system, w.parent_object, w.parent_id`;

/** Ends the waits for records that have landed. Throws the driver's error. @returns marks of those who waited, as urgent as what they waited for */
export async function releaseWaits(
  client: pg.PoolClient,
  connectionId: number,
  parents: readonly Landed[],
): Promise<readonly Mark[]> {
  if (parents.length === 0) return [];
  const rows = parents.map(({ key: { system, object, recordId } }) => ({ system, object, record_id: recordId }));
  const values = [connectionId, toJson(rows), parents.map(({ key }) => key.recordId)];
  const { rows: freed } = await client.query<WaitRow & ParentRow>({ name: 'release-waits', text: releaseSql, values });
  const looks = new Map(
    parents.map(({ key: { system, object, recordId }, look }) => [`${system}\n${object}\n${recordId}`, look]),
  );
  return freed.map((row) => {
    const look = looks.get(`${row.parent_system}\n${row.parent_object}\n${row.parent_id}`);
    return markOf({ system: row.system, object: row.object, recordId: row.record_id }, look);
  });
}

function markOf(key: RecordKey, look: Held | undefined): Mark {
  return inherited({ ...key, priority: 2, source: 'parent' }, look);
}

// A wait that nothing ended is looked into after a day, whatever became of its parent; then after two, four, and so on up to a month: a contact
// may stay below the gate for long.
const oldSql = `
select w.system, w.object, w.record_id, w.parent_system, w.parent_object, w.parent_id, w.since::text as since
from parent_waits w
left join lateral (
  select pair_id from links
  where connection_id = $1 and system = w.parent_system and object = w.parent_object and record_id = w.parent_id limit 1
) as l on true
left join lateral (select landed_at from pairs where id = l.pair_id limit 1) as p on true
cross join lateral (select coalesce(w.remarked_at, w.since) as at) as looked
where w.connection_id = $1 and w.since < clock_timestamp() - make_interval(secs => $2)
  and (p.landed_at >= looked.at
       or looked.at < clock_timestamp() - greatest(interval '1 day', least(interval '30 days', looked.at - w.since)))
order by w.since
limit 5000`;

const noteSql = `
update parent_waits w set remarked_at = clock_timestamp()
from jsonb_to_recordset($2::jsonb) as q(system text, object text, record_id text, parent_system text, parent_object text, parent_id text,
     since timestamptz)
where w.connection_id = $1 and w.system = q.system and w.object = q.object and w.record_id = q.record_id
  and w.parent_system = q.parent_system and w.parent_object = q.parent_object and w.parent_id = q.parent_id and w.since = q.since`;

/**
 * Marks records that have waited for so long although their parent has landed since, and those that have waited for a day, then less and less
 * often: the look that follows ends the wait, or goes on waiting. Marks first, as commits lock the record before its waits.
 * @returns how many were marked
 */
export async function remarkOldWaits(context: LedgerContext, olderThanMs: number): Promise<number> {
  const { pool, connectionId } = context;
  return await asLedger(() =>
    inTransaction(pool, async (client) => {
      const { rows } = await client.query<WaitRow>(oldSql, [connectionId, olderThanMs / 1_000]);
      if (rows.length === 0) return 0;
      const marks = rows.map(
        ({ system, object, record_id: recordId }): Mark => ({ system, object, recordId, priority: 3, source: 'wait' }),
      );
      const marked = await markWith(client, context, marks);
      await client.query(noteSql, [connectionId, toJson(rows)]);
      return marked;
    }),
  );
}
