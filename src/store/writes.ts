import type pg from 'pg';
import type { Intent } from '../ports/ledger-work.ts';
import { type LedgerContext, toJson } from './context.ts';
import { type Queryable, sqlState } from './pool.ts';
import { openStageMoves } from './stage-moves.ts';

/** `contactId`: under which the intent's id is answered: the claimed record. */
export type NewIntent = { contactId: string; pairId: string; runId: string | null; intent: Intent };

const insertSql = `
insert into writes (connection_id, pair_id, run_id, token, mapping_version, system, object, record_id, operation, changes, state)
select $1, i.pair_id,
       -- What follows from live work belongs to the day's run.
       coalesce(i.run_id, (select r.id from runs r where r.connection_id = $1 and r.kind = 'live'
                           and r.day = (clock_timestamp() at time zone 'UTC')::date)),
       $2, $3, i.system, i.object, i.record_id, i.operation, i.changes, 'open'
from jsonb_to_recordset($4::jsonb) as i(pair_id bigint, run_id bigint, system text, object text, record_id text, operation text, changes jsonb)
returning id, pair_id`;

/** Opens an intent per contact in one statement, and the stage moves that begin with them. @returns their ids by contact id */
export async function insertIntents(
  db: Queryable,
  { context, token, mappingVersion }: { context: LedgerContext; token: string; mappingVersion: number },
  intents: readonly NewIntent[],
): Promise<ReadonlyMap<string, string>> {
  if (intents.length === 0) return new Map();
  const rows = intents.map(({ pairId, runId, intent }) => ({
    pair_id: pairId,
    run_id: runId,
    system: intent.system,
    object: intent.object,
    record_id: intent.recordId,
    operation: intent.operation,
    changes: intent.changes,
  }));
  const values = [context.connectionId, token, mappingVersion, toJson(rows)];
  const { rows: opened } = await db.query<{ id: string; pair_id: string }>({
    name: 'open-intents',
    text: insertSql,
    values,
  });
  const moves = intents.flatMap(({ contactId, pairId, intent: { stageMove, system, recordId } }) =>
    stageMove === undefined
      ? []
      : [{ pairId, contactId: system === 'hubspot' && recordId !== null ? recordId : contactId, move: stageMove }],
  );
  await openStageMoves(db, context, moves);
  const byPair = new Map(opened.map(({ id, pair_id: pairId }) => [pairId, id]));
  return new Map(
    intents.flatMap(({ contactId, pairId }) => {
      const id = byPair.get(pairId);
      return id === undefined ? [] : [[contactId, id] as const];
    }),
  );
}

/**
 * Runs a transaction that writes to the change tables. Should the month's partition be missing (a process that was not restarted for
 * months), it is made and the transaction runs again: no insert fails for it.
 */
export async function withPartitions<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    // 23514 on the parent itself: no partition for the row.
    if (sqlState(thrown) !== '23514') throw thrown;
    await pool.query('select ensure_writes_partitions(3)');
    return await work();
  }
}
