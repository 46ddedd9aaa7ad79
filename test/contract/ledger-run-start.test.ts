import { describe, expect, it } from 'vitest';
import { retire } from '../../src/store/retention.ts';
import { useLedger } from '../support/ledger.ts';
import { runStepsOf } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);

const lines = (from: number, count: number) => Array.from({ length: count }, (_, place) => String(from + place));

describe('a run begins', () => {
  it('once, when two people press the button at the same time: the other is told which run is on, and whose it is', async () => {
    const answers = await Promise.allSettled([
      runs.begin({ requestedBy: 'ann' }),
      runs.begin({ requestedBy: 'bob' }),
      runs.begin({ requestedBy: 'eve' }),
    ]);

    const [begun] = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const by = (await bench.ledger.run(begun ?? ''))?.requestedBy;
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(refused).toHaveLength(2);
    for (const error of refused) {
      expect(error).toMatchObject({ kind: 'needs-human', code: 'run_overlaps', detail: { recordIds: [begun] } });
      expect(error.message).toContain(`Run ${begun} (backfill of contacts, started by ${by}) is on`);
      expect(error.detail.advice).toContain(`handoff runs cancel ${begun}`);
    }
  });

  it('beside runs of another object, dry runs, reverts of different runs, and runs that are over', async () => {
    const first = await runs.begin();
    await runs.begin({ object: 'companies' });
    await runs.begin({ kind: 'comparison', object: null });
    await runs.begin({ isDryRun: true });
    await runs.begin({ isDryRun: true });
    await runs.begin({ kind: 'revert', object: null, options: { reverts: first } });
    await expect(runs.begin({ kind: 'comparison', object: null })).rejects.toMatchObject({ code: 'run_overlaps' });
    await expect(runs.begin({ kind: 'revert', object: null, options: { reverts: first } })).rejects.toMatchObject({
      code: 'run_overlaps',
    });
    await bench.ledger.cancelRun(first, 'ann');

    const second = await runs.begin();
    await runs.begin({ kind: 'revert', object: null, options: { reverts: second } });

    expect((await bench.ledger.run(first))?.revertedBy).toHaveLength(1);
  });

  it.each(['paused', 'stopped'])('not while another one is %s', async (state) => {
    const id = await runs.begin();
    await bench.database.pool.query('update runs set state = $1', [state]);

    await expect(runs.begin()).rejects.toMatchObject({
      code: 'run_overlaps',
      message: expect.stringContaining(`Run ${id}`),
    });
  });
});

describe('a run with ids', () => {
  const hasIds = { options: { filter: { hasIds: true } } };

  it('holds each once, in the order in which it was told first', async () => {
    const id = await runs.begin(hasIds);

    expect(await bench.ledger.addRunIds(id, ['7', '3', '7', '5'])).toBe(3);
    expect(await bench.ledger.addRunIds(id, ['3', '9', '5', '1'])).toBe(2);

    const all = await bench.ledger.runIds(id, 0, 100);
    expect(all.map(({ recordId }) => recordId)).toEqual(['7', '3', '5', '9', '1']);
    const [, second] = all;
    const rest = await bench.ledger.runIds(id, second?.position ?? 0, 2);
    expect(rest.map(({ recordId }) => recordId)).toEqual(['5', '9']);
  });

  it('is listed by nobody before all ids are told', async () => {
    const id = await runs.begin(hasIds);
    await bench.ledger.addRunIds(id, ['1']);
    expect([await bench.ledger.claimRun(60_000), await bench.ledger.runsDue()]).toEqual([null, 0]);

    await bench.ledger.addRunIds(id, []);

    expect(await bench.ledger.runsDue()).toBe(1);
    expect((await runs.take()).id).toBe(id);
    expect(await bench.ledger.addRunIds(id, ['2']), 'too late').toBe(0);
  });

  it('fails when whoever told the ids has gone in the middle', async () => {
    const id = await runs.begin(hasIds);
    await bench.database.pool.query(`update runs set moved_at = moved_at - interval '11 minutes'`);

    expect(await bench.ledger.claimRun(60_000)).toBeNull();

    expect(await bench.ledger.run(id)).toMatchObject({ state: 'failed', stoppedReason: 'ids_incomplete' });
  });

  it('takes many of them, chunk by chunk', async () => {
    const [chunk, chunks] = process.env.HANDOFF_TEST_FULL !== '1' ? [5_000, 4] : [10_000, 100];
    const id = await runs.begin(hasIds);
    let added = 0;
    for (let place = 0; place < chunks; place += 1)
      added += await bench.ledger.addRunIds(id, lines(place * chunk, chunk));
    added += await bench.ledger.addRunIds(id, lines(chunk / 2, chunk));

    expect(added).toBe(chunk * chunks);
    expect(await bench.ledger.runIds(id, 0, 10)).toHaveLength(10);
  });

  it('gives its ids up a month after it has ended', async () => {
    const [old, young] = [await runs.begin(hasIds), await runs.begin({ ...hasIds, object: 'deals' })];
    for (const id of [old, young]) await bench.ledger.addRunIds(id, ['1', '2']);
    await bench.ledger.cancelRun(old, 'ann');
    await bench.database.pool.query(`update runs set ended_at = ended_at - interval '31 days' where id = $1`, [old]);

    expect(await retire(bench.database.pool)).toMatchObject({ runIds: 2 });
    expect(await bench.ledger.runIds(young, 0, 10)).toHaveLength(2);
  });
});

describe('what people see of runs', () => {
  it('is the newest first, by kind, state and place', async () => {
    const ids = [
      await runs.begin(),
      await runs.begin({ object: 'deals' }),
      await runs.begin({ kind: 'comparison', object: null }),
      await runs.begin({ object: 'leads' }),
    ];
    await bench.ledger.pauseRun(ids[1] ?? '', 'ann');
    const list = async (...given: Parameters<typeof bench.ledger.runs>) =>
      (await bench.ledger.runs(...given)).map(({ id }) => id);

    expect(await list(10)).toEqual([...ids].reverse());
    expect(await list(2, { before: ids[3] ?? '' })).toEqual([ids[2], ids[1]]);
    expect(await list(10, { kind: 'backfill', state: 'running' })).toEqual([ids[3], ids[0]]);
    expect(await list(10, { before: 'x' })).toEqual([]);
    expect(await bench.ledger.run('x; drop table runs')).toBeNull();
    expect(await bench.ledger.run('999')).toBeNull();
  });

  it('holds all that was asked for and all that came of it', async () => {
    const forecast = {
      isExact: false,
      records: 10,
      sampled: 5,
      creates: 1,
      changes: 2,
      calls: { hubspot: 3, salesforce: 4 },
      callsLeft: { hubspot: null, salesforce: 5 },
      durationMs: 6,
    };
    const options = { filter: { sinceMs: 1, stage: 'lead' } };
    const run = await runs.listed(['1', '2'], {
      options,
      forecast,
      total: 10,
      limits: { creates: 3, changes: 2 ** 40 },
    });
    await bench.ledger.countForRun(run.id, [{ kind: 'left', code: 'changed_since', count: 2, samples: ['1'] }]);

    const report = await bench.ledger.run(run.id);

    expect(report).toEqual({
      id: run.id,
      kind: 'backfill',
      object: 'contacts',
      state: 'running',
      unknown: [],
      phase: 'listing',
      options,
      isDryRun: false,
      requestedBy: 'revops',
      stoppedReason: null,
      mappingVersion: bench.version,
      startedAtMs: expect.any(Number),
      endedAtMs: null,
      movedAtMs: expect.any(Number),
      total: 10,
      creates: 0,
      changes: 0,
      createsLimit: 3,
      changesLimit: 2 ** 31 - 1,
      forecast,
      counts: [
        { kind: 'left', code: 'changed_since', count: 2, samples: ['1'] },
        { kind: 'listed', code: 'marked', count: 2, samples: ['1', '2'] },
      ],
      backlog: 2,
      reverts: null,
      revertedBy: [],
    });
    expect((await bench.ledger.runs(5))[0]).toEqual(report);
    expect((await bench.ledger.status()).runs[0]).toMatchObject({
      kind: 'backfill',
      object: 'contacts',
      state: 'running',
    });
  });
});

describe('processes that live', () => {
  const beat = (id: string, works: boolean) => bench.ledger.beat({ id, role: 'all', works, mappingVersion: 1 });

  it('work as long as one with workers has said so, and are forgotten an hour after their last word', async () => {
    await bench.database.pool.query('delete from processes');
    await beat('a', false);
    expect(await bench.ledger.hasWorkers(60_000)).toBe(false);
    await beat('b', true);
    expect(await bench.ledger.hasWorkers(60_000)).toBe(true);
    await bench.ledger.leave('b');
    expect(await bench.ledger.hasWorkers(60_000)).toBe(false);

    await beat('c', true);
    await bench.database.pool.query(`update processes set beat_at = beat_at - interval '61 minutes' where id = 'c'`);
    expect(await bench.ledger.hasWorkers(60_000)).toBe(false);
    await beat('a', false);
    expect((await bench.database.pool.query('select id from processes')).rows).toEqual([{ id: 'a' }]);
  });
});
