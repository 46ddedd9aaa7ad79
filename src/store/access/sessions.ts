import type pg from 'pg';
import { type AccessLedger, sessionIdlesMs } from '../../ports/ledger-access.ts';
import type { LedgerContext } from '../context.ts';
import { asLedger } from '../pool.ts';

type SessionLedger = Pick<AccessLedger, 'startSession' | 'findSession' | 'endSession'>;

const epochMs = (column: string) => `floor(extract(epoch from ${column})::float8 * 1000)`;

/** Sessions of one name at once. Nobody has so many browsers; whoever signs in again and again fills no table. */
const mostPerName = 20;

// The statement does not see the row that it inserts.
const startSql = `
with older as (
  select id_hash from sessions where connection_id = $2 and name = $3
  order by seen_at desc, id_hash offset ${mostPerName - 1}
), dropped as (
  delete from sessions s using older o where s.id_hash = o.id_hash
)
insert into sessions (id_hash, connection_id, name, token_proof, expires_at)
values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))
returning ${epochMs('expires_at')} as "expiresAtMs"`;

// One write a minute is enough to know who is idle.
const findSql = `
with found as (
  select id_hash, name, token_proof, expires_at, seen_at from sessions
  where id_hash = $1 and connection_id = $2 and expires_at > clock_timestamp()
    and seen_at > clock_timestamp() - make_interval(secs => $3)
), used as (
  update sessions s set seen_at = clock_timestamp()
  from found f where $4 and s.id_hash = f.id_hash and f.seen_at < clock_timestamp() - interval '1 minute'
)
select name, token_proof as "tokenProof", ${epochMs('expires_at')} as "expiresAtMs" from found`;

export function createSessionLedger({ pool, connectionId }: LedgerContext): SessionLedger {
  return {
    startSession: ({ idHash, name, tokenProof, lastsMs }) =>
      asLedger(async () => {
        const values = [idHash, connectionId, name, tokenProof, lastsMs / 1_000];
        const { rows } = await pool.query<{ expiresAtMs: number }>({ name: 'start-session', text: startSql, values });
        return rows[0]?.expiresAtMs ?? 0;
      }),

    findSession: (idHash, { idleMs, isUse }) =>
      asLedger(async () => {
        const values = [idHash, connectionId, idleMs / 1_000, isUse];
        const { rows } = await pool.query<{ name: string; tokenProof: Buffer; expiresAtMs: number }>({
          name: 'find-session',
          text: findSql,
          values,
        });
        return rows[0] ?? null;
      }),

    endSession: (idHash) =>
      asLedger(async () => {
        await pool.query('delete from sessions where id_hash = $1 and connection_id = $2', [idHash, connectionId]);
      }),
  };
}

/** A session that is past its end, or was not used for so long that it has ended, serves nobody any more. @returns how many were dropped */
export async function retireSessions(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(
    'delete from sessions where expires_at < clock_timestamp() or seen_at < clock_timestamp() - make_interval(secs => $1)',
    [sessionIdlesMs / 1_000],
  );
  return rowCount ?? 0;
}
