import { describe, expect, it } from 'vitest';
import { mostSamples } from '../../src/domain/runs/types.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { done, record, useLedger } from '../support/ledger.ts';
import { pageOf, runStepsOf } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);

const countsOf = async (runId: string) =>
  Object.fromEntries(
    ((await bench.ledger.run(runId))?.counts ?? []).map(({ kind, code, count }) => [`${kind} ${code}`, count]),
  );
const expire = () =>
  bench.database.pool.query(`update runs set leased_until = clock_timestamp() - interval '1 second'`);

describe('a run is listed', () => {
  it('by one at a time, the one that waited longest first', async () => {
    const ids = [await runs.begin(), await runs.begin({ object: 'deals' }), await runs.begin({ object: 'leads' })];
    const [first, second] = [await runs.take(), await runs.take()];
    expect([first.id, second.id]).toEqual([ids[0], ids[1]]);
    await bench.ledger.releaseRun(first);

    expect((await runs.take()).id, 'never taken').toBe(ids[2]);
    expect((await runs.take()).id, 'given back').toBe(ids[0]);
    expect(await bench.ledger.claimRun(60_000)).toBeNull();
    expect(await bench.ledger.runsDue()).toBe(0);
    await expire();
    expect(await bench.ledger.runsDue()).toBe(3);
    expect((await runs.take(ids[1])).id).toBe(ids[1]);
  });

  it('never by two that ask at the same time', async () => {
    await runs.begin();
    const others = Array.from({ length: 4 }, () => createLedger(bench.database.connect()));

    const taken = await Promise.all(others.map((ledger) => ledger.claimRun(60_000)));

    expect(taken.filter((run) => run !== null)).toHaveLength(1);
  });

  it('from where its last page ended, until the last one; then it drains, and ends once nothing is left to look at', async () => {
    const id = await runs.begin();
    const first = await runs.take();
    expect(first).toMatchObject({
      kind: 'backfill',
      object: 'contacts',
      phase: 'listing',
      cursor: null,
      backlog: 0,
      total: null,
    });
    await bench.ledger.commitPage(first, pageOf(id, ['1', '2'], { total: 3 }), 60_000);
    await bench.ledger.releaseRun(first);
    const second = await runs.take();
    expect(second).toMatchObject({ phase: 'listing', cursor: { after: '2' }, backlog: 2, total: 3 });
    await bench.ledger.commitPage(second, pageOf(id, ['3'], { isLast: true }), 60_000);
    await bench.ledger.releaseRun(second, { state: 'ended' });

    expect(await bench.ledger.run(id)).toMatchObject({ state: 'running', phase: 'draining', backlog: 3 });
    expect(await bench.ledger.claimRun(60_000), 'nothing to do').toBeNull();
    const batch = await bench.claim();
    await bench.commit(
      batch,
      ...batch.records.map(({ recordId, counter }) => ({ contactId: recordId, counter, settle: done })),
    );
    const last = await runs.take();
    await bench.ledger.releaseRun(last, { state: 'ended' });

    const ended = await bench.ledger.run(id);
    expect(ended).toMatchObject({ state: 'ended', backlog: 0, total: 3 });
    expect(ended?.endedAtMs).toBeGreaterThanOrEqual(ended?.startedAtMs ?? 0);
    expect(await bench.ledger.runsDue()).toBe(0);
  });

  it('until it must be reviewed, or has failed: then nothing that it marked is looked at any more', async () => {
    const reviewed = await runs.listed(['1']);
    await bench.ledger.releaseRun(reviewed, { state: 'review', reason: 'policy' });
    expect(await bench.ledger.run(reviewed.id)).toMatchObject({
      state: 'review',
      stoppedReason: 'policy',
      endedAtMs: null,
    });

    const failed = await runs.listed(['2']);
    await bench.ledger.releaseRun(failed, { state: 'failed', reason: 'list_gone' });
    expect(await bench.ledger.run(failed.id)).toMatchObject({
      state: 'failed',
      stoppedReason: 'list_gone',
      backlog: 0,
    });
    expect(await runs.pending()).toMatchObject([{ id: '1' }]);
  });

  it('not ended by one whose lease has passed to somebody else', async () => {
    const id = await runs.begin();
    const lapsed = await runs.take();
    await expire();
    const next = await runs.take();

    await bench.ledger.releaseRun(lapsed, { state: 'failed', reason: 'x' });

    expect(await bench.ledger.run(id)).toMatchObject({ state: 'running' });
    expect(await bench.ledger.commitPage(next, pageOf(id, ['1']), 60_000)).toBe(true);
  });
});

describe('a page', () => {
  it('is stored whole or not at all: a crash repeats it without counting twice', async () => {
    const id = await runs.begin();
    const run = await runs.take();
    const page = pageOf(id, ['1', '2']);
    // The connection ends in the middle of the transaction, once the marks are made.
    await bench.database.pool.query(`
      create function fail() returns trigger language plpgsql as 'begin raise exception ''crash''; end';
      create trigger crash before insert on run_counts execute function fail()`);
    await expect(bench.ledger.commitPage(run, page, 60_000)).rejects.toMatchObject({ code: 'ledger_failed' });
    await bench.database.pool.query('drop trigger crash on run_counts; drop function fail()');
    expect(await runs.pending()).toEqual([]);
    expect((await bench.ledger.run(id))?.counts).toEqual([]);
    await expire();

    const again = await runs.take();
    expect(again.cursor).toBeNull();
    await bench.ledger.commitPage(again, page, 60_000);
    // The answer was lost, not the page: who lists next begins behind it.
    await expire();

    expect((await runs.take()).cursor).toEqual(page.cursor);
    expect(await countsOf(id)).toEqual({ 'listed marked': 2 });
  });

  it.each([
    ['whose lease has passed to somebody else', async () => void (await expire().then(() => runs.take()))],
    ['that is paused', async (id: string) => void (await bench.ledger.pauseRun(id, 'ann'))],
    ['that was cancelled', async (id: string) => void (await bench.ledger.cancelRun(id, 'ann'))],
    ['that was stopped', async () => void (await bench.database.pool.query(`update runs set state = 'stopped'`))],
  ])('of a run %s is not stored', async (_, change) => {
    const run = await runs.take(await runs.begin());
    await change(run.id);

    expect(await bench.ledger.commitPage(run, pageOf(run.id, ['1']), 60_000)).toBe(false);

    expect(await runs.pending()).toEqual([]);
    expect(await bench.ledger.run(run.id)).toMatchObject({ counts: [], backlog: 0 });
  });

  it('in whose middle the run is cancelled or paused is stored before that, or not at all', async () => {
    const other = createLedger(bench.database.connect());
    for (let round = 0; round < 12; round += 1) {
      const run = await runs.take(await runs.begin());
      const ids = Array.from({ length: 300 }, (_, place) => `${round}-${place}`);
      const hold = round % 2 === 0 ? other.cancelRun : other.pauseRun;
      const [stored, held] = await Promise.all([
        bench.ledger.commitPage(run, pageOf(run.id, ids), 60_000),
        hold(run.id, 'ann'),
      ]);

      expect(held).toBe(true);
      const own = (await runs.pending()).filter(({ run: of }) => of === run.id);
      expect(own).toHaveLength(stored && round % 2 === 1 ? 300 : 0);
      expect(own.every((row) => row.held)).toBe(true);
      await bench.ledger.cancelRun(run.id, 'ann');
      expect(await runs.pending()).toEqual([]);
    }
  });

  it('adds to the counts of those before it, and keeps a few ids of each', async () => {
    const run = await runs.take(await runs.begin());
    for (const start of [0, 15, 30]) {
      const ids = Array.from({ length: 15 }, (_, place) => String(start + place));
      await bench.ledger.commitPage(run, pageOf(run.id, ids), 60_000);
    }
    await bench.ledger.countForRun(run.id, [{ kind: 'listed', code: 'marked', count: 1, samples: ['0'] }]);
    await bench.ledger.countForRun('999', [{ kind: 'listed', code: 'marked', count: 1, samples: ['0'] }]);

    const [count] = (await bench.ledger.run(run.id))?.counts ?? [];
    expect(count?.count).toBe(46);
    expect(count?.samples).toEqual(Array.from({ length: mostSamples }, (_, place) => String(place)));
  });

  it('takes no record over that live work has marked', async () => {
    await bench.mark(['1']);
    await runs.listed(['1', '2']);

    expect(await runs.pending()).toMatchObject([
      { id: '1', run: null, priority: 2 },
      { id: '2', run: expect.any(String), priority: 4 },
    ]);
    expect(record(await bench.claim(), '1').runId).toBeNull();
  });
});
