import { describe, expect, it } from 'vitest';
import type { Decision, RecordResult } from '../../src/ports/ledger-result.ts';
import { done, resultOf, useLedger } from '../support/ledger.ts';
import { pageOf, runStepsOf } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);

const later = { kind: 'later', delayMs: 0, counts: false, code: 'x' } as const;
const decided = (outcome: string): Decision => ({
  outcome,
  code: 'x',
  text: '',
  reasons: [],
  fields: [],
  observedOnly: false,
});
const outcomesOf = async (runId: string) =>
  ((await bench.ledger.run(runId))?.counts ?? []).flatMap(({ kind: of, code, count, samples }) =>
    of === 'outcome' ? [{ code, count, samples }] : [],
  );

describe('a record of a run that fails again and again', () => {
  const retry = { kind: 'later', delayMs: 0, counts: true, code: 'salesforce_row_locked' } as const;
  /** Looks at the record so often, each time with the same end. */
  const lookTimes = async (times: number, settle: RecordResult['settle']) => {
    for (let look = 0; look < times; look += 1) {
      const batch = await bench.claim();
      await bench.commit(batch, resultOf(batch, '1', { decision: decided('later'), ...(settle && { settle }) }));
    }
  };
  const last = async () => {
    const run = await runs.take(await runs.begin());
    await bench.ledger.commitPage(run, pageOf(run.id, ['1'], { isLast: true }), 60_000);
    await bench.ledger.releaseRun(run);
    return run;
  };

  it('leaves it at the eighth failure and is counted as failed: it is retried for nobody’s run, and the run ends', async () => {
    const run = await last();
    await lookTimes(7, retry);
    expect(await runs.pending()).toMatchObject([{ id: '1', run: run.id }]);
    expect(await bench.ledger.claimRun(60_000)).toBeNull();

    await lookTimes(1, retry);

    expect(await runs.pending()).toMatchObject([{ id: '1', run: null, priority: 4, wait: 'salesforce_row_locked' }]);
    expect(await outcomesOf(run.id)).toEqual([{ code: 'failed', count: 1, samples: ['1'] }]);
    const taken = await runs.take(run.id);
    await bench.ledger.releaseRun(taken, { state: 'ended' });
    expect(await bench.ledger.run(run.id)).toMatchObject({ state: 'ended' });
    await lookTimes(1, done);
    expect(await outcomesOf(run.id)).toEqual([{ code: 'failed', count: 1, samples: ['1'] }]);
  });

  it('leaves a run that still lists, too', async () => {
    await runs.listed(['1']);
    await lookTimes(8, retry);
    expect(await runs.pending()).toMatchObject([{ id: '1', run: null }]);
  });

  it('leaves it where it is the ledger that refuses it', async () => {
    const { id } = await runs.listed(['1']);
    for (let look = 0; look < 8; look += 1) {
      await bench.database.pool.query(`update pending set due_at = clock_timestamp(), not_before = '-infinity'`);
      const batch = await bench.claim();
      await bench.commit(batch, resultOf(batch, '1', { outcomes: [{ intentId: 'x', state: 'done' }] }));
    }
    expect(await runs.pending()).toMatchObject([{ id: '1', run: null }]);
    expect(await outcomesOf(id)).toEqual([{ code: 'failed', count: 1, samples: ['1'] }]);
  });

  it.each([
    { what: 'a wait, however often', settle: { ...retry, counts: false }, looks: 15, isListing: false },
    { what: 'an answer that was lost', settle: { ...later, code: 'answer_lost' }, looks: 15, isListing: false },
    { what: 'a CRM that is away, while the run lists', settle: { ...retry, isAway: true }, looks: 15, isListing: true },
    { what: 'a CRM that is away for half an hour', settle: { ...retry, isAway: true }, looks: 11, isListing: false },
  ])('stays with it for $what', async ({ settle, looks, isListing }) => {
    const { id } = isListing ? await runs.listed(['1']) : await last();
    await lookTimes(looks, settle);
    expect(await runs.pending()).toMatchObject([{ id: '1', run: id }]);
    expect(await outcomesOf(id)).toEqual([]);
  });

  it('leaves a run that only waits for it, where what fails is the CRM for longer than that', async () => {
    const { id } = await last();
    await lookTimes(12, { ...retry, isAway: true });
    expect(await runs.pending()).toMatchObject([{ id: '1', run: null }]);
    expect(await outcomesOf(id)).toMatchObject([{ code: 'failed', count: 1 }]);
  });

  it('stays with a run that is held: nothing of it is done outside of it', async () => {
    const { id } = await runs.listed(['1']);
    await lookTimes(7, retry);
    const batch = await bench.claim();
    await bench.ledger.pauseRun(id, 'ann');
    await bench.commit(batch, resultOf(batch, '1', { settle: retry }));
    expect(await runs.pending()).toMatchObject([{ id: '1', run: id, held: true }]);
  });
});
