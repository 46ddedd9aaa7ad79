import { describe, expect, it } from 'vitest';
import type { RunRow } from '../../src/ports/ledger.ts';
import { record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, reserve } = bench;

const runs = async (): Promise<readonly RunRow[]> => (await bench.ledger.status()).runs;
const midnight = () => bench.database.pool.query('update runs set day = day - 1');

/** Lets live sync stop at its limit; '2' waits for an approval. */
async function stop(): Promise<void> {
  bench.version = await bench.ledger.activateMapping('small', { createsPerRun: 1, changesPerRun: 100 });
  const batch = await claimed('1', '2');
  await reserve(batch, reservation(batch, '1'), reservation(batch, '2'));
  await commit(batch, {
    contactId: '2',
    counter: record(batch, '2').counter,
    settle: { kind: 'later', delayMs: 600_000, counts: false, code: 'run_limit' },
  });
}

/** @returns the answers for '2' and a new contact */
async function next(id: string): Promise<readonly unknown[]> {
  await bench.database.pool.query(`update pending set due_at = clock_timestamp()`);
  const batch = await claimed(id);
  const wanted = batch.records.flatMap(({ recordId }) =>
    recordId === '2' || recordId === id ? [reservation(batch, recordId)] : [],
  );
  const answers = await reserve(batch, ...wanted);
  await bench.ledger.release(batch.token);
  return answers;
}

describe('a stop of live sync', () => {
  it('lasts over midnight until the newest day is approved', async () => {
    await stop();
    await midnight();
    expect(await next('3')).toMatchObject([{ reason: 'limit' }, { reason: 'limit' }]);
    await midnight();
    expect(await next('4')).toMatchObject([{ reason: 'limit' }, { reason: 'limit' }]);
    const [today, yesterday, before] = await runs();
    expect([today, yesterday, before]).toMatchObject([
      { state: 'stopped', stoppedReason: 'creates_limit', creates: 0 },
      { state: 'stopped', stoppedReason: 'creates_limit', creates: 0 },
      { state: 'stopped', stoppedReason: 'creates_limit', creates: 1 },
    ]);

    expect(await bench.ledger.approve(today?.id ?? '', 'revops')).toBe(true);

    expect((await runs()).map(({ state }) => state)).toEqual(['running', 'ended', 'ended']);
    expect(await next('5')).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('is over when the day that caused it is approved: later days go on under their own limits', async () => {
    await stop();
    await midnight();
    await next('3');
    const [, yesterday] = await runs();

    expect(await bench.ledger.approve(yesterday?.id ?? '', 'revops')).toBe(true);

    expect(await next('4')).toMatchObject([{ ok: true }, { reason: 'limit' }]);
    expect((await runs())[0]).toMatchObject({ state: 'stopped', stoppedReason: 'creates_limit', creates: 1 });
  });

  it('that was approved does not reach the next day', async () => {
    await stop();
    const [run] = await runs();
    await bench.ledger.approve(run?.id ?? '', 'revops');
    await midnight();

    expect(await next('3')).toMatchObject([{ ok: true }, { reason: 'limit' }]);
    expect((await claim()).records.length).toBeGreaterThan(0);
  });
});
