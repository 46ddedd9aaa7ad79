import { expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { retire } from '../../src/store/retention.ts';
import { useLedger } from '../support/ledger.ts';

const bench = useLedger();

/** Makes the partition of the month that many months ago, with one write in it. */
async function addMonth(monthsAgo: number, state: 'done' | 'open' | 'unknown'): Promise<string> {
  const { pool } = bench.database;
  const { rows } = await pool.query<{ name: string; first: string; next: string }>(
    `select 'writes_' || to_char(month, 'YYYY_MM') as name, month::text as first, (month + interval '1 month')::text as next
     from (select date_trunc('month', now() at time zone 'UTC') - make_interval(months => $1) as month) as m`,
    [monthsAgo],
  );
  const { name = '', first = '', next = '' } = rows[0] ?? {};
  await pool.query(
    `create table if not exists ${name} partition of writes for values from ('${first}+00') to ('${next}+00')`,
  );
  await pool.query(
    `insert into writes (at, connection_id, pair_id, token, mapping_version, system, object, operation, changes, state)
     values ($1::timestamp at time zone 'UTC' + interval '1 day', 1, 1, gen_random_uuid(), 1, 'salesforce', 'Lead', 'create', '[]', $2)`,
    [first, state],
  );
  return name;
}

async function partitions(): Promise<readonly string[]> {
  const { rows } = await bench.database.pool.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'writes'::regclass`,
  );
  return rows.map(({ name }) => name);
}

it('drops the months of the audit log that are past their time, but none with an open intent', async () => {
  const [old, older] = [await addMonth(26, 'done'), await addMonth(40, 'done')];
  const kept = [
    await addMonth(0, 'done'),
    await addMonth(25, 'done'),
    await addMonth(27, 'open'),
    await addMonth(28, 'unknown'),
  ];

  expect((await retire(bench.database.pool)).partitions).toEqual([older, old].sort());
  const left = await partitions();
  expect(left).toEqual(expect.arrayContaining(kept));
  expect(left).not.toContain(old);
  const { rows } = await bench.database.pool.query('select count(*)::int as writes from writes');
  expect(rows).toEqual([{ writes: 4 }]);
});

it('drops a month once its last intent is closed', async () => {
  const name = await addMonth(30, 'unknown');
  const before = await retire(bench.database.pool);
  await bench.database.pool.query(`update writes set state = 'superseded' where state = 'unknown'`);

  expect(before.partitions).not.toContain(name);
  expect((await retire(bench.database.pool)).partitions).toContain(name);
});

it('gives way to a transaction that holds the log, and drops the month another time', async () => {
  const name = await addMonth(50, 'done');
  const other = await bench.database.pool.connect();
  await other.query('begin');
  await other.query('select count(*) from writes');
  const during = await retire(bench.database.pool);
  await other.query('commit');
  other.release();

  expect(during.partitions).toEqual([]);
  expect((await retire(bench.database.pool)).partitions).toContain(name);
});

it('forgets call counts after eight days, and keeps ended runs', async () => {
  const { pool } = bench.database;
  await pool.query('truncate calls');
  await pool.query(
    `insert into calls (connection_id, bucket, hour, calls)
     select 1, 'hubspot', date_trunc('hour', now()) - make_interval(days => days), 1 from unnest(array[0, 1, 7, 9, 30]) as days`,
  );
  await pool.query(
    `insert into runs (connection_id, kind, day, state, creates_limit, changes_limit, started_at, ended_at)
     values (1, 'live', '2020-01-01', 'ended', 1, 1, '2020-01-01', '2020-01-02')`,
  );

  expect((await retire(pool)).calls).toBe(2);
  const { rows } = await pool.query(
    'select (select count(*)::int from calls) as calls, (select count(*)::int from runs) as runs',
  );
  expect(rows).toEqual([{ calls: 3, runs: 1 }]);
});

it('leaves what the next months need', async () => {
  await migrate(bench.database.pool);
  const before = await partitions();
  await retire(bench.database.pool);

  expect(await partitions()).toEqual(before);
});

it('drops stage moves and thawed fields that are past their time, but nothing that still counts', async () => {
  const { pool } = bench.database;
  await pool.query(`
    insert into pairs (connection_id) select 1 from generate_series(1, 3);
    insert into stage_moves (connection_id, pair_id, contact_id, at, to_stage, kind, source, code, text, state)
    select 1, q.pair_id, 'x', now() - q.age, 'lead', 'reached', 'hubspot', 'reached', '', q.state
    from (values (1, interval '26 months', 'seen'), (1, interval '26 months', 'verified'), (1, interval '26 months', 'open'),
                 (2, interval '24 months', 'seen')) as q(pair_id, age, state);
    insert into frozen_fields (connection_id, pair_id, system, field, code, text, since, thawed_at)
    select 1, 1, 'hubspot', q.field, '', '', now() - interval '40 months', now() - q.thawed
    from (values ('old', interval '26 months'), ('recent', interval '24 months'), ('frozen', null)) as q(field, thawed)`);

  expect(await retire(pool)).toMatchObject({ stageMoves: 2, thawed: 1 });

  const { rows } = await pool.query(
    'select state as left from stage_moves union all select field from frozen_fields order by 1',
  );
  expect(rows.map(({ left }) => left)).toEqual(['frozen', 'open', 'recent', 'seen']);
  expect(await retire(pool)).toMatchObject({ stageMoves: 0, thawed: 0 });
});
