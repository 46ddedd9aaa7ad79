import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { SyncError } from '../errors.ts';
import { lockColumn, type ParentLocks } from './parent-locks.ts';
import type { Queryable } from './pool.ts';
import { isRebuildingSql } from './rebuild-hold.ts';

/** What every operation of the ledger needs. */
export type LedgerContext = { pool: pg.Pool; connectionId: number };

/**
 * JSON that PostgreSQL takes: NUL characters and lone surrogates, which it refuses and no CRM means, are cleaned away, so that one
 * value cannot undo the results of its 199 neighbours.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.replaceAll('\u0000', '').toWellFormed() : part,
  );
}

/**
 * Refuses work that was planned under another mapping than the active one, and any write while an admin's pause or a rebuild is on. Takes `locks` in the
 * same statement.
 *
 * @throws SyncError wait `mapping_changed` | `paused`
 */
export async function assertMayWork(
  db: Queryable,
  { connectionId }: LedgerContext,
  { mappingVersion, evenPaused, locks }: { mappingVersion: number; evenPaused: boolean; locks?: ParentLocks },
): Promise<void> {
  const columns = `mapping_version as version, paused_at is not null or ${isRebuildingSql} as paused`;
  const { rows } = await db.query<{ version: number | null; paused: boolean }>(
    locks === undefined || locks.buckets.length === 0
      ? { name: 'may-work', text: `select ${columns} from connections where id = $1`, values: [connectionId] }
      : {
          name: 'may-work-locking',
          text: `select ${columns}, ${lockColumn('$2', '$3')} as locked from connections where id = $1`,
          values: [connectionId, locks.buckets, locks.alone],
        },
  );
  if (rows[0]?.version !== mappingVersion) {
    throw new SyncError(
      'wait',
      'mapping_changed',
      'The active mapping is not the one that this work was planned with.',
      {
        advice:
          'Nothing to do: every process goes over to the active mapping by itself, and the record is looked at again.',
      },
    );
  }
  if (rows[0].paused && !evenPaused) throw pausedError();
}

/**
 * Refuses to go on while an admin's pause or a rebuild is on.
 *
 * @throws SyncError wait `paused`
 */
export async function assertNotPaused(db: Queryable, { connectionId }: LedgerContext): Promise<void> {
  const { rowCount } = await db.query({
    name: 'not-paused',
    text: `select from connections where id = $1 and (paused_at is not null or ${isRebuildingSql})`,
    values: [connectionId],
  });
  if (rowCount !== 0) throw pausedError();
}

function pausedError(): SyncError {
  return new SyncError('wait', 'paused', 'All writes to the CRMs are paused, by an admin or for a rebuild.', {
    advice: '`handoff status` says by whom: `handoff resume` ends the pause of an admin, its policy that of a rebuild.',
  });
}

/** Emails under which somebody is being created are kept as a keyed hash: a dump of the ledger tells nobody's address. */
export async function hashEmails(
  db: Queryable,
  context: LedgerContext,
  emails: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (emails.length === 0) return new Map();
  const key = await readHashKey(db, context);
  return new Map(
    emails.map((email) => [email, createHmac('sha256', key).update(email.trim().toLowerCase()).digest('hex')]),
  );
}

/** The ledger's own key, without which nobody can try whether a hash is that of a guess. @throws SyncError needs-human `ledger_unbound` */
export async function readHashKey(db: Queryable, { connectionId }: LedgerContext): Promise<Buffer> {
  const { rows } = await db.query<{ key: Buffer }>({
    name: 'hash-key',
    text: 'select hash_key as key from connections where id = $1',
    values: [connectionId],
  });
  const key = rows[0]?.key;
  if (key === undefined)
    throw new SyncError('needs-human', 'ledger_unbound', 'The ledger has no connection; run `handoff migrate`.');
  return key;
}
