import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { toJson } from './context.ts';

const statesSql = `
update pairs p set deal_state = q.state, updated_at = clock_timestamp()
from jsonb_to_recordset($1::jsonb) as q(pair_id bigint, state text)
where p.id = any($2::bigint[]) and p.id = q.pair_id and p.deal_state is distinct from q.state
returning p.id`;

/** Stores what deals have come to. Throws the driver's error. @returns the pairs where that is new */
export async function applyDealStates(
  client: pg.PoolClient,
  results: readonly RecordResult[],
): Promise<ReadonlySet<string>> {
  const rows = results.flatMap(({ pairId, dealState }) =>
    pairId === undefined || dealState === undefined ? [] : [{ pair_id: pairId, state: dealState }],
  );
  if (rows.length === 0) return new Set();
  const values = [toJson(rows), rows.map((row) => row.pair_id)];
  const { rows: changed } = await client.query<{ id: string }>({ name: 'deal-states', text: statesSql, values });
  return new Set(changed.map(({ id }) => id));
}

export type DealRelation = { record_id: string; to_object: HubSpotObject; to_id: string };

/** The contacts and companies of these deals. Throws the driver's error. */
export async function readDealRelations(
  client: pg.PoolClient,
  connectionId: number,
  dealIds: readonly string[],
): Promise<readonly DealRelation[]> {
  if (dealIds.length === 0) return [];
  const text = `select record_id, to_object, to_id from relations where connection_id = $1 and object = 'deal' and record_id = any($2::text[])`;
  return (await client.query<DealRelation>({ name: 'deal-relations', text, values: [connectionId, dealIds] })).rows;
}
