import type pg from 'pg';
import type { RecordResult } from '../ports/ledger-result.ts';
import { hashEmails, type LedgerContext, toJson } from './context.ts';
import { readFamilies } from './pair-family.ts';
import { isErasure } from './tombstones.ts';

// Values live in `bases` and `writes` alone [24]. Of a write its fields' names and rules stay, so that the log still says what was done.
const blankSql = `
update writes w set changes = coalesce((
  select jsonb_agg((c.value - 'sourceValue') || '{"before": null, "after": null, "erased": true}') from jsonb_array_elements(w.changes) as c
), '[]')
where w.pair_id = any($1::bigint[])`;

// Nothing is related to somebody who was erased, and nothing waits for them.
const unrelateSql = `
with ids as materialized (
  select record_id as id from links where pair_id = any($2::bigint[]) and system = 'hubspot' and object = 'contact'
  union select unnest($3::text[])
), own as (
  delete from relations r using ids where r.connection_id = $1 and r.object = 'contact' and r.record_id = ids.id
), others as (
  delete from relations r using ids where r.connection_id = $1 and r.to_object = 'contact' and r.to_id = ids.id
)
delete from parent_waits w using ids
where w.connection_id = $1 and w.system = 'hubspot' and w.object = 'contact' and w.record_id = ids.id`;

// It names who else wrote the field, which may be the person.
const forgetWritersSql = `
update frozen_fields set text = field || ': it was frozen for this contact; who else wrote it was erased.'
where pair_id = any($1::bigint[])`;

// How many values there are, and which of them are emails.
const baseValuesSql = `
select b.pair_id, 'base' as place, count(*)::int as count,
       array_agg(v.value #>> '{}') filter (where v.key in ('email', 'Email')) as emails
from bases b cross join lateral (select * from jsonb_each(b.hubspot) union all select * from jsonb_each(b.salesforce)) as v
where b.pair_id = any($1::bigint[]) and v.value <> 'null'
group by b.pair_id`;
const writeValuesSql = `
select w.pair_id, case when w.state in ('open', 'unknown') then 'open writes' else 'audit log' end as place, count(*)::int as count,
       array_agg(distinct v.value #>> '{}') filter (where c.value ->> 'field' in ('email', 'Email')) as emails
from writes w cross join lateral jsonb_array_elements(w.changes) as c
cross join lateral (values (c.value -> 'before'), (c.value -> 'after'), (c.value -> 'sourceValue')) as v(value)
where w.pair_id = any($1::bigint[]) and v.value <> 'null'
group by 1, 2`;

type Found = { pair_id: string; place: string; count: number; emails: string[] | null };

// What was told of the contact, and of all records of a pair that ends, goes as well; it holds no values, but sentences. Rows of the queue that
// nobody works on go with it; the claimed ones are settled by their own results.
const forgetSql = `
with records as (
  select q.place, 'hubspot' as system, 'contact' as object, q.contact_id as record_id
  from jsonb_to_recordset($2::jsonb) as q(place int, pair_id bigint, contact_id text)
  union
  select q.place, l.system, l.object, l.record_id
  from jsonb_to_recordset($2::jsonb) as q(place int, pair_id bigint, ends boolean)
  join links l on l.pair_id = q.pair_id and l.object <> 'email' where q.ends and l.pair_id = any($3::bigint[])
), failures_gone as (
  delete from failures f using records r
  where f.connection_id = $1 and f.system = r.system and f.object = r.object and f.record_id = r.record_id returning r.place
), decisions_gone as (
  delete from decisions d using records r
  where d.connection_id = $1 and d.system = r.system and d.object = r.object and d.record_id = r.record_id returning r.place
), pending_gone as (
  delete from pending p using records r
  where p.connection_id = $1 and p.system = r.system and p.object = r.object and p.record_id = r.record_id and p.lease_token is null
  returning r.place
)
select q.place,
       (select count(*)::int from failures_gone g where g.place = q.place) as failures,
       (select count(*)::int from decisions_gone g where g.place = q.place) as decisions,
       (select count(*)::int from pending_gone g where g.place = q.place) as pending,
       array(select l.record_id from links l where l.pair_id = q.pair_id and l.system = 'salesforce' order by 1) as persons
from jsonb_to_recordset($2::jsonb) as q(place int, pair_id bigint)`;

type Forgotten = { place: number; failures: number; decisions: number; pending: number; persons: string[] };

// One receipt per deletion; a further look at what is gone already makes none.
const receiptsSql = `
insert into erasures (connection_id, pair_id, contact_id, person_ids, erased)
select $1, q.pair_id, q.contact_id, array(select jsonb_array_elements_text(q.persons)), q.erased
from jsonb_to_recordset($2::jsonb) as q(pair_id bigint, contact_id text, persons jsonb, erased jsonb, found boolean)
where q.found or not exists (select from erasures e where e.connection_id = $1 and e.contact_id = q.contact_id)`;

/**
 * Erases what is known of persons whose contacts were erased for privacy in HubSpot: every value goes, in what was merged into their pairs,
 * too; ids and codes stay, keyed hashes of their emails, and a receipt. Where a pair goes on, as one of its merged contacts lives, its values go as
 * well (nobody can tell whose they were), but its email stays free. To be called once the results' bases are stored.
 */
export async function erasePersons(
  client: pg.PoolClient,
  context: LedgerContext,
  results: readonly RecordResult[],
): Promise<void> {
  const erased = results.filter((result) => isErasure(result));
  if (erased.length === 0) return;
  const family = await readFamilies(
    client,
    erased.flatMap(({ pairId }) => pairId ?? []),
  );
  const pairIds = family.map(({ id }) => id);
  const found = [
    ...(await client.query<Found>(baseValuesSql, [pairIds])).rows,
    ...(await client.query<Found>(writeValuesSql, [pairIds])).rows,
  ];
  const ended = new Set(erased.flatMap(({ pairId, tombstone }) => (tombstone === 'erased' ? (pairId ?? []) : [])));
  const endedIds = family.filter(({ root }) => ended.has(root)).map(({ id }) => id);
  const emails = found.flatMap((one) => (endedIds.includes(one.pair_id) ? (one.emails ?? []) : []));
  await keepHashes(client, context, endedIds, emails);
  await client.query(blankSql, [pairIds]);
  await client.query(forgetWritersSql, [pairIds]);
  await client.query('delete from bases where pair_id = any($1::bigint[])', [pairIds]);
  await client.query(unrelateSql, [
    context.connectionId,
    pairIds,
    erased.flatMap(({ contactId, retiredContactIds = [] }) => [contactId, ...retiredContactIds.map(({ id }) => id)]),
  ]);
  await client.query(
    `update stage_moves set state = 'conflict', closed_at = clock_timestamp() where pair_id = any($1::bigint[]) and state = 'open'`,
    [endedIds],
  );
  const counts = erased.map(({ pairId }) => {
    const own = new Set(family.filter(({ root }) => root === pairId).map(({ id }) => id));
    return countByPlace(found.filter(({ pair_id: id }) => own.has(id)));
  });
  await writeReceipts(client, context, erased, counts);
}

/** An email under which the pair was being created is kept as such a hash already. */
async function keepHashes(
  client: pg.PoolClient,
  context: LedgerContext,
  pairIds: readonly string[],
  emails: readonly string[],
): Promise<void> {
  const hashes = await hashEmails(client, context, [...new Set(emails)]);
  await client.query(
    `with reserved as (
       delete from links where pair_id = any($3::bigint[]) and connection_id = $1 and object = 'email' returning record_id
     ), kept as (
       select unnest(email_hashes) as hash from pairs where id = any($3::bigint[])
     ), blanked as (
       update pairs set email_hashes = '{}' where id = any($3::bigint[]) and email_hashes <> '{}'
     )
     insert into erased_emails (connection_id, hash)
     select $1, hash from unnest($2::text[]) as q(hash) union select $1, record_id from reserved union select $1, hash from kept
     on conflict do nothing`,
    [context.connectionId, [...hashes.values()], pairIds],
  );
}

function countByPlace(found: readonly Found[]): Record<string, number> {
  const counts: Record<string, number> = { base: 0, 'audit log': 0, 'open writes': 0 };
  for (const { place, count } of found) counts[place] = (counts[place] ?? 0) + count;
  return counts;
}

async function writeReceipts(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  erased: readonly RecordResult[],
  counts: readonly Record<string, number>[],
): Promise<void> {
  const asked = erased.map(({ contactId, pairId = null, tombstone }, place) => ({
    place,
    pair_id: pairId,
    contact_id: contactId,
    ends: tombstone === 'erased',
  }));
  const pairIds = erased.flatMap(({ pairId }) => pairId ?? []);
  const { rows } = await client.query<Forgotten>(forgetSql, [connectionId, toJson(asked), pairIds]);
  const receipts = rows.map(({ place, persons, failures, decisions, pending }) => {
    const values = counts[place] ?? {};
    const found = Object.values(values).some((count) => count > 0);
    const { pair_id: pairId, contact_id: contactId } = asked[place] ?? { pair_id: null, contact_id: '' };
    return {
      pair_id: pairId,
      contact_id: contactId,
      persons,
      found,
      erased: { ...values, failures, decisions, pending },
    };
  });
  await client.query(receiptsSql, [connectionId, toJson(receipts)]);
}

/** Of these emails, those of persons who were erased for privacy. */
export async function findErased(
  { pool, connectionId }: LedgerContext,
  emails: readonly string[],
): Promise<ReadonlySet<string>> {
  if (emails.length === 0) return new Set();
  const hashes = await hashEmails(pool, { pool, connectionId }, [...new Set(emails)]);
  const { rows } = await pool.query<{ hash: string }>({
    name: 'erased-emails',
    text: 'select hash from erased_emails where connection_id = $1 and hash = any($2)',
    values: [connectionId, [...new Set(hashes.values())]],
  });
  const erased = new Set(rows.map(({ hash }) => hash));
  return new Set([...hashes].flatMap(([email, hash]) => (erased.has(hash) ? [email.trim().toLowerCase()] : [])));
}
