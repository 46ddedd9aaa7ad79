import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SyncError } from '../errors.ts';
import { asLedger, type DatabaseSettings } from './pool.ts';

/** The right of one process to be the only service on a database. */
export type ProcessLock = {
  /** Fulfilled when the connection that holds the lock has ended, whatever the cause. */
  lost: Promise<void>;
  release(): Promise<void>;
};

/** Any constant will do, as long as every version of Handoff uses the same one. */
const advisoryLock = 7_204_110_657;

/** PostgreSQL frees the lock of a killed process as soon as it sees the connection's end. */
const lastHolderEndsMs = 10_000;

/**
 * Takes the lock on a connection of its own and keeps it. The lock of a process that was just killed is waited for.
 * @throws SyncError needs-human `embedded_in_use` when another process keeps it; retryable `ledger_unreachable`
 */
export async function takeProcessLock(
  database: DatabaseSettings,
  signal: AbortSignal,
  withinMs = lastHolderEndsMs,
): Promise<ProcessLock> {
  const client = new pg.Client({
    ...database,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'handoff-lock',
  });
  const ended = new Promise<void>((done) => client.once('end', done));
  client.on('error', () => undefined);
  try {
    await asLedger(() => client.connect());
    const endMs = performance.now() + withinMs;
    while (!(await asLedger(() => tryLock(client)))) {
      if (signal.aborted || performance.now() > endMs) throw inUse();
      await sleep(100);
    }
  } catch (thrown) {
    await client.end().catch(() => undefined);
    throw thrown;
  }
  return { lost: ended, release: async () => await client.end().catch(() => undefined) };
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [advisoryLock]);
  return rows[0]?.taken === true;
}

function inUse(): SyncError {
  return new SyncError(
    'needs-human',
    'embedded_in_use',
    'Another Handoff service runs on this data directory, and the embedded PostgreSQL serves one only.',
    { advice: 'Stop the other one, or set DATABASE_URL to run several. Other commands work beside a running service.' },
  );
}
