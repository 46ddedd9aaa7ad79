import type { SalesforceReference } from '../domain/record.ts';
import { type LedgerContext, toJson } from './context.ts';
import { asLedger } from './pool.ts';

// Of several losers the one whose pair was erased decides.
const rememberSql = `
insert into links (connection_id, system, object, record_id, pair_id, status)
select distinct on (q.object, q.winner) $1::smallint, 'salesforce', q.object, q.winner, l.pair_id,
       case when r.tombstone_reason = 'erased' then 'erased' else 'merged' end
from jsonb_to_recordset($2::jsonb) as q(loser text, object text, winner text)
join links l on l.connection_id = $1 and l.system = 'salesforce' and l.object in ('Lead', 'Contact', 'Account') and l.record_id = q.loser
join pairs r on r.id = l.pair_id and r.tombstone_reason in ('contact_deleted', 'erased')
order by q.object, q.winner, r.tombstone_reason = 'erased' desc, l.pair_id
on conflict do nothing`;

/** Keeps winners of merges in Salesforce as memories of pairs that had ended; see the port. */
export async function rememberWinners(
  { pool, connectionId }: LedgerContext,
  merges: readonly { loserId: string; winner: SalesforceReference }[],
): Promise<void> {
  if (merges.length === 0) return;
  const rows = merges.map(({ loserId, winner }) => ({ loser: loserId, object: winner.object, winner: winner.id }));
  await asLedger(() =>
    pool.query({ name: 'remember-winners', text: rememberSql, values: [connectionId, toJson(rows)] }),
  );
}
