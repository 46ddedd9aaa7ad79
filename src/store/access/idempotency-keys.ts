import { createHmac, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { AccessLedger, KeyState } from '../../ports/ledger-access.ts';
import { type LedgerContext, readHashKey, toJson } from '../context.ts';
import { asLedger } from '../pool.ts';

type KeyLedger = Pick<AccessLedger, 'takeKey' | 'beatKey' | 'settleKey'>;

// The row of somebody who died half-way is taken over; so is one that is past its day. Of two who come at once one waits for the other's row
// and then finds it taken.
const takeSql = `
insert into idempotency_keys as k (connection_id, actor, key, request_hash, worker)
values ($1, $2, $3, $4, $5)
on conflict (connection_id, actor, key) do update set
  request_hash = excluded.request_hash, worker = excluded.worker, asked_at = clock_timestamp(), beat_at = clock_timestamp(),
  status = null, location = null, answer = null
where k.asked_at < clock_timestamp() - interval '24 hours'
  or (k.status is null and k.request_hash = excluded.request_hash and k.beat_at < clock_timestamp() - make_interval(secs => $6))
returning worker`;

const findSql = `
select request_hash = $4 as same, status, location, answer from idempotency_keys
where connection_id = $1 and actor = $2 and key = $3`;

type Row = { same: boolean; status: number | null; location: string | null; answer: unknown };

/** Which POST requests are one and the same. */
export function createKeyLedger(context: LedgerContext): KeyLedger {
  const { pool, connectionId } = context;
  const held = ({ actor, key }: { actor: string; key: string }, worker: string) => [connectionId, actor, key, worker];
  return {
    takeKey: ({ actor, key, requestHash }, deadMs) =>
      asLedger(async (): Promise<KeyState> => {
        const hashKey = await readHashKey(pool, context);
        const named = [connectionId, actor, key, createHmac('sha256', hashKey).update(requestHash).digest()];
        const worker = randomUUID();
        const taken = await pool.query({
          name: 'take-key',
          text: takeSql,
          values: [...named, worker, deadMs / 1_000],
        });
        if (taken.rowCount === 1) return { state: 'mine', worker };
        const { rows } = await pool.query<Row>({ name: 'find-key', text: findSql, values: named });
        return toState(rows[0]);
      }),

    beatKey: (request, worker) =>
      asLedger(async () => {
        await pool.query(
          `update idempotency_keys set beat_at = clock_timestamp()
           where connection_id = $1 and actor = $2 and key = $3 and worker = $4 and status is null`,
          held(request, worker),
        );
      }),

    settleKey: (request, worker, kept) =>
      asLedger(async () => {
        const where = 'where connection_id = $1 and actor = $2 and key = $3 and worker = $4';
        if (kept === null) await pool.query(`delete from idempotency_keys ${where}`, held(request, worker));
        else
          await pool.query(`update idempotency_keys set status = $5, location = $6, answer = $7 ${where}`, [
            ...held(request, worker),
            kept.status,
            kept.location,
            kept.answer === null ? null : toJson(kept.answer),
          ]);
      }),
  };
}

/** A row that is gone again was given up a moment ago: whoever asks once more gets it. */
function toState(row: Row | undefined): KeyState {
  if (row === undefined) return { state: 'running' };
  if (!row.same) return { state: 'other' };
  if (row.status === null) return { state: 'running' };
  return { state: 'kept', kept: { status: row.status, location: row.location, answer: row.answer } };
}

/** A key is known for a day. @returns how many were dropped */
export async function retireKeys(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from idempotency_keys where asked_at < clock_timestamp() - interval '24 hours'`,
  );
  return rowCount ?? 0;
}
