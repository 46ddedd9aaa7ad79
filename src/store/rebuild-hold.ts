import type { RebuildHold } from '../ports/ledger-rebuild.ts';
import type { Queryable } from './pool.ts';

// The newest rebuild decides: one that is begun anew takes over what those before it have linked. From the last page behind its policy on its
// records are looked at like all others. What a rebuild that did not come to its end has linked is nobody's to write before it is settled.
const holding = `
select r.id from (
  select id, state, phase, options from runs where connection_id = $1 and kind = 'rebuild' and not dry_run order by id desc limit 1
) as r
where not (r.phase = 'draining' and r.options ? 'policy')
  and (r.state in ('running', 'paused', 'stopped', 'review')
    or (r.state in ('failed', 'cancelled') and exists (select from rebuild_ids where pair_id is not null)))`;

/** Whether a rebuild keeps everything from being written to the CRMs. `$1` is the connection. To be put into a statement. */
export const isRebuildingSql = `exists (${holding})`;

/** The rebuild that keeps everything from being written; null: none does. Throws the driver's error. */
export async function readRebuildHold(db: Queryable, connectionId: number): Promise<RebuildHold | null> {
  const text = `select id::text as "runId", state from runs where id = (${holding})`;
  return (await db.query<RebuildHold>({ name: 'rebuild-hold', text, values: [connectionId] })).rows[0] ?? null;
}
