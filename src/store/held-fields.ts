import type pg from 'pg';
import type { RecordResult } from '../ports/ledger-result.ts';
import { toJson } from './context.ts';

// What both sides agree on anew is no revert's any more: a human has changed one of them, and the rule has had its turn.
const releaseSql = `
delete from held_fields h using jsonb_to_recordset($1::jsonb) as q(pair_id bigint, hubspot jsonb, salesforce jsonb)
where h.pair_id = any($2::bigint[]) and h.pair_id = q.pair_id and (q.hubspot ? h.hubspot or q.salesforce ? h.salesforce)`;

const holdSql = `
insert into held_fields as h (pair_id, hubspot, salesforce, run_id)
select distinct on (q.pair_id, q.hubspot, q.salesforce) q.pair_id, q.hubspot, q.salesforce, q.run_id
from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, hubspot text, salesforce text, run_id bigint)
order by q.pair_id, q.hubspot, q.salesforce
on conflict (pair_id, hubspot, salesforce) do update set run_id = excluded.run_id, held_at = clock_timestamp()`;

/**
 * Ends the hold of fields on which ordinary looks have agreed anew [23]. A look of a revert ends none: it holds them. Throws the driver's error.
 */
export async function releaseHeld(client: pg.PoolClient, results: readonly RecordResult[]): Promise<void> {
  const agreed = results.flatMap(({ pairId, agreed, revert }) =>
    pairId === undefined || agreed == null || revert !== undefined ? [] : [{ pair_id: pairId, ...agreed }],
  );
  if (agreed.length === 0) return;
  const values = [toJson(agreed), agreed.map((row) => row.pair_id)];
  await client.query({ name: 'release-held', text: releaseSql, values });
}

export type FieldToHold = { pairId: string; hubspot: string; salesforce: string; runId: string };

/** Holds fields that a revert put back: one of an earlier revert is this one's from now on. Throws the driver's error. */
export async function holdFields(client: pg.PoolClient, fields: readonly FieldToHold[]): Promise<void> {
  if (fields.length === 0) return;
  const rows = fields.map(({ pairId, runId, ...names }) => ({ pair_id: pairId, run_id: runId, ...names }));
  await client.query({ name: 'hold-fields', text: holdSql, values: [toJson(rows)] });
}
