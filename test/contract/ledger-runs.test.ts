import { describe, expect, it } from 'vitest';
import { personIdProperty } from '../../src/domain/record.ts';
import type { RunRow } from '../../src/ports/ledger-admin.ts';
import type { Intent } from '../../src/ports/ledger-work.ts';
import { change, create, record, reservation, useLedger } from '../support/ledger.ts';

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

/** An update of contact `id` in HubSpot that writes these properties. */
function contactUpdate(id: string, ...fields: readonly string[]): Intent {
  const changes = fields.map((field) => ({ ...change, field }));
  return { system: 'hubspot', object: 'contact', recordId: id, operation: 'update', changes };
}

const move = {
  from: 'opportunity',
  to: 'customer',
  kind: 'forward',
  code: 'x',
  text: '',
  mustClear: false,
} as const;

describe('the limit of changes', () => {
  const limitTo = async (changesPerRun: number) => {
    bench.version = await bench.ledger.activateMapping('few', { createsPerRun: 100, changesPerRun });
  };

  it('stops a run before it changes more contacts in HubSpot', async () => {
    await limitTo(1);
    const batch = await claimed('1', '2');

    const answers = await reserve(
      batch,
      reservation(batch, '1', { intent: contactUpdate('1', 'jobtitle') }),
      reservation(batch, '2', { intent: contactUpdate('2', personIdProperty, 'jobtitle') }),
    );

    expect(answers).toMatchObject([{ ok: true }, { reason: 'limit' }]);
    expect(await runs()).toMatchObject([{ state: 'stopped', stoppedReason: 'changes_limit', changes: 1 }]);
    const { rows } = await bench.database.pool.query(`select record_id from writes`);
    expect(rows).toEqual([{ record_id: '1' }]);
  });

  it('counts a move of the stage in HubSpot when it begins, and lets one that was interrupted end', async () => {
    await limitTo(1);
    const batch = await claimed('1', '2', '3');
    const ending = (id: string) => contactUpdate(id, 'lifecyclestage');
    const beginning = (id: string): Intent => ({ ...ending(id), stageMove: move });

    const answers = await reserve(
      batch,
      reservation(batch, '1', { intent: beginning('1') }),
      reservation(batch, '2', { intent: beginning('2') }),
      reservation(batch, '3', { intent: ending('3') }),
    );

    expect(answers).toMatchObject([{ ok: true }, { reason: 'limit' }, { ok: true }]);
    expect(await runs()).toMatchObject([{ state: 'stopped', changes: 1 }]);
  });

  it('does not count our id in HubSpot alone', async () => {
    await limitTo(1);
    const batch = await claimed('1', '2', '3');
    const linking = (id: string) => reservation(batch, id, { intent: contactUpdate(id, personIdProperty) });

    const answers = await reserve(batch, linking('1'), linking('2'), linking('3'));

    expect(answers).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
    expect(await runs()).toMatchObject([{ state: 'running', changes: 0 }]);
  });

  it('counts a pair that is changed on both sides once, so that none is stopped between its sides', async () => {
    await limitTo(1);
    const batch = await claimed('1', '2');
    const update: Intent = { ...create, operation: 'update', recordId: '00Q1', changes: [change] };
    const person = { object: 'Lead', id: '00Q1' } as const;
    const [answer] = await reserve(batch, reservation(batch, '1', { intent: update, person }));
    if (answer?.ok !== true || answer.intentId === null) throw new Error('not reserved');

    const { intentIds } = await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: answer.pairId,
      person,
      outcomes: [{ intentId: answer.intentId, state: 'done', recordId: '00Q1' }],
      nextIntent: contactUpdate('1', 'jobtitle'),
    });

    expect([...intentIds.keys()]).toEqual(['1']);
    expect(await runs()).toMatchObject([{ state: 'running', changes: 1 }]);
    expect(await reserve(batch, reservation(batch, '2', { intent: contactUpdate('2', 'jobtitle') }))).toMatchObject([
      { reason: 'limit' },
    ]);
  });
});
