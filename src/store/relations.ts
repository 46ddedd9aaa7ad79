import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { Mark, RecordType } from '../ports/ledger-claim.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { type LedgerContext, toJson } from './context.ts';
import type { Held } from './held.ts';
import { hubspotObjectOf } from './kinds.ts';

type Work = { context: LedgerContext; of: RecordType };
type Row = { object: HubSpotObject; record_id: string; to_object: HubSpotObject; to_id: string; passed: boolean };

/** The primary key of a relation, from the columns of `row`. */
export const relationKeySql = (row: string) =>
  `$1::smallint::text || ' ' || ${row}.object || ' ' || ${row}.record_id || ' ' || ${row}.to_object || ' ' || ${row}.to_id`;

// What is stored as it is told stays untouched.
const replaceSql = `
with q as materialized (
  select * from jsonb_to_recordset($2::jsonb) as q(object text, record_id text, to_object text, to_id text, passed boolean)
), gone as (
  delete from relations where key = any(array(
    select r.key from unnest($4::text[]) as i(id)
    cross join lateral (
      select key, record_id, to_object, to_id from relations where connection_id = $1 and object = $3 and record_id = i.id offset 0
    ) as r
    where (r.record_id, r.to_object, r.to_id) not in (select record_id, to_object, to_id from q)))
  returning record_id, to_object, to_id
), told as (
  insert into relations as r (connection_id, object, record_id, to_object, to_id, passed_gate)
  select $1, q.object, q.record_id, q.to_object, q.to_id, q.passed
  from q left join lateral (
    select passed_gate from relations where key = ${relationKeySql('q')} limit 1
  ) as stored on true
  where stored.passed_gate is distinct from q.passed
  order by 2, 3, 4, 5
  on conflict (key) do update set passed_gate = excluded.passed_gate
  returning r.record_id, r.to_object, r.to_id, r.passed_gate as passed, xmax = 0 as fresh
)
select record_id, to_object, to_id, passed, case when fresh then 'new' else 'changed' end as how from told
union all
select record_id, to_object, to_id, false, 'gone' from gone`;

/** What is new, changed or gone among the relations of a record. */
export type RelationChange = Omit<Row, 'object'> & { how: 'new' | 'changed' | 'gone' };

/** The relations that results tell of, one row each. Of one that was born in Salesforce they are its HubSpot record's. */
export function relationRows(of: RecordType, results: readonly RecordResult[]): readonly Row[] {
  const object = hubspotObjectOf(of);
  const rows = new Map<string, Row>();
  for (const { contactId, bornContactId, relations = [] } of results) {
    const recordId = bornContactId ?? contactId;
    for (const { to, passedGate } of relations) {
      const key = `${recordId}\n${to.object}\n${to.recordId}`;
      const passed = passedGate || rows.get(key)?.passed === true;
      rows.set(key, { object, record_id: recordId, to_object: to.object, to_id: to.recordId, passed });
    }
  }
  return [...rows.values()];
}

/** Puts what the results tell in place of what was stored, where it differs. Throws the driver's error. @returns what differed */
export async function replaceRelations(
  client: pg.PoolClient,
  { context: { connectionId }, of }: Work,
  results: readonly RecordResult[],
): Promise<readonly RelationChange[]> {
  const ids = results.flatMap(({ contactId, bornContactId, relations }) =>
    relations === undefined ? [] : [bornContactId ?? contactId],
  );
  if (ids.length === 0) return [];
  const values = [connectionId, toJson(relationRows(of, results)), hubspotObjectOf(of), ids];
  const { rows } = await client.query<RelationChange>({ name: 'replace-relations', text: replaceSql, values });
  return rows;
}

/**
 * Companies that have won a contact, or one of whose contacts has passed the gate since. Marked as urgently as the record that told of it.
 * A deal's contact makes a company wanted once it has passed.
 */
export function marksOfCompanies(
  of: RecordType,
  changes: readonly RelationChange[],
  held: (recordId: string) => Held | undefined,
): readonly Mark[] {
  const isOfContact = hubspotObjectOf(of) === 'contact';
  const wanted = changes.filter(
    ({ to_object: object, how, passed }) =>
      object === 'company' && (how === 'changed' || (how === 'new' && (isOfContact || passed))),
  );
  return wanted.map((change) => markOf(change, 'relation', held(change.record_id)));
}

const pairedSql = `
select l.record_id from links l join pairs p on p.id = l.pair_id
where l.connection_id = $1 and l.system = 'hubspot' and l.object = 'company' and l.record_id = any($2::text[])
  and l.status = 'live' and p.person_id is not null and p.handed_over_at is not null and p.tombstone_reason is null`;

/**
 * Of marks of companies those that have no Account yet, or one that is only linked: the others want nothing of a further contact. Throws the
 * driver's error.
 */
export async function unpairedOnly(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  marks: readonly Mark[],
): Promise<readonly Mark[]> {
  if (marks.length === 0) return [];
  const values = [connectionId, [...new Set(marks.map(({ recordId }) => recordId))]];
  const { rows } = await client.query<{ record_id: string }>({ name: 'paired-companies', text: pairedSql, values });
  const paired = new Set(rows.map((row) => row.record_id));
  return marks.filter(({ recordId }) => !paired.has(recordId));
}

type DealEnd = Pick<Row, 'to_object' | 'to_id'>;

/** As urgent as the record that told of it, and part of the same run. */
export function markOf(
  { to_object: object, to_id: recordId }: DealEnd,
  source: string,
  teller: Held | undefined,
): Mark {
  const { priority = 2, runId = null } = teller ?? {};
  return { system: 'hubspot', object, recordId, priority, source, ...(runId === null ? {} : { runId }) };
}

const dropSql = `delete from relations where connection_id = $1 and object = $2 and record_id = any($3::text[])`;

/** What is gone is related to nothing any more; that others are related to it is for them to tell. Throws the driver's error. */
export async function dropRelations(
  client: pg.PoolClient,
  { context: { connectionId }, of }: Work,
  results: readonly RecordResult[],
): Promise<void> {
  const gone = results.flatMap(({ contactId, retiredContactIds = [], tombstone }) => [
    ...retiredContactIds.flatMap(({ id, status }) => (status === 'merged' ? [] : [id])),
    ...(of.system === 'hubspot' && (tombstone === 'contact_deleted' || tombstone === 'erased') ? [contactId] : []),
  ]);
  if (gone.length === 0) return;
  const values = [connectionId, hubspotObjectOf(of), [...new Set(gone)]];
  await client.query({ name: 'drop-relations', text: dropSql, values });
}

// The next look of the survivor tells what is true; until then it has what all had.
const followSql = `
with q as materialized (select * from jsonb_to_recordset($2::jsonb) as q(merged text, survivor text)),
own as (
  delete from relations r using q
  where r.connection_id = $1 and r.object = $3 and r.record_id = q.merged and r.record_id = any($4::text[])
  returning r.object, q.survivor as record_id, r.to_object, r.to_id, r.passed_gate
), others as (
  delete from relations r using q
  where r.connection_id = $1 and r.to_object = $3 and r.to_id = q.merged and r.to_id = any($4::text[])
  returning r.object, r.record_id, r.to_object, q.survivor as to_id, r.passed_gate
), followed as (
  insert into relations as r (connection_id, object, record_id, to_object, to_id, passed_gate)
  select $1::smallint, object, record_id, to_object, to_id, bool_or(passed_gate)
  from (select * from own union all select * from others) as m
  group by object, record_id, to_object, to_id
  order by object, record_id, to_object, to_id
  on conflict (key) do update set passed_gate = r.passed_gate or excluded.passed_gate
  returning object, to_object, to_id, xmax = 0 as fresh
)
select distinct to_object, to_id from followed where fresh and object = 'deal' and object = $3`;

/**
 * Relations of and to merged records lead to their survivors. Throws the driver's error.
 * @returns marks of contacts and companies that come to another deal with it: it may have come to something else than the one they had
 */
export async function followMerges(
  client: pg.PoolClient,
  { connectionId, object, look }: { connectionId: number; object: HubSpotObject; look: Held | undefined },
  merges: readonly { merged: string; survivor: string }[],
): Promise<readonly Mark[]> {
  if (merges.length === 0) return [];
  const values = [connectionId, toJson(merges), object, merges.map(({ merged }) => merged)];
  const { rows } = await client.query<DealEnd>({ name: 'follow-merges', text: followSql, values });
  return rows.map((end) => markOf(end, 'deal', look));
}
