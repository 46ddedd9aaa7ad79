import type pg from 'pg';
import type { AccessLedger } from '../../ports/ledger-access.ts';
import { type LedgerContext, toJson } from '../context.ts';
import { asLedger } from '../pool.ts';

const askSql = `
insert into actions (connection_id, actor, role, via, code, target_kind, target_id, details)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning id::text`;

const endSql = `
update actions set outcome = $2, status = $3, problem = $4, finished_at = clock_timestamp(),
  target_kind = coalesce($5, target_kind), target_id = coalesce($6, target_id), details = details || $7::jsonb
where id = $1 and outcome = 'asked'`;

/** What people asked for: a row before anything is done, completed behind it. */
export function createActionLedger({
  pool,
  connectionId,
}: LedgerContext): Pick<AccessLedger, 'askAction' | 'endAction'> {
  return {
    askAction: ({ actor, role, via, code, target, details }) =>
      asLedger(async () => {
        const of = [target?.kind ?? null, target?.id ?? null];
        const values = [connectionId, actor, role, via, code, ...of, toJson(details)];
        const { rows } = await pool.query<{ id: string }>({ name: 'ask-action', text: askSql, values });
        return rows[0]?.id ?? '';
      }),

    endAction: (id, { outcome, status, problem, target, details = {} }) =>
      asLedger(async () => {
        const of = [target?.kind ?? null, target?.id ?? null];
        const values = [id, outcome, status, problem, ...of, toJson(details)];
        await pool.query({ name: 'end-action', text: endSql, values });
      }),
  };
}

/** @param keptMonths as the rest of the audit log @returns how many were dropped */
export async function retireActions(pool: pg.Pool, keptMonths: number): Promise<number> {
  const { rowCount } = await pool.query(
    'delete from actions where at < clock_timestamp() - make_interval(months => $1)',
    [keptMonths],
  );
  return rowCount ?? 0;
}
