import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { SyncError } from '../errors.ts';
import { asLedger, defaultSchema, isUnreachable, sqlState } from './pool.ts';

const folder = path.join(import.meta.dirname, 'migrations');

/** Any constant will do, as long as every version of Handoff uses the same one. */
const advisoryLock = 7_204_110_655;

export type MigrationResult = {
  /** Names of the files that were run now. */
  applied: readonly string[];
  /** The newest version in the ledger. */
  version: number;
};

type Migration = { version: number; name: string; sql: string };

/**
 * Brings the ledger's schema up to date: numbered files in order, one transaction each, all under one advisory lock, so that processes
 * that start together run each file once. Also makes the partitions of the coming months.
 *
 * @throws SyncError needs-human `ledger_newer` when a newer Handoff has migrated this ledger
 */
export async function migrate(pool: pg.Pool, schema = defaultSchema): Promise<MigrationResult> {
  const migrations = await readMigrations();
  return await asLedger(async () => {
    const client = await pool.connect();
    try {
      await client.query('set statement_timeout = 0');
      await client.query('select pg_advisory_lock($1)', [advisoryLock]);
      return await applyMissing(client, schema, migrations);
    } finally {
      // The connection is thrown away: that drops the lock and its settings, whatever happened.
      client.release(true);
    }
  });
}

async function readMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-.*\.sql$/.test(name)).sort();
  return await Promise.all(
    names.map(async (name) => ({
      version: Number(name.slice(0, 4)),
      name,
      sql: await readFile(path.join(folder, name), 'utf8'),
    })),
  );
}

async function applyMissing(
  client: pg.PoolClient,
  schema: string,
  migrations: readonly Migration[],
): Promise<MigrationResult> {
  await client.query(`create schema if not exists ${schema}`);
  await client.query(
    `create table if not exists schema_migrations (version integer primary key, name text not null, at timestamptz not null default clock_timestamp())`,
  );
  const { rows } = await client.query<{ version: number }>('select version from schema_migrations');
  const known = new Set(rows.map(({ version }) => version));
  const newest = migrations.at(-1)?.version ?? 0;
  if (Math.max(0, ...known) > newest) throw newerLedger();

  const missing = migrations.filter(({ version }) => !known.has(version));
  for (const migration of missing) await applyOne(client, migration);
  await client.query('select ensure_writes_partitions(3)');
  return { applied: missing.map(({ name }) => name), version: newest };
}

async function applyOne(client: pg.PoolClient, { version, name, sql }: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into schema_migrations (version, name) values ($1, $2)', [version, name]);
    await client.query('commit');
  } catch (thrown) {
    await client.query('rollback');
    if (isUnreachable(thrown)) throw thrown;
    throw new SyncError(
      'needs-human',
      'migration_failed',
      `The ledger could not be changed by ${name}: ${sqlState(thrown) ?? 'no code'}.`,
      {
        advice:
          'Nothing of this step was kept. Check that the database user may create tables and functions in its schema.',
        cause: thrown,
      },
    );
  }
}

function newerLedger(): SyncError {
  return new SyncError('needs-human', 'ledger_newer', 'A newer version of Handoff has already changed this ledger.', {
    advice: 'Start that newer version, or restore the backup that was made before the update.',
  });
}
