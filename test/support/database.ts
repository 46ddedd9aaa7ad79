import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createPool, type DatabaseSettings } from '../../src/store/pool.ts';

export type TestDatabase = {
  settings: DatabaseSettings;
  pool: pg.Pool;
  /** A further pool on the same database, as another process would have. */
  connect(): pg.Pool;
  /** Ends all pools, drops the database, gives the cluster up. */
  close(): Promise<void>;
};

/** One cluster for all test files of this checkout and account that run at the same time; the last one stops it. */
const owner = createHash('sha256')
  .update(`${process.getuid?.()} ${import.meta.dirname}`)
  .digest('hex')
  .slice(0, 8);
const dataDir = path.join(tmpdir(), `handoff-${owner}`);

/** Only speed: a test's cluster need not survive a power cut. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** A fresh, migrated database of its own, copied from a template that is made once per version of the schema. */
export async function createTestDatabase(): Promise<TestDatabase> {
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const embedded = await startEmbedded({ dataDir, settings });
  const name = `test_${randomBytes(6).toString('hex')}`;
  const control = new pg.Client(embedded.connection);
  await control.connect();
  // One at a time: two copies of one template stand in each other's way, and the template must be made once.
  await control.query('select pg_advisory_lock(1)');
  const template = await ensureTemplate(control, embedded.connection);
  await control.query(`create database ${name} template ${template}`);
  await control.query('select pg_advisory_unlock(1)');
  const own = { ...embedded.connection, database: name };
  const pools: pg.Pool[] = [];
  const connect = () => {
    const pool = createPool({ database: own });
    pools.push(pool);
    return pool;
  };
  return {
    settings: own,
    pool: connect(),
    connect,
    close: async () => {
      await Promise.all(pools.filter((pool) => !pool.ended).map((pool) => pool.end()));
      await control.query(`drop database if exists ${name} with (force)`);
      await control.end();
      await embedded.stop();
    },
  };
}

async function ensureTemplate(
  control: pg.Client,
  connection: { host: string; port: number; user: string },
): Promise<string> {
  const { version, content } = await readSchema();
  const name = `template_${version}_${content}`;
  const { rowCount } = await control.query('select 1 from pg_database where datname = $1', [name]);
  if (rowCount === 1) return name;
  const unfinished = `unfinished_${name}`;
  await control.query(`drop database if exists ${unfinished} with (force)`);
  await control.query(`create database ${unfinished}`);
  const pool = createPool({ database: { ...connection, database: unfinished } });
  try {
    await migrate(pool);
  } finally {
    await pool.end();
  }
  await control.query(`alter database ${unfinished} rename to ${name}`);
  return name;
}

/** Templates are named after what the migrations hold and the month (of the partitions), so an old one is never used. */
async function readSchema(): Promise<{ version: string; content: string }> {
  const folder = path.join(import.meta.dirname, '../../src/store/migrations');
  const hash = createHash('sha256');
  for (const file of (await readdir(folder)).sort()) hash.update(await readFile(path.join(folder, file)));
  const version = new Date().toISOString().slice(0, 7).replace('-', '_');
  return { version, content: hash.digest('hex').slice(0, 12) };
}
