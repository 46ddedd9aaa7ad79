import type { LedgerContext } from '../context.ts';
import { asLedger, inTransaction } from '../pool.ts';

/** A run's number as people type it. */
export function isRunId(runId: string): boolean {
  return /^\d{1,18}$/.test(runId);
}

const addSql = `
with known as (
  select coalesce(max(position), 0) as last from run_ids where run_id = $1
)
insert into run_ids (run_id, position, record_id)
select $1, known.last + q.place, q.id
from (select id, min(place) as place from unnest($2::text[]) with ordinality as u(id, place) group by id) as q cross join known
order by q.place
on conflict (run_id, record_id) do nothing`;

/**
 * Adds ids to a run; see the port. Positions rise in the order given and may leave gaps. Whoever adds to the same run at the same time waits.
 */
export async function addRunIds(
  { pool, connectionId }: LedgerContext,
  runId: string,
  ids: readonly string[],
): Promise<number> {
  if (!isRunId(runId)) return 0;
  return await asLedger(() =>
    inTransaction(pool, async (client) => {
      const open = ids.length > 0;
      const { rowCount: found } = await client.query({
        name: 'lock-run-ids',
        text: `update runs set ids_open = $3, moved_at = clock_timestamp() where connection_id = $1 and id = $2 and ids_open`,
        values: [connectionId, runId, open],
      });
      if (found === 0 || !open) return 0;
      return (await client.query({ name: 'add-run-ids', text: addSql, values: [runId, ids] })).rowCount ?? 0;
    }),
  );
}

/** The ids behind this position, in the order of their positions. */
export async function readRunIds(
  { pool }: LedgerContext,
  runId: string,
  after: number,
  limit: number,
): Promise<readonly { position: number; recordId: string }[]> {
  if (!isRunId(runId)) return [];
  const text = `select position::float8 as position, record_id as "recordId" from run_ids
                where run_id = $1 and position > $2 order by position limit $3`;
  return await asLedger(async () => {
    const values = [runId, after, limit];
    return (await pool.query<{ position: number; recordId: string }>({ name: 'run-ids', text, values })).rows;
  });
}
