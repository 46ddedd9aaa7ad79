import type pg from 'pg';
import type { Priority } from '../ports/budget.ts';
import type { RecordType } from '../ports/ledger-claim.ts';
import { type LedgerContext, toJson } from './context.ts';

export type Held = { runId: string | null; priority: Priority };

// The token of the row *and* of its pair: after a lapse the pair may be in other hands while the row still carries ours. Rows are locked
// in the order of their key, as marks do.
const heldSql = `
select p.record_id, p.run_id, p.priority,
       p.lease_token is not distinct from $1 and (q.pair_id is null or r.lease_token is not distinct from $1) as held
from jsonb_to_recordset($3::jsonb) as q(record_id text, pair_id bigint)
join pending p on p.connection_id = $2 and p.system = $4 and p.object = $5 and p.record_id = q.record_id
left join pairs r on r.id = q.pair_id and r.id = any($6::bigint[])
order by p.record_id
for update of p`;

/** Which of the records are still leased under the token, by their ids. Their rows stay locked until the transaction ends. */
export async function findHeld(
  client: pg.PoolClient,
  { context, of, token }: { context: LedgerContext; of: RecordType; token: string },
  records: readonly { contactId: string; pairId: string | null }[],
): Promise<ReadonlyMap<string, Held>> {
  const keys = records.map(({ contactId, pairId }) => ({ record_id: contactId, pair_id: pairId }));
  const { rows } = await client.query<{ record_id: string; run_id: string | null; priority: Priority; held: boolean }>({
    name: 'held',
    text: heldSql,
    values: [
      token,
      context.connectionId,
      toJson(keys),
      of.system,
      of.object,
      records.flatMap(({ pairId }) => pairId ?? []),
    ],
  });
  return new Map(
    rows.filter(({ held }) => held).map((row) => [row.record_id, { runId: row.run_id, priority: row.priority }]),
  );
}
