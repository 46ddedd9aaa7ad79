import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const folder = path.join(import.meta.dirname, '../../src/store/migrations');
/** The version before the first view. */
const older = 6;

let database: TestDatabase;
let names: readonly string[];
let clients: pg.PoolClient[];

beforeAll(async () => {
  database = await createTestDatabase();
  names = (await readdir(folder)).sort();
});
afterAll(() => database.close());

beforeEach(async () => {
  const { pool } = database;
  clients = [];
  await pool.query('drop schema handoff cascade; create schema handoff');
  await pool.query(
    'create table schema_migrations (version integer primary key, name text not null, at timestamptz not null default now())',
  );
  for (const [index, name] of names.slice(0, older).entries()) {
    await pool.query(await readFile(path.join(folder, name), 'utf8'));
    await pool.query('insert into schema_migrations (version, name) values ($1, $2)', [index + 1, name]);
  }
  await pool.query('select ensure_writes_partitions(3)');
});
afterEach(() => {
  for (const client of clients) client.release(true);
});

/** A worker of the older version, in the middle of a transaction that has done this. */
async function beginWork(...statements: readonly string[]): Promise<pg.PoolClient> {
  const client = await database.pool.connect();
  clients.push(client);
  await client.query('begin');
  for (const statement of statements) await client.query(statement);
  return client;
}

/** Until the migration waits for a lock that somebody else holds. */
async function untilItWaits(): Promise<void> {
  const text = `select from pg_locks where not granted and mode like 'Share%' and database = (select oid from pg_database where datname = current_database())`;
  while ((await database.pool.query(text)).rowCount === 0);
}

const closeWrite = `update writes set state = 'done' where id = -1 and at > now()`;
const updatePair = 'update pairs set person_id = person_id where id = -1';
const clearFailure = `delete from failures where record_id = '-1'`;
const updateBase = 'update bases set mapping_version = 1 where pair_id = -1';
const moveStage = 'update stage_moves set text = text where id = -1';
const updateRun = 'update runs set creates = creates where id = -1';

it.each<{ what: string; first: string; next: readonly string[] }>([
  { what: 'commits outcomes', first: closeWrite, next: [updateRun, updatePair, updateBase, moveStage, clearFailure] },
  { what: 'reserves pairs', first: updatePair, next: [updateRun, closeWrite] },
  { what: 'has a failure and clears its pair', first: clearFailure, next: [updatePair, closeWrite] },
])(
  'a worker of the older version that $what goes on beside the migration, which is done once it is over',
  async ({ first, next }) => {
    const worker = await beginWork(first);
    const migrating = migrate(database.pool);
    await untilItWaits();

    for (const statement of next) await worker.query(statement);
    await worker.query('commit');

    expect(await migrating).toMatchObject({ applied: names.slice(older), version: names.length });
  },
);

it('whoever comes while the migration waits is let through before it, and it is done once it can be', async () => {
  const slow = await beginWork(closeWrite);
  const migrating = migrate(database.pool);
  await untilItWaits();
  const other = await beginWork();

  await other.query(closeWrite);
  await other.query('commit');
  await slow.query('commit');

  expect((await migrating).applied).toEqual(names.slice(older));
});

it('a ledger that is in use all the time is left as it was, and the migration may be run again', async () => {
  const slow = await beginWork(closeWrite);

  await expect(migrate(database.pool, 'handoff', { tries: 1 })).rejects.toMatchObject({
    kind: 'retryable',
    code: 'migration_waits',
  });
  const { rows } = await database.pool.query('select max(version) as version from schema_migrations');
  expect(rows).toEqual([{ version: older }]);
  await slow.query('commit');

  expect((await migrate(database.pool)).applied).toEqual(names.slice(older));
});
