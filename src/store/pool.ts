import pg from 'pg';
import { SyncError, toSyncError } from '../errors.ts';
import type { Log } from '../ports/log.ts';

/** Where a PostgreSQL is: a connection string, or the socket directory of the embedded one. */
export type DatabaseSettings =
  | { connectionString: string }
  | { host: string; port: number; user: string; database: string; password?: string };

export type PoolConfig = {
  database: DatabaseSettings;
  /** Most connections of this process; default 10. */
  max?: number;
  /** The schema that holds the ledger; default `handoff`. */
  schema?: string;
  /** A statement that runs longer is ended; default 30 s. */
  statementTimeoutMs?: number;
  log?: Pick<Log, 'warn'>;
};

/** What both a pool and one of its connections can do. */
export type Queryable = Pick<pg.Pool, 'query'>;

export const defaultSchema = 'handoff';

/**
 * A pool whose connections see the ledger's schema. An idle connection that breaks (the server went away) is logged and replaced; it
 * never ends the process.
 */
export function createPool({
  database,
  max = 10,
  schema = defaultSchema,
  statementTimeoutMs = 30_000,
  log,
}: PoolConfig): pg.Pool {
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) {
    throw new SyncError('needs-human', 'schema_name', 'The name of the database schema may hold a-z, 0-9 and _ only.');
  }
  // Every statement of ours has its index. A plan made while a table was small would read the whole of it per record once it has grown.
  // Starting parallel workers takes longer than any of them.
  const pool = new pg.Pool({
    ...database,
    max,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'handoff',
    options: `-c search_path=${schema} -c statement_timeout=${statementTimeoutMs} -c idle_in_transaction_session_timeout=60000 -c TimeZone=UTC -c enable_seqscan=off -c max_parallel_workers_per_gather=0`,
  });
  // While one is in use its pool does not listen, and an error that nobody hears ends the process; the statement fails all the same.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  pool.on('error', (error) => {
    // 57P01: somebody stops the server, most often we ourselves. Whoever needs it then finds out by its statement.
    if (sqlState(error) === '57P01') return;
    log?.warn({ errorCode: sqlState(error) ?? 'connection_lost' }, 'idle database connection lost');
  });
  return pool;
}

/** SQLSTATE or the system's error code (`ECONNREFUSED`), where the thrown value has one. */
export function sqlState(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Class 08: connection; 57P: the server stops, starts or ended us; 53300: too many connections. Also node's socket errors. */
const unreachable = /^(08|57P0|53300|E[A-Z]{3,}$)/;

/** True where the database did not answer, so that the statement may be tried again once it is back. */
export function isUnreachable(thrown: unknown): boolean {
  if (thrown instanceof SyncError) return thrown.code === 'ledger_unreachable';
  const code = sqlState(thrown);
  if (code !== undefined) return unreachable.test(code);
  // The driver's own errors carry no code; these are its sentences for a connection that is gone or was never made.
  return (
    thrown instanceof Error &&
    /^(Connection terminated|timeout exceeded|Client has encountered|Cannot use a pool)/.test(thrown.message)
  );
}

/**
 * A driver's error as ours. Its message and detail can hold values of a row, so only the SQLSTATE and the names of table and constraint
 * are kept.
 */
export function toLedgerError(thrown: unknown): SyncError {
  if (thrown instanceof SyncError) return thrown;
  const state = sqlState(thrown);
  const code = state === undefined ? {} : { vendorCode: state };
  if (isUnreachable(thrown)) {
    return new SyncError('retryable', 'ledger_unreachable', 'The ledger database does not answer.', {
      ...code,
      advice:
        'Check that PostgreSQL runs and that DATABASE_URL leads to it. Handoff goes on by itself once it is back.',
    });
  }
  if (!(thrown instanceof pg.DatabaseError)) return toSyncError(thrown);
  const at = [thrown.table, thrown.constraint].filter((name) => name !== undefined);
  const where = at.length > 0 ? ` (${at.join(', ')})` : '';
  return new SyncError(
    'retryable',
    'ledger_failed',
    `The ledger database refused a statement: ${state ?? 'no code'}${where}.`,
    {
      ...code,
      // The driver's text may hold values: only its name is kept.
      cause: new Error(thrown.name),
    },
  );
}

/** Runs `work` with errors turned into `SyncError`. */
export async function asLedger<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw toLedgerError(thrown);
  }
}

/** 40P01: deadlock; 40001: serialization: the same transaction works when run again. */
const runAgain = new Set(['40P01', '40001']);

/** One transaction on one connection; runs again up to three times after a deadlock. Throws the driver's error. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  attempt = 1,
): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (thrown) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    if (attempt >= 4 || !runAgain.has(sqlState(thrown) ?? '')) throw thrown;
  } finally {
    client.release(broken);
  }
  return await inTransaction(pool, work, attempt + 1);
}
