import type pg from 'pg';
import type { HubSpotObject, SalesforceReference } from '../../domain/record.ts';
import type { KnownPair, PairClues, RecordMarks } from '../../ports/ledger-search.ts';
import { hashEmails, type LedgerContext } from '../context.ts';

/** What each kind is in Salesforce. */
export const counterpartObjects: Readonly<Record<HubSpotObject, readonly string[]>> = {
  contact: ['Lead', 'Contact'],
  company: ['Account'],
  deal: ['Opportunity'],
};

/** Where a base keeps what is shown: the property of HubSpot, else the field of Salesforce. Names of this file, never of a caller. */
const shown: Readonly<Record<HubSpotObject, Readonly<Record<string, readonly [property: string, field: string]>>>> = {
  contact: {
    first_name: ['firstname', 'FirstName'],
    name: ['lastname', 'LastName'],
    email: ['email', 'Email'],
    detail: ['company', 'Company'],
  },
  company: { name: ['name', 'Name'], detail: ['domain', ''] },
  deal: { name: ['dealname', 'Name'] },
};

function valueSql(object: HubSpotObject, column: string): string {
  const names = shown[object][column];
  if (names === undefined) return `null::text as ${column}`;
  const [property, field] = names;
  return `coalesce(nullif(b.hubspot ->> '${property}', ''), nullif(b.salesforce ->> '${field}', '')) as ${column}`;
}

/** A deal's stage is in its base alone, and so is a company's. */
const stageSql: Readonly<Record<HubSpotObject, string>> = {
  contact: 'p.hubspot_stage',
  company: `b.hubspot ->> 'lifecyclestage'`,
  deal: `b.hubspot ->> 'dealstage'`,
};

/** What is shown of the pairs that `found (pair_id)` names. `$1` is the connection, `$2` the kind. */
const pairsSql = (object: HubSpotObject, found: string) => `
with found as (${found})
select p.id::text as "pairId", coalesce(h.live, h.gone) as "recordId", coalesce(h.ids, '{}') as "recordIds", h.live is not null as "isLive",
       p.person_object, p.person_id, p.tombstone_reason is not null as "isEnded",
       ${['first_name', 'name', 'email', 'detail'].map((column) => valueSql(object, column)).join(', ')},
       ${stageSql[object]} as stage,
       exists (select from failures f where f.connection_id = $1 and (
         (f.system = 'hubspot' and f.object = $2 and f.record_id = coalesce(h.live, h.gone))
         or (f.system = 'salesforce' and f.object = p.person_object and f.record_id = p.person_id))) as failing,
       exists (select from pending q where q.connection_id = $1 and (
         (q.system = 'hubspot' and q.object = $2 and q.record_id = coalesce(h.live, h.gone))
         or (q.system = 'salesforce' and q.object = p.person_object and q.record_id = p.person_id))) as pending,
       (select extract(epoch from w.at)::float8 * 1000 from writes w where w.pair_id = p.id and w.state = 'done'
        order by w.at desc limit 1) as "lastChangeAtMs"
from (select distinct pair_id from found) as q
join pairs p on p.id = q.pair_id and p.connection_id = $1 and p.object = $2 and p.absorbed_into is null
left join bases b on b.pair_id = p.id
left join lateral (
  select min(record_id) filter (where status = 'live') as live,
         (array_agg(record_id order by created_at desc, record_id) filter (where status <> 'live' and status <> 'reserved'))[1] as gone,
         array_agg(record_id) as ids
  from links l where l.pair_id = p.id and l.system = 'hubspot' and l.object = p.object
) as h on true`;

type PairRow = Omit<KnownPair, 'counterpart' | 'firstName'> & {
  person_object: SalesforceReference['object'] | null;
  person_id: string | null;
  first_name: string | null;
};

function toKnownPair({ person_object: object, person_id: id, first_name: firstName, ...row }: PairRow): KnownPair {
  return { ...row, firstName, counterpart: object === null || id === null ? null : { object, id } };
}

// Each arm is a look into an index; that of emails holds the first 320 characters. Of an erased pair nothing is found by an email.
const cluesSql = `
select pair_id from links where connection_id = $1 and system = 'hubspot' and object = $2 and record_id = any($3)
union all
select pair_id from links where connection_id = $1 and system = 'salesforce' and object = any($4) and record_id = any($5)
union all
select pair_id from bases
where $2 = 'contact' and hubspot ->> 'email' is not null and left(lower(hubspot ->> 'email'), 320) = left($6::text, 320)
  and lower(hubspot ->> 'email') = $6::text
union all
select pair_id from links where connection_id = $1 and system = 'hubspot' and object = 'email' and record_id = $7`;

/** The pairs that any of the clues leads to, in one statement. Throws the driver's error. */
export async function findPairs(
  context: LedgerContext,
  object: HubSpotObject,
  { recordIds = [], counterpartIds = [], email }: PairClues,
): Promise<readonly KnownPair[]> {
  const { pool, connectionId } = context;
  const address = object === 'contact' ? email?.trim().toLowerCase() : undefined;
  const hashes = await hashEmails(pool, context, address === undefined ? [] : [address]);
  const { rows } = await pool.query<PairRow>({
    name: `find-pairs-${object}`,
    text: pairsSql(object, cluesSql),
    values: [
      connectionId,
      object,
      recordIds,
      counterpartObjects[object],
      counterpartIds,
      address ?? null,
      hashes.get(address ?? '') ?? null,
    ],
  });
  return rows.map(toKnownPair);
}

/** The same by the ids of the pairs. Throws the driver's error. */
export async function readPairs(
  pool: pg.Pool,
  connectionId: number,
  object: HubSpotObject,
  pairIds: readonly string[],
): Promise<ReadonlyMap<string, KnownPair>> {
  if (pairIds.length === 0) return new Map();
  const { rows } = await pool.query<PairRow>({
    name: `read-pairs-${object}`,
    text: pairsSql(object, 'select unnest($3::bigint[]) as pair_id'),
    values: [connectionId, object, pairIds],
  });
  return new Map(rows.map((row) => [row.pairId, toKnownPair(row)]));
}

const marksSql = `
select q.id, bool_or(f.record_id is not null) as failing, bool_or(m.record_id is not null) as pending,
       bool_or(d.record_id is not null) as "isDecided"
from unnest($3::text[]) as o(object) cross join unnest($4::text[]) as q(id)
left join failures f on f.connection_id = $1 and f.system = $2 and f.object = o.object and f.record_id = q.id
left join pending m on m.connection_id = $1 and m.system = $2 and m.object = o.object and m.record_id = q.id
left join decisions d on d.connection_id = $1 and d.system = $2 and d.object = o.object and d.record_id = q.id
group by q.id`;

/** Whether records fail, wait for a look, or have had one, pair or not. Throws the driver's error. */
export async function readMarks(
  { pool, connectionId }: LedgerContext,
  { system, objects }: { system: string; objects: readonly string[] },
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordMarks>> {
  if (ids.length === 0) return new Map();
  const values = [connectionId, system, objects, ids];
  const { rows } = await pool.query<{ id: string } & RecordMarks>({ name: 'record-marks', text: marksSql, values });
  const noted = rows.filter(({ failing, pending, isDecided }) => failing || pending || isDecided);
  return new Map(noted.map(({ id, ...marks }) => [id, marks]));
}
