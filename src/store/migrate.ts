import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** How often a step is tried whose tables others have in use: some half a minute in all. */
const mostTries = 12;

type Migration = { version: number; name: string; sql: string };

/**
 * Brings the ledger's schema up to date: numbered files in order, one transaction each, all under one advisory lock, so that processes
 * that start together run each file once. Also makes the partitions of the coming months. Processes of the older version may be at work
 * meanwhile: where they are in the way, the migration gives way to them and tries again.
 *
 * @throws SyncError needs-human `ledger_newer` when a newer Handoff has migrated this ledger | `migration_failed` | retryable `migration_waits`
 *   when others were in the way at each of `tries`
 */
export async function migrate(
  pool: pg.Pool,
  schema = defaultSchema,
  { tries = mostTries }: { tries?: number } = {},
): Promise<MigrationResult> {
  const migrations = await readMigrations();
  return await asLedger(async () => {
    const client = await pool.connect();
    try {
      await client.query('set statement_timeout = 0');
      await client.query('select pg_advisory_lock($1)', [advisoryLock]);
      return await applyMissing(client, { schema, migrations, tries });
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
  { schema, migrations, tries }: { schema: string; migrations: readonly Migration[]; tries: number },
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
  for (const migration of missing) await withoutBlocking(client, tries, () => applyOne(client, migration));
  await withoutBlocking(client, tries, () => client.query('select ensure_writes_partitions(3)'));
  return { applied: missing.map(({ name }) => name), version: newest };
}

async function applyOne(client: pg.PoolClient, { version, name, sql }: Migration): Promise<void> {
  try {
    await client.query(sql);
    await client.query('insert into schema_migrations (version, name) values ($1, $2)', [version, name]);
  } catch (thrown) {
    if (isUnreachable(thrown) || isInTheWay(thrown)) throw thrown;
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

/** 55P03: a lock was not to be had in time. 40P01: deadlock, for who is at work takes its locks in more than one order. */
function isInTheWay(thrown: unknown): boolean {
  const state = sqlState(thrown);
  return state === '55P03' || state === '40P01';
}

/**
 * One transaction that waits only shortly for a lock, for whoever wants the same table queues up behind it, and is tried again after a growing
 * pause. From the third try on it waits longer than a second, which is when PostgreSQL stops its own tidying up of the table.
 */
async function withoutBlocking(
  client: pg.PoolClient,
  tries: number,
  work: () => Promise<unknown>,
  attempt = 1,
): Promise<void> {
  try {
    await client.query('begin');
    await client.query(`set local lock_timeout = ${Math.min(500 * attempt, 3_000)}`);
    await work();
    await client.query('commit');
    return;
  } catch (thrown) {
    await client.query('rollback');
    if (!isInTheWay(thrown)) throw thrown;
    if (attempt >= tries) throw tooBusy(thrown);
  }
  await sleep(Math.min(100 * attempt, 1_000));
  await withoutBlocking(client, tries, work, attempt + 1);
}

function tooBusy(cause: unknown): SyncError {
  return new SyncError('retryable', 'migration_waits', 'The ledger is too busy to be changed for the new version.', {
    advice:
      'The service tries again by itself. If it goes on for minutes, stop the workers of the older version until the new one has started.',
    cause,
  });
}

function newerLedger(): SyncError {
  return new SyncError('needs-human', 'ledger_newer', 'A newer version of Handoff has already changed this ledger.', {
    advice: 'Start that newer version, or restore the backup that was made before the update.',
  });
}
