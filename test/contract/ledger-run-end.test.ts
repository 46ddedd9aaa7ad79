import { describe, expect, it } from 'vitest';
import { change, create, done, kind, reservation, useLedger } from '../support/ledger.ts';
import { later, pageOf, retry, runStepsOf, settled } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);

const cancel = async (runId: string) => expect(await bench.ledger.cancelRun(runId, 'ann')).toBe(true);

describe('a run that is held while a batch of it is committed', () => {
  const ids = Array.from({ length: 60 }, (_, place) => String(place + 100));

  it.each(['pauseRun', 'resumeRun', 'cancelRun'] as const)('%s: no record is left in between', async (hold) => {
    const { ledger: other } = bench;
    for (let round = 0; round < 10; round += 1) {
      const { id } = await runs.listed(ids);
      const batch = await bench.claim();
      expect(batch.records).toHaveLength(ids.length);
      if (hold === 'resumeRun') await runs.pause(id);
      const settle = round % 2 === 0 ? later : { ...retry, delayMs: 1 };
      const [, held] = await Promise.all([
        bench.commit(batch, ...ids.map((one) => settled(batch, one, settle))),
        new Promise((resolve) => setImmediate(resolve)).then(() => other[hold](id, 'ann')),
      ]);

      expect(held).toBe(true);
      const rows = await runs.pending();
      expect(rows).toHaveLength(hold === 'cancelRun' ? 0 : ids.length);
      expect(rows.filter((row) => row.held !== (hold === 'pauseRun'))).toEqual([]);
      await bench.ledger.cancelRun(id, 'ann');
      expect(await runs.pending()).toEqual([]);
    }
  });
});

describe('a run that is cancelled', () => {
  it('forgets what it marked, but for what an event told and for writes whose answer was lost', async () => {
    const { id } = await runs.listed(['1', '2', '3', '4', '5']);
    await bench.mark(['2']);
    await bench.mark(['3'], { priority: 4, hints: ['deleted'], runId: id });
    await bench.mark(['5'], { priority: 4, hints: ['born', 'resync'], runId: id });
    const batch = await bench.claim();
    const [answer] = await bench.reserve(batch, reservation(batch, '4'));
    if (answer?.ok !== true || answer.intentId === null) throw new Error('not reserved');
    const outcomes = [{ intentId: answer.intentId, state: 'unknown' }] as const;
    await bench.commit(batch, settled(batch, '4', { ...later, delayMs: 600_000 }, { pairId: answer.pairId, outcomes }));
    await bench.ledger.release(batch.token);

    await cancel(id);

    expect(await runs.pending()).toMatchObject([
      { id: '2', run: null, priority: 2 },
      { id: '3', run: null, priority: 4, held: false },
      { id: '4', run: null, priority: 4, held: false },
    ]);
    expect(await runs.claimedIds()).toEqual(['2', '3']);
    expect(await bench.ledger.run(id)).toMatchObject({ state: 'cancelled', backlog: 0 });
    expect(await bench.ledger.cancelRun(id, 'ann')).toBe(false);
    expect(await bench.ledger.resumeRun(id, 'ann')).toBe(false);
  });

  it.each(['paused', 'running'])(
    'while it is %s lets looks under way end, writes nothing more, and forgets them, too',
    async (state) => {
      const { id } = await runs.listed(['1', '2', '3', '4']);
      await bench.mark(['3'], { priority: 4, hints: ['merged'], runId: id });
      const batch = await bench.claim();
      if (state === 'paused') await runs.pause(id);
      await cancel(id);
      expect((await runs.pending()).map((row) => row.run)).toEqual([id, id, id, id]);

      expect(await bench.reserve(batch, reservation(batch, '1'))).toMatchObject([{ ok: false, reason: 'limit' }]);
      const marks = [{ ...kind, recordId: '9', priority: 2, source: 'parent' }] as const;
      await bench.commit(
        batch,
        settled(batch, '1', later),
        settled(batch, '2', done, { marks }),
        settled(batch, '3', later),
      );
      expect(await runs.pending()).toMatchObject([
        { id: '3', run: null, held: false },
        { id: '4', run: id, leased: true },
        { id: '9', run: null, priority: 4 },
      ]);
      await bench.ledger.release(batch.token);
      const next = await bench.claim();
      expect(next.records.map(({ recordId }) => recordId).sort()).toEqual(['3', '4', '9']);
      await bench.commit(next, settled(next, '4', later));
      expect((await runs.pending()).map((row) => row.id)).toEqual(['3', '9']);
    },
  );

  it('makes room for the next one', async () => {
    const { id } = await runs.listed(['1']);
    await bench.database.pool.query(`insert into run_seen values ($1, 'hubspot', 'contact', '1')`, [id]);
    await cancel(id);

    const next = await runs.take(await runs.begin());

    expect(await bench.ledger.commitPage(next, pageOf(next.id, ['1']), 60_000)).toBe(true);
    expect((await bench.database.pool.query('select from run_seen')).rowCount).toBe(0);
  });
});

describe('a run that is over', () => {
  // Raw strings, triple quotes, bare numbers and comments, too: nothing of it is told apart.
  const where = String.raw`contact.a == r"\" || contact.email == "ann@example.com" // or +43 664 1234567`;
  const asked = { options: { filter: { where, stage: 'lead' } } };
  const filterOf = async (id: string) => (await bench.ledger.run(id))?.options.filter;
  const forgotten = { where: '(forgotten)', stage: 'lead' };

  it('says no more what its filter compared with: that may be somebody’s email', async () => {
    const { id } = await runs.listed(['1'], asked);
    expect((await filterOf(id))?.where).toBe(where);
    await cancel(id);
    expect(await filterOf(id)).toEqual(forgotten);
  });

  it('does not do so either where it has failed', async () => {
    const failed = await runs.take(await runs.begin(asked));
    await bench.ledger.releaseRun(failed, { state: 'failed', reason: 'x' });
    const untold = await runs.begin({ options: { filter: { ...asked.options.filter, hasIds: true } } });
    await bench.database.pool.query(`update runs set moved_at = moved_at - interval '1 hour' where id = $1`, [untold]);
    await bench.ledger.claimRun(60_000);

    expect(await filterOf(failed.id)).toEqual(forgotten);
    expect(await bench.ledger.run(untold)).toMatchObject({ state: 'failed', options: { filter: forgotten } });
  });
});

describe('the safety limit of a run', () => {
  const stopped = async () => {
    const { id } = await runs.listed(['1', '2', '3'], { limits: { creates: 1, changes: 1 } });
    const batch = await bench.claim();
    const wanted = ['1', '2'].map((recordId) => reservation(batch, recordId));
    const answers = await bench.reserve(batch, ...wanted);
    expect(answers).toMatchObject([{ ok: true }, { ok: false, reason: 'limit' }]);
    expect(await bench.reserve(batch, reservation(batch, '3'))).toMatchObject([{ ok: false, reason: 'limit' }]);
    await bench.commit(batch, settled(batch, '2', { ...later, code: 'run_limit', delayMs: 600_000 }));
    await bench.ledger.release(batch.token);
    return id;
  };

  it('stops it and nobody else', async () => {
    const id = await stopped();

    expect(await bench.ledger.run(id)).toMatchObject({ state: 'stopped', stoppedReason: 'creates_limit', creates: 1 });
    expect(await bench.ledger.claimRun(60_000)).toBeNull();
    expect(
      (await runs.pending()).map(({ held }) => held),
      'nobody reads them again and again',
    ).toEqual([true, true, true]);
    const live = await bench.claimed('9');
    expect(live.records).toHaveLength(1);
    expect(await bench.reserve(live, reservation(live, '9'))).toMatchObject([{ ok: true }]);
  });

  it('is lifted by an approval, for the records of this run alone', async () => {
    const id = await stopped();
    await bench.mark(['8']);
    const other = await bench.claim();
    await bench.commit(other, settled(other, '8', { ...later, code: 'run_limit', delayMs: 600_000 }));
    await bench.ledger.release(other.token);

    expect(await bench.ledger.approve(id, 'ann')).toBe(true);

    const batch = await bench.claim();
    expect(batch.records.map(({ recordId }) => recordId).sort(), 'not 8').toEqual(['1', '2', '3']);
    const update = { ...create, operation: 'update', recordId: '00Q1', changes: [change] } as const;
    const person = { object: 'Lead', id: '00Q1' } as const;
    expect(
      await bench.reserve(batch, reservation(batch, '2'), reservation(batch, '3', { intent: update, person })),
    ).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await bench.ledger.run(id)).toMatchObject({ state: 'running', creates: 2, changes: 1 });
    expect((await runs.take()).id).toBe(id);
  });

  it('counts no write of a run against the day of live sync', async () => {
    const { id } = await runs.listed(['1']);
    const batch = await bench.claim();
    await bench.reserve(batch, reservation(batch, '1'));

    expect((await bench.ledger.status()).runs).toMatchObject([{ id, creates: 1 }]);
    const { rows } = await bench.database.pool.query('select run_id from writes');
    expect(rows).toEqual([{ run_id: id }]);
  });
});
