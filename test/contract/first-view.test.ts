import { beforeEach, expect, it } from 'vitest';
import type { ChangedPart, ChangePosition } from '../../src/ports/ledger-overview.ts';
import { foldTallies, readTallies, sumOf } from '../../src/store/overview/tallies.ts';
import { useLedger } from '../support/ledger.ts';

const bench = useLedger();
const query = async (text: string, values: unknown[] = []) => await bench.database.pool.query(text, values);

/** What counting finds, beside which the sums must stand. */
const countSql = `
select
  (select jsonb_build_object(
     'contact', count(*) filter (where object = 'contact'), 'company', count(*) filter (where object = 'company'),
     'deal', count(*) filter (where object = 'deal')) from pairs where person_id is not null) as "pairsByObject",
  (select count(*)::int from failures) as failures,
  (select count(*)::int from pairs where object = 'contact' and handed_over_at >= date_trunc('day', now(), 'UTC')) as "handoffsToday",
  (select coalesce(sum(jsonb_array_length(changes)), 0)::int from writes where state = 'done' and at >= date_trunc('day', now(), 'UTC')) as "changesToday"`;

async function expectSumsToBeRight(when: string): Promise<void> {
  const { rows } = await query(countSql);
  expect(await bench.ledger.status(), when).toMatchObject(rows[0]);
}

it('the sums are what counting finds, whatever happened to the rows, and whether they are folded or not', async () => {
  const now = `date_trunc('day', now(), 'UTC') + interval '1 minute'`;
  const steps = [
    `insert into pairs (connection_id, object, person_object, person_id, handed_over_at)
     select 1, (array['contact', 'company', 'deal'])[1 + n % 3], 'x', n::text, case when n % 2 = 0 then ${now} - n * interval '1 hour' end
     from generate_series(1, 60) as n`,
    `insert into pairs (connection_id) select 1 from generate_series(1, 5)`,
    `update pairs set person_object = 'Lead', person_id = 'late' || id, handed_over_at = ${now} where person_id is null`,
    `update pairs set lease_token = gen_random_uuid(), leased_until = now()`,
    `update pairs set person_object = null, person_id = null where id % 7 = 0`,
    `update pairs set handed_over_at = handed_over_at - interval '1 day' where id % 5 = 0`,
    `delete from pairs where id % 11 = 0`,
    `insert into writes (at, connection_id, pair_id, token, mapping_version, system, object, operation, changes, state)
     select ${now}, 1, n, gen_random_uuid(), 1, case when n % 2 = 0 then 'hubspot' else 'salesforce' end, 'x', 'update',
            case when n % 4 = 0 then '[]'::jsonb else '[{"field": "a"}, {"field": "b"}]' end, case when n % 3 = 0 then 'done' else 'open' end
     from generate_series(1, 40) as n`,
    `update writes set state = 'done' where state = 'open' and pair_id % 2 = 0`,
    `update writes set state = 'unknown' where state = 'open'`,
    `update writes set changes = '[{"field": "a"}]' where pair_id < 20`,
    `delete from writes where pair_id = 8`,
    `insert into failures (connection_id, system, object, record_id, kind, code, message, advice, first_at)
     select 1, 'hubspot', 'contact', n::text, 'needs-human', (n % 3)::text, '', '', now() - n * interval '6 hours' from generate_series(1, 30) as n`,
    `insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
     select 1, 'hubspot', 'contact', n::text, 'needs-human', '9', '', '' from generate_series(25, 35) as n
     on conflict (connection_id, system, object, record_id) do update set code = excluded.code`,
    `delete from failures where record_id in ('3', '26')`,
  ];
  for (const step of steps) {
    await query(step);
    await expectSumsToBeRight(step);
  }
  const before = (await query('select count(*)::int as rows from tallies')).rows[0].rows;
  await query(`update tallies set made_at = made_at - interval '2 minutes'`);
  await foldTallies(bench.database.pool);

  await expectSumsToBeRight('after folding');
  expect((await query('select count(*)::int as rows from tallies')).rows[0].rows).toBeLessThan(before);
  await query(`delete from failures where record_id = '30'`);
  await expectSumsToBeRight('an old failure goes after folding');
  await query('truncate pairs, writes, failures cascade');
  await expectSumsToBeRight('all are gone');
});

it('two that fold at the same time, while others write, lose nothing', async () => {
  const { pool } = bench.database;
  const write = (n: number) =>
    query(`insert into pairs (connection_id, person_object, person_id) values (1, 'Lead', $1)`, [`p${n}`]);
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(Array.from({ length: 10 }, (_, index) => write(round * 10 + index)));
    await query(`update tallies set made_at = made_at - interval '2 minutes'`);
    await Promise.all([foldTallies(pool), write(100 + round), foldTallies(pool), foldTallies(pool)]);
  }

  expect(sumOf(await readTallies(pool, 1), 'pairs')).toBe(44);
});

it('what is rolled back counts nowhere', async () => {
  const client = await bench.database.pool.connect();
  await client.query('begin');
  await client.query(`insert into pairs (connection_id, person_object, person_id) values (1, 'Lead', 'gone')`);
  await client.query('rollback');
  client.release();

  expect((await bench.ledger.status()).pairs).toBe(0);
});

let position: ChangePosition;
beforeEach(async () => {
  // Sequences that nobody has used yet begin to move with their first number.
  await bench.mark(['first']);
  position = (await bench.ledger.changesSince(null)).position;
});

async function changed(): Promise<readonly ChangedPart[]> {
  const found = await bench.ledger.changesSince(position);
  ({ position } = found);
  return [...found.changed].sort();
}

const pair = `insert into pairs (connection_id, person_object, person_id) values (1, 'Lead', $1) returning id`;

it.each<{ what: string; change: () => Promise<unknown>; parts: readonly ChangedPart[] }>([
  { what: 'a new pair', change: () => query(pair, ['a']), parts: ['overview', 'records'] },
  {
    what: 'a pause',
    change: () => bench.ledger.pause('eve', 'x'),
    parts: ['overview'],
  },
  {
    what: 'a failure',
    change: () =>
      query(`insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
             values (1, 'hubspot', 'contact', '1', 'needs-human', 'x', '', '')`),
    parts: ['failures', 'overview', 'records'],
  },
  {
    what: 'a run',
    change: () =>
      query(
        `insert into runs (connection_id, kind, state, creates_limit, changes_limit) values (1, 'backfill', 'running', 1, 1)`,
      ),
    parts: ['overview', 'runs'],
  },
  {
    what: 'a mapping that is proposed',
    change: () => bench.ledger.activateMapping('other', { createsPerRun: 1, changesPerRun: 1 }),
    parts: ['mappings', 'overview'],
  },
  {
    what: 'what somebody asked for',
    change: () =>
      bench.ledger.askAction({ actor: 'eve', role: 'admin', via: 'token', code: 'x', target: null, details: {} }),
    parts: ['activity'],
  },
  { what: 'a handoff', change: () => bench.handOver('7', '00Q7'), parts: ['activity', 'overview', 'records', 'runs'] },
  {
    what: 'a watermark',
    change: () => bench.ledger.advance(null, { source: 'salesforce.Lead.fast', atMs: 1_000, cursor: null }, []),
    parts: ['overview'],
  },
])('$what is told under $parts', async ({ change, parts }) => {
  expect(await changed()).toEqual([]);

  await change();

  expect(await changed()).toEqual(parts);
});

it('a run that is not over is told however many began and ended since', async () => {
  await query(`insert into runs (connection_id, kind, object, state, creates_limit, changes_limit, moved_at)
               values (1, 'backfill', 'deals', 'running', 1, 1, now())`);
  const { id } = (
    await query(`insert into runs (connection_id, kind, object, state, creates_limit, changes_limit, moved_at)
               values (1, 'backfill', 'contacts', 'running', 1, 1, now()) returning id`)
  ).rows[0];
  await query(`insert into runs (connection_id, kind, object, state, creates_limit, changes_limit, dry_run, ended_at)
               select 1, 'backfill', 'contacts', 'ended', 1, 1, true, now() from generate_series(1, 20)`);
  expect(await changed()).toEqual(['overview', 'runs']);

  await query('update runs set changes = changes + 5, moved_at = clock_timestamp() where id = $1', [id]);
  expect(await changed(), 'it moved').toEqual(['overview', 'runs']);
  await query(`update runs set state = 'ended', ended_at = clock_timestamp() where id = $1`, [id]);
  expect(await changed(), 'it ended').toEqual(['overview', 'runs']);
  await query('update runs set changes = changes + 5 where id = $1', [id]);
  expect(await changed(), 'it is over').toEqual([]);
});

it('a mark is told once more with the next look, for it shows before it is committed', async () => {
  await bench.mark(['later']);

  expect(await changed()).toEqual(['overview', 'records']);
  expect(await changed()).toEqual(['overview', 'records']);
  expect(await changed()).toEqual([]);
});

it('folding tells nothing, and keeps nothing from being told', async () => {
  await query(pair, ['a']);
  await foldTallies(bench.database.pool);
  expect(await changed()).toEqual(['overview', 'records']);
  await query(`update tallies set made_at = made_at - interval '2 minutes'`);
  await foldTallies(bench.database.pool);

  expect(await changed()).toEqual([]);
});

it('sums that come from another database, whose transactions were numbered higher, tell nothing', async () => {
  await query(
    `insert into tallies (connection_id, name, key, hour, amount, made_in) values (1, 'pairs', 'contact', '-infinity', 3, '999999999')`,
  );

  expect(await changed()).toEqual([]);
  expect((await bench.ledger.status()).pairs).toBe(3);
});
