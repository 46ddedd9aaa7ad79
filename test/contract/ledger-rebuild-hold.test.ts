import { beforeEach, describe, expect, it } from 'vitest';
import type { RebuiltPair } from '../../src/ports/ledger-rebuild.ts';
import { accepted, reservation, useLedger } from '../support/ledger.ts';
import { pageOf, runStepsOf } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);
beforeEach(async () => void (await bench.database.pool.query('truncate rebuild_ids')));

const begin = () => runs.begin({ kind: 'rebuild', object: null });
const due = async () => (await bench.ledger.due('hubspot', 'contact')).paused;
const mode = async () => (await bench.ledger.status()).mode;
const last = (id: string) => pageOf(id, [], { isLast: true });

/** A lead with its contact, as a page of the rebuild makes them. */
async function link(runId: string): Promise<void> {
  const counterpart = { object: 'Lead', id: '00Q000000000001AAA' } as const;
  const pair: RebuiltPair = {
    recordId: '7',
    formerIds: [],
    counterpart,
    formerCounterparts: [],
    handedOver: true,
  };
  await bench.ledger.addFoundIds(runId, 'contact', [{ recordId: '7', counterpart, toldBy: 'external_id' }]);
  expect((await bench.ledger.storePairs(runId, 'contact', [pair])).get('7')).toBe('made');
}

/** To the review, or with a policy to where its records are worked off. */
async function listAll(runId: string, policy?: 'keep'): Promise<void> {
  const run = await runs.take(runId);
  expect(await bench.ledger.commitPage(run, last(runId), 60_000)).toBe(true);
  await bench.ledger.releaseRun(run, policy === undefined ? { state: 'review', reason: 'policy_wanted' } : undefined);
}

describe('a rebuild', () => {
  it('keeps everything from being written, whoever lifts a pause', async () => {
    const before = await bench.claimed('1');
    await bench.mark(['2']);
    await bench.ledger.pause('ann', 'my own');
    const id = await begin();
    await bench.ledger.resume();

    expect(await mode()).toEqual({
      paused: true,
      pausedBy: 'rebuild',
      pausedReason: expect.stringContaining(`rebuild ${id} is on`),
      rebuild: { runId: id, state: 'running' },
    });
    expect(await due()).toBe(true);
    expect((await bench.claim()).records).toEqual([]);
    await expect(bench.reserve(before, reservation(before, '1'))).rejects.toMatchObject({ code: 'paused' });
  });

  it('goes on doing so in review and under its policy, until its last page is stored', async () => {
    await bench.mark(['2']);
    const id = await begin();
    await link(id);
    await listAll(id);
    await bench.ledger.resume();
    expect((await mode()).rebuild).toEqual({ runId: id, state: 'review' });
    expect(await due()).toBe(true);

    expect(await bench.ledger.chooseRebuildPolicy('keep', {})).toBe(id);
    expect(await due()).toBe(true);
    await bench.ledger.pauseRun(id, 'ann');
    expect(await due()).toBe(true);
    await bench.ledger.resumeRun(id, 'ann');
    await listAll(id, 'keep');

    expect(await mode()).toEqual({ paused: false, pausedBy: null, pausedReason: null, rebuild: null });
    const batch = await bench.claim();
    accepted((await bench.reserve(batch, reservation(batch, '2')))[0]);
  });

  it('leaves the pause of an admin alone', async () => {
    await bench.ledger.pause('ann', 'my own');
    const id = await begin();
    expect(await mode()).toMatchObject({
      pausedBy: 'ann and rebuild',
      pausedReason: expect.stringContaining('my own'),
    });

    await bench.ledger.cancelRun(id, 'ann');

    expect(await mode()).toEqual({ paused: true, pausedBy: 'ann', pausedReason: 'my own', rebuild: null });
  });

  for (const state of ['failed', 'cancelled'] as const) {
    it(`that has ${state} holds what it had linked until another one has settled it`, async () => {
      const id = await begin();
      const run = await runs.take(id);
      if (state === 'failed') await bench.ledger.releaseRun(run, { state, reason: 'x' });
      else await bench.ledger.cancelRun(id, 'ann');
      expect(await due(), 'nothing was linked').toBe(false);

      const second = await begin();
      await link(second);
      const taken = await runs.take(second);
      if (state === 'failed') await bench.ledger.releaseRun(taken, { state, reason: 'x' });
      else await bench.ledger.cancelRun(second, 'ann');
      await bench.ledger.resume();

      expect(await mode()).toMatchObject({
        paused: true,
        rebuild: { runId: second, state },
        pausedReason: expect.stringContaining('handoff rebuild --again'),
      });
      const third = await begin();
      await listAll(third);
      await bench.ledger.chooseRebuildPolicy('keep', {});
      await listAll(third, 'keep');
      expect(await due()).toBe(false);
      await bench.ledger.forgetFound(third);
      await bench.ledger.releaseRun(await runs.take(third), { state: 'ended' });
      expect(await due()).toBe(false);
    });
  }

  it('that is begun anew takes the place of one in review', async () => {
    const first = await begin();
    await link(first);
    await listAll(first);
    const second = await begin();
    await bench.ledger.endReviewsBefore(second);

    expect(await bench.ledger.run(first)).toMatchObject({ state: 'cancelled', stoppedReason: 'begun_anew' });
    expect((await mode()).rebuild).toEqual({ runId: second, state: 'running' });
    expect(await bench.ledger.chooseRebuildPolicy('keep', {})).toBeNull();
  });
});
