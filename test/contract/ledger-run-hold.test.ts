import { describe, expect, it } from 'vitest';
import type { Claim } from '../../src/ports/ledger-claim.ts';
import { done, kind, reservation, useLedger } from '../support/ledger.ts';
import { later, retry, runStepsOf, settled } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);

const resume = async (runId: string) => expect(await bench.ledger.resumeRun(runId, 'ann')).toBe(true);

describe('a run that is paused', () => {
  it('has nothing looked at until it goes on', async () => {
    const { id } = await runs.listed(['1', '2']);
    await runs.pause(id, 'mapping_changed');

    expect(await bench.ledger.run(id)).toMatchObject({ state: 'paused', stoppedReason: 'mapping_changed', backlog: 2 });
    expect(await bench.ledger.due('hubspot', 'contact')).toEqual({
      due: 0,
      priority: null,
      nextInMs: null,
      paused: false,
    });
    expect(await runs.claimedIds()).toEqual([]);
    expect([await bench.ledger.claimRun(60_000), await bench.ledger.runsDue()]).toEqual([null, 0]);
    const { pending } = await bench.ledger.status();
    expect(JSON.parse(JSON.stringify(pending))).toEqual({
      due: 0,
      background: 0,
      waiting: 2,
      leased: 0,
      oldestDueMs: null,
    });
    expect((await bench.ledger.history('1')).pending).toMatchObject({
      dueInMs: null,
      dueAtMs: null,
      waitCode: 'run_paused',
    });
    expect(await bench.ledger.pauseRun(id, 'bob'), 'it is').toBe(false);

    await resume(id);

    expect(await runs.claimedIds()).toEqual(['1', '2']);
    expect(await bench.ledger.run(id)).toMatchObject({ state: 'running', stoppedReason: null });
    expect((await runs.take()).id).toBe(id);
    expect(await bench.ledger.resumeRun(id, 'ann'), 'it does').toBe(false);
  });

  it('goes on under a new forecast, with new limits beyond what it has done', async () => {
    const { id } = await runs.listed(['1'], { limits: { creates: 1, changes: 1 } });
    const batch = await bench.claim();
    await bench.reserve(batch, reservation(batch, '1'));
    await runs.pause(id);
    const forecast = {
      isExact: true,
      records: 1,
      sampled: 1,
      creates: 1,
      changes: 0,
      calls: { hubspot: 1, salesforce: 1 },
      callsLeft: { hubspot: null, salesforce: null },
      durationMs: 1,
    };

    await bench.ledger.resumeRun(id, 'ann', { forecast, limits: { creates: 10, changes: 20 }, mappingVersion: 7 });

    expect(await bench.ledger.run(id)).toMatchObject({
      forecast,
      creates: 1,
      createsLimit: 11,
      changesLimit: 20,
      mappingVersion: 7,
    });
  });

  it.each<[string, (batch: Claim) => Promise<unknown>]>([
    ['put off', (batch) => bench.commit(batch, settled(batch, '1', later))],
    ['to be tried again', (batch) => bench.commit(batch, settled(batch, '1', retry))],
    ['given back', (batch) => bench.ledger.release(batch.token)],
    ['given back at a start', () => bench.ledger.releaseAll()],
    [
      'lost by a worker that died',
      () => bench.database.pool.query(`update pending set leased_until = clock_timestamp() - interval '1 minute'`),
    ],
    [
      'marked again by its own run while it was looked at',
      async (batch) => {
        await bench.mark(['1'], { priority: 4, source: 'backfill', runId: batch.records[0]?.runId ?? '' });
        await bench.commit(batch, settled(batch, '1', done));
      },
    ],
    [
      'refused by the ledger itself',
      (batch) =>
        bench.commit(batch, settled(batch, '1', done, { pairId: '424242', agreed: { hubspot: {}, salesforce: {} } })),
    ],
  ])('holds a record that was in work, too: %s', async (_, end) => {
    const { id } = await runs.listed(['1']);
    const batch = await bench.claim();
    await runs.pause(id);
    await end(batch);

    expect(await runs.claimedIds()).toEqual([]);
    expect(await runs.pending()).toMatchObject([{ id: '1', run: id, held: true }]);
    await bench.database.pool.query('update pending set lease_token = null, leased_until = null');
    await resume(id);
    await bench.database.pool.query(
      `update pending set not_before = '-infinity', due_at = least(due_at, clock_timestamp())`,
    );
    expect(await runs.claimedIds()).toEqual(['1']);
  });

  it('lets looks end that were under way, and writes nothing more', async () => {
    const { id } = await runs.listed(['1', '2', '3']);
    const batch = await bench.claim();
    await bench.reserve(batch, reservation(batch, '1'));
    await runs.pause(id);

    expect(await bench.reserve(batch, reservation(batch, '2'))).toMatchObject([{ ok: false, reason: 'limit' }]);
    await bench.commit(
      batch,
      settled(batch, '2', { ...later, code: 'run_limit', delayMs: 600_000 }),
      settled(batch, '3', done),
    );

    expect(await bench.ledger.run(id)).toMatchObject({ creates: 1, backlog: 2 });
    expect(await runs.pending()).toMatchObject([
      { id: '1', leased: true },
      { id: '2', held: true, wait: 'run_paused' },
    ]);
    await resume(id);
    expect(await runs.claimedIds()).toEqual(['2']);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a webhook', () => bench.mark(['1'])],
    ['a sweep', () => bench.mark(['1'], { priority: 3, source: 'sweep' })],
    ['a person', () => bench.ledger.retryFailures()],
    [
      'another run',
      async () => bench.mark(['1'], { priority: 4, runId: await runs.begin({ kind: 'comparison', object: null }) }),
    ],
  ])('lets go of a record that %s asks for', async (_, ask) => {
    await bench.database.pool.query(`
      insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
      values (1, 'hubspot', 'contact', '1', 'needs-human', 'x', '', '')`);
    const { id } = await runs.listed(['1']);
    await runs.pause(id);
    await ask();

    const [row] = await runs.pending();
    expect(row).toMatchObject({ held: false, wait: null });
    expect(row?.run).not.toBe(id);
    expect(await runs.claimedIds()).toEqual(['1']);
    expect(await bench.ledger.run(id)).toMatchObject({ backlog: 0 });
  });

  it.each<[string, (batch: Claim) => Promise<unknown>]>([
    ['is given back', (batch) => bench.ledger.release(batch.token)],
    ['is done', (batch) => bench.commit(batch, settled(batch, '1', done))],
    ['is put off', (batch) => bench.commit(batch, settled(batch, '1', later))],
  ])('loses no live mark that came while its record was in work and then %s', async (_, end) => {
    const { id } = await runs.listed(['1']);
    const batch = await bench.claim();
    await runs.pause(id);
    await bench.mark(['1']);
    await end(batch);

    expect((await bench.claim()).records).toMatchObject([{ recordId: '1', priority: 2, runId: null }]);
  });

  it('holds what a look under way marks for it', async () => {
    const { id } = await runs.listed(['1']);
    const batch = await bench.claim();
    await runs.pause(id);
    const marks = [{ ...kind, recordId: '9', priority: 2, source: 'parent' }] as const;
    await bench.commit(batch, settled(batch, '1', done, { marks }));

    expect(await runs.pending()).toMatchObject([{ id: '9', run: id, held: true }]);
    await resume(id);
    expect(await runs.claimedIds()).toEqual(['9']);
  });

  it('is never the run of live sync', async () => {
    const batch = await bench.claimed('1');
    await bench.reserve(batch, reservation(batch, '1'));
    const [live] = (await bench.ledger.status()).runs;
    const id = live?.id ?? '';

    expect(await bench.ledger.pauseRun(id, 'ann')).toBe(false);
    expect(await bench.ledger.cancelRun(id, 'ann')).toBe(false);
    expect(await bench.ledger.run(id)).toMatchObject({ kind: 'live', state: 'running' });
  });
});
