import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { hashEmails, type LedgerContext, toJson } from './context.ts';
import { applyTombstones } from './tombstones.ts';

// A link stays with its pair: a row of another pair's makes the statement fail on the pair's unique index or count (below).
const linksSql = `
insert into links as l (connection_id, system, object, record_id, pair_id, status)
select distinct on (q.system, q.object, q.record_id) $1::smallint, q.system, q.object, q.record_id, q.pair_id, q.status
from jsonb_to_recordset($2::jsonb) as q(system text, object text, record_id text, pair_id bigint, status text, rank int)
order by q.system, q.object, q.record_id, q.rank
on conflict (connection_id, system, object, record_id) do update set status = excluded.status
where l.pair_id = excluded.pair_id`;

// Whoever waits for the record waits for the moment in which its pair lands [16].
const landsSql = `(q.person_id is not null and (p.person_object, p.person_id) is distinct from (q.person_object, q.person_id))
    or (q.handed_over and p.handed_over_at is null)`;

const pairsSql = `
update pairs p set
  person_object = coalesce(q.person_object, p.person_object),
  person_id = coalesce(q.person_id, p.person_id),
  handed_over_at = case when q.handed_over then coalesce(p.handed_over_at, clock_timestamp()) else p.handed_over_at end,
  hubspot_written_at = greatest(p.hubspot_written_at, to_timestamp(q.written / 1000.0)),
  -- Whoever has a person again has not ended with the one that was deleted.
  tombstone_reason = case when q.person_id is null or p.tombstone_reason <> 'person_deleted' then p.tombstone_reason end,
  hubspot_stage = case when q.stages is null then p.hubspot_stage else q.stages ->> 'hubspot' end,
  salesforce_stage = case when q.stages is null then p.salesforce_stage else q.stages ->> 'salesforce' end,
  stage_cause = case when q.stages is null then p.stage_cause else q.stages ->> 'cause' end,
  landed_at = case when ${landsSql} then clock_timestamp() else p.landed_at end,
  landed_in = case when ${landsSql} then pg_current_xact_id() else p.landed_in end,
  updated_at = clock_timestamp()
from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, person_object text, person_id text, handed_over boolean, written float8, stages jsonb)
where p.id = any($2::bigint[]) and p.id = q.pair_id
returning p.id, p.landed_in is not distinct from pg_current_xact_id() as landed`;

const basesSql = `
insert into bases as b (pair_id, hubspot, salesforce, mapping_version)
select q.pair_id, q.hubspot, q.salesforce, $1 from jsonb_to_recordset($2::jsonb) as q(pair_id bigint, hubspot jsonb, salesforce jsonb)
on conflict (pair_id) do update set
  hubspot = b.hubspot || excluded.hubspot, salesforce = b.salesforce || excluded.salesforce,
  mapping_version = excluded.mapping_version, updated_at = clock_timestamp()`;

/** Stores whom the pairs consist of and where they stand. Throws the driver's error. @returns the pairs that landed or ended */
export async function applyPairs(
  client: pg.PoolClient,
  connectionId: number,
  object: HubSpotObject,
  results: readonly RecordResult[],
): Promise<ReadonlySet<string>> {
  const links = results.flatMap((result) => toLinks(result, object));
  if (links.length > 0) {
    const { rowCount } = await client.query({ name: 'links', text: linksSql, values: [connectionId, toJson(links)] });
    const asked = new Set(links.map(({ system, object, record_id: id }) => `${system}\n${object}\n${id}`));
    // An id that belongs to another pair: the caller finds the guilty record by halves.
    if (rowCount !== asked.size) throw Object.assign(new Error('link of another pair'), { code: '23505' });
  }
  const pairs = results.flatMap(({ pairId, person, handedOver, hubspotWrittenAtMs, stages }) => {
    const known =
      person === undefined && handedOver !== true && hubspotWrittenAtMs === undefined && stages === undefined;
    if (pairId === undefined || known) return [];
    return [
      {
        pair_id: pairId,
        person_object: person?.object ?? null,
        person_id: person?.id ?? null,
        handed_over: handedOver === true,
        written: hubspotWrittenAtMs ?? null,
        stages: stages ?? null,
      },
    ];
  });
  const ids = pairs.map(({ pair_id: pairId }) => pairId);
  const landed = new Set<string>();
  if (pairs.length > 0) {
    const values = [toJson(pairs), ids];
    const { rows } = await client.query<{ id: string; landed: boolean }>({ name: 'pairs', text: pairsSql, values });
    for (const row of rows) if (row.landed) landed.add(row.id);
  }
  for (const id of await applyTombstones(client, results)) landed.add(id);
  return landed;
}

// Written only where there is a new one.
const emailsSql = `
update pairs p set email_hashes = array(select distinct unnest(p.email_hashes || q.hashes) order by 1)
from (select pair_id, array(select jsonb_array_elements_text(hashes)) as hashes
      from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, hashes jsonb)) as q
where p.id = q.pair_id and not p.email_hashes @> q.hashes`;

/** Keeps keyed hashes of the contacts' emails, for a later erasure. Throws the driver's error. */
export async function applyEmails(
  client: pg.PoolClient,
  context: LedgerContext,
  results: readonly RecordResult[],
): Promise<void> {
  const told = results.flatMap(({ pairId, emails = [] }) =>
    pairId === undefined || emails.length === 0 ? [] : [{ pairId, emails }],
  );
  if (told.length === 0) return;
  const hashes = await hashEmails(client, context, [...new Set(told.flatMap(({ emails }) => emails))]);
  const rows = told.map(({ pairId, emails }) => ({
    pair_id: pairId,
    hashes: emails.flatMap((email) => hashes.get(email) ?? []),
  }));
  await client.query({ name: 'pair-emails', text: emailsSql, values: [toJson(rows)] });
}

/** Stores what both sides held when they agreed, field by field. Throws the driver's error. */
export async function applyBases(
  client: pg.PoolClient,
  mappingVersion: number,
  results: readonly RecordResult[],
): Promise<void> {
  const bases = results.flatMap(({ pairId, agreed }) =>
    agreed === undefined || agreed === null || pairId === undefined ? [] : [{ pair_id: pairId, ...agreed }],
  );
  if (bases.length === 0) return;
  await client.query({ name: 'merge-bases', text: basesSql, values: [mappingVersion, toJson(bases)] });
}

type LinkRow = { system: string; object: string; record_id: string; pair_id: string; status: string; rank: number };

function toLinks(result: RecordResult, kind: HubSpotObject): readonly LinkRow[] {
  const { pairId, person, bornContactId, retiredContactIds = [], retiredPersonIds = [] } = result;
  if (pairId === undefined) return [];
  const link = (system: string, object: string, id: string, status: string, rank: number) => ({
    system,
    object,
    record_id: id,
    pair_id: pairId,
    status,
    rank,
  });
  return [
    ...(person === undefined ? [] : [link('salesforce', person.object, person.id, 'live', 0)]),
    ...(bornContactId === undefined ? [] : [link('hubspot', kind, bornContactId, 'live', 0)]),
    ...retiredContactIds.map(({ id, status }) => link('hubspot', kind, id, status, 1)),
    ...retiredPersonIds.map(({ object, id, status }) => link('salesforce', object, id, status, 1)),
  ];
}
