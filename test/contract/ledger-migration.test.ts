import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLedger } from '../../src/store/ledger.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const folder = path.join(import.meta.dirname, '../../src/store/migrations');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** All migrations behind this one. */
async function namesAfter(version: number): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => Number.parseInt(name, 10) > version).sort();
}

/** A ledger as the first migrations left it. */
async function startOver(version = 2): Promise<void> {
  const { pool } = database;
  await pool.query('drop schema handoff cascade; create schema handoff');
  await pool.query(
    'create table schema_migrations (version integer primary key, name text not null, at timestamptz not null default now())',
  );
  const names = (await namesAfter(0)).slice(0, version);
  for (const [index, name] of names.entries()) {
    await pool.query(await readFile(path.join(folder, name), 'utf8'));
    await pool.query('insert into schema_migrations (version, name) values ($1, $2)', [index + 1, name]);
  }
  await pool.query('select ensure_writes_partitions(3)');
}

it('a ledger with data is carried over: pairs, what ended them, the audit log', async () => {
  const { pool } = database;
  await startOver();
  await pool.query(`
    insert into pairs (connection_id, person_object, person_id, tombstone) values (1, 'Lead', '00Q1', false), (1, 'Lead', '00Q2', true), (1, null, null, true);
    insert into links (connection_id, system, object, record_id, pair_id, status) values
      (1, 'hubspot', 'contact', '1', 1, 'live'), (1, 'salesforce', 'Lead', '00Q1', 1, 'live'),
      (1, 'hubspot', 'contact', '2', 2, 'erased'), (1, 'salesforce', 'Lead', '00Q2', 2, 'live'),
      (1, 'hubspot', 'contact', '3', 3, 'live');
    insert into bases (pair_id, hubspot, salesforce, mapping_version) values (1, '{"jobtitle": "CTO"}', '{"Title": "CTO"}', 1);
    insert into writes (connection_id, pair_id, token, mapping_version, system, object, record_id, operation, changes, state) values
      (1, 1, gen_random_uuid(), 1, 'salesforce', 'Lead', '00Q1', 'update', '[{"field": "Title", "before": null, "after": "CTO", "rule": "newest"}]', 'done');
    insert into mapping_versions (connection_id, version, hash, creates_per_run, changes_per_run) values (1, 1, 'hash', 10, 10);
    update connections set mapping_version = 1`);

  const { applied } = await migrate(pool);

  expect(applied).toEqual(await namesAfter(2));
  const ledger = createLedger(pool);
  expect(await ledger.history('1')).toMatchObject({
    person: { object: 'Lead', id: '00Q1' },
    base: { salesforce: { Title: 'CTO' } },
    pair: {
      tombstone: null,
      recycles: 0,
      stageMove: null,
      frozen: [],
      recentWrites: [{ field: 'Title', after: 'CTO' }],
    },
    changes: [{ field: 'Title', conflict: null }],
  });
  expect(await ledger.status(), 'sums of what was there').toMatchObject({ pairs: 2, changesToday: 1 });
  expect((await ledger.history('2')).pair?.tombstone).toBe('erased');
  expect((await ledger.history('3')).pair?.tombstone).toBe('person_deleted');
  expect(await ledger.activateMapping('hash', { createsPerRun: 10, changesPerRun: 10 }, [])).toBe(1);
  expect((await ledger.history('1')).base, 'nobody said what it mapped').not.toBeNull();
  expect((await migrate(pool)).applied).toEqual([]);
});

it('a ledger that knew contacts alone is carried over: they wait for nobody and are claimed as before', async () => {
  const { pool } = database;
  await startOver(3);
  await pool.query(`
    insert into pairs (connection_id, person_object, person_id, handed_over_at, recycles) values (1, 'Contact', '0031', now(), 2);
    insert into links (connection_id, system, object, record_id, pair_id, status) values
      (1, 'hubspot', 'contact', '1', 1, 'live'), (1, 'salesforce', 'Contact', '0031', 1, 'live');
    insert into bases (pair_id, hubspot, salesforce, mapping_version) values (1, '{"jobtitle": "CTO"}', '{"Title": "CTO"}', 1);
    insert into pending (connection_id, system, object, record_id, priority, due_at, counter, source)
    values (1, 'hubspot', 'contact', '1', 2, now(), 1, 'webhook');
    insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
    values (1, 'hubspot', 'contact', '2', 'needs-human', 'x', '', '')`);

  expect((await migrate(pool)).applied).toEqual(await namesAfter(3));

  const ledger = createLedger(pool);
  const mappingVersion = await ledger.activateMapping('hash', { createsPerRun: 10, changesPerRun: 10 });
  const claim = await ledger.claim({
    system: 'hubspot',
    object: 'contact',
    limit: 10,
    leaseMs: 60_000,
    mappingVersion,
  });
  const [record] = claim.records;
  expect(claim.records).toMatchObject([
    {
      recordId: '1',
      pair: { person: { object: 'Contact', id: '0031' }, base: { hubspot: { jobtitle: 'CTO' } }, recycles: 2 },
    },
  ]);
  const result = {
    contactId: '1',
    counter: record?.counter ?? '',
    pairId: record?.pairId ?? '',
    relations: [{ to: { object: 'company', recordId: 'c' }, passedGate: true }],
    waitsFor: [{ object: 'company', recordId: 'c' }],
    settle: { kind: 'done' },
  } as const;
  expect(await ledger.commit(claim.token, mappingVersion, [result])).toMatchObject({ stale: [], poisoned: [] });
  expect(await ledger.due('hubspot', 'company')).toMatchObject({ due: 1 });
  expect(await ledger.status()).toMatchObject({
    pairs: 1,
    pairsByObject: { contact: 1, company: 0, deal: 0 },
    failures: 1,
  });
  expect((await pool.query('select id from pairs')).rows, 'what the planner was shown is gone').toEqual([{ id: '1' }]);
});

it('a ledger that knew live sync alone is carried over: its day goes on, what is pending is worked off, runs can begin', async () => {
  const { pool } = database;
  await startOver(4);
  await pool.query(`
    insert into mapping_versions (connection_id, version, hash, creates_per_run, changes_per_run) values (1, 1, 'hash', 10, 20);
    update connections set mapping_version = 1;
    insert into runs (connection_id, kind, day, state, creates, creates_limit, changes_limit, stopped_reason)
    values (1, 'live', (now() at time zone 'UTC')::date, 'stopped', 10, 10, 20, 'creates_limit');
    insert into pending (connection_id, system, object, record_id, priority, due_at, counter, source)
    values (1, 'hubspot', 'contact', '1', 2, now(), 1, 'webhook'), (1, 'hubspot', 'contact', '2', 3, now(), 2, 'sweep')`);

  expect((await migrate(pool)).applied).toEqual(await namesAfter(4));

  const ledger = createLedger(pool);
  expect(await ledger.activateMapping('hash', { createsPerRun: 10, changesPerRun: 20 })).toBe(1);
  expect(await ledger.runs(10)).toMatchObject([
    { kind: 'live', object: null, state: 'stopped', creates: 10, counts: [], backlog: 0, options: {}, isDryRun: false },
  ]);
  expect(await ledger.claimRun(60_000), 'live sync is listed by nobody').toBeNull();
  expect(await ledger.approve('1', 'ann')).toBe(true);
  const asked = { kind: 'backfill', object: 'contacts', options: {}, isDryRun: false, requestedBy: 'ann' } as const;
  const id = await ledger.startRun({
    ...asked,
    mappingVersion: 1,
    total: null,
    forecast: null,
    limits: { creates: 1, changes: 1 },
  });
  expect(await ledger.claimRun(60_000)).toMatchObject({ id, backlog: 0 });
  const request = { system: 'hubspot', object: 'contact', limit: 10, leaseMs: 60_000, mappingVersion: 1 } as const;
  expect((await ledger.claim({ ...request, band: 'live' })).records).toMatchObject([{ recordId: '1' }]);
  expect((await ledger.claim({ ...request, band: 'background' })).records).toMatchObject([{ recordId: '2' }]);
});

it('no index is made twice', async () => {
  const files = await Promise.all((await namesAfter(0)).map((name) => readFile(path.join(folder, name), 'utf8')));
  const names = [...files.join('\n').matchAll(/create (?:unique )?index (?:if not exists )?(\w+)/g)].map(
    ([, name]) => name,
  );

  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

it('the new tables begin empty, whatever the planner was shown', async () => {
  await startOver();
  await migrate(database.pool);
  for (const table of [
    'stage_moves',
    'frozen_fields',
    'erased_emails',
    'erasures',
    'relations',
    'parent_waits',
    'run_counts',
    'run_ids',
    'run_seen',
    'processes',
    'revert_pairs',
    'held_fields',
    'links',
    'pending',
  ]) {
    expect((await database.pool.query(`select from ${table}`)).rowCount).toBe(0);
  }
  await expect(
    database.pool.query(
      `insert into frozen_fields (connection_id, pair_id, system, field, code, text) values (1, 999, 'hubspot', 'x', '', '')`,
    ),
    'pairs are checked again',
  ).rejects.toMatchObject({ code: '23503' });
});
