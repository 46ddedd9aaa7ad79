import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { type LedgerContext, toJson } from './context.ts';
import { askedAgainSql } from './ledger-pending.ts';
import { asLedger, inTransaction } from './pool.ts';

const freezeSql = `
insert into frozen_fields (connection_id, pair_id, system, field, code, text)
select distinct on (q.pair_id, q.system, q.field) $1::smallint, q.pair_id, q.system, q.field, q.code, q.text
from jsonb_to_recordset($2::jsonb) as q(pair_id bigint, system text, field text, code text, text text)
order by q.pair_id, q.system, q.field
on conflict (pair_id, system, field) where thawed_at is null do nothing`;

/** Stores which fields are left alone from now on; one that is frozen already stays as it is. Throws the driver's error. */
export async function applyFreezes(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  results: readonly RecordResult[],
): Promise<void> {
  const rows = results.flatMap(({ pairId, freezes = [] }) =>
    pairId === undefined ? [] : freezes.map((freeze) => ({ pair_id: pairId, ...freeze })),
  );
  if (rows.length === 0) return;
  await client.query({ name: 'freeze-fields', text: freezeSql, values: [connectionId, toJson(rows)] });
}

const thawSql = `
update frozen_fields z set thawed_at = clock_timestamp(), thawed_by = $3
from links l
where l.connection_id = $1 and l.system = 'hubspot' and l.object = $5 and l.record_id = $2
  and z.pair_id = l.pair_id and z.thawed_at is null and ($4::text is null or z.field = $4)`;

// The record that is alive now, whichever of its ids was named. A person asked for it: no delay of a failing record holds it back.
const markSql = `
insert into pending as p (connection_id, system, object, record_id, priority, source, due_at, counter, hints)
select $1, 'hubspot', $3, h.record_id, 2, 'thaw', clock_timestamp(), nextval('pending_counter'), coalesce(f.hints, 0)
from (
  select coalesce(min(h.record_id), $2) as record_id from links l join links h on h.pair_id = l.pair_id
  where l.connection_id = $1 and l.system = 'hubspot' and l.object = $3 and l.record_id = $2
    and h.system = 'hubspot' and h.object = $3 and h.status = 'live'
) as h
left join failures f on f.connection_id = $1 and f.system = 'hubspot' and f.object = $3 and f.record_id = h.record_id
on conflict (connection_id, system, object, record_id) do update set
${askedAgainSql}`;

/** Lets frozen fields of the record's pair be written again, and marks the record. @returns how many were frozen */
export async function thawFields(
  { pool, connectionId }: LedgerContext,
  contactId: string,
  by: string,
  field?: string,
  object: HubSpotObject = 'contact',
): Promise<number> {
  return await asLedger(() =>
    inTransaction(pool, async (client) => {
      const { rowCount } = await client.query(thawSql, [connectionId, contactId, by, field ?? null, object]);
      if ((rowCount ?? 0) > 0) await client.query(markSql, [connectionId, contactId, object]);
      return rowCount ?? 0;
    }),
  );
}
