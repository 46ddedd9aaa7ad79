import { describe, expect, it } from 'vitest';
import { done, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, handOver, reserve } = bench;

describe('a reservation', () => {
  it('is re-entrant for its own pair and takes the email from nobody else', async () => {
    const batch = await claimed('1', '2');
    const [first] = await reserve(batch, reservation(batch, '1', { claimEmails: ['Shared@example.com'] }));
    const [again] = await reserve(batch, reservation(batch, '1', { claimEmails: ['shared@example.com'] }));
    const [rival] = await reserve(batch, reservation(batch, '2', { claimEmails: ['SHARED@example.com '] }));

    expect(first).toMatchObject({ ok: true });
    expect(again).toMatchObject({ ok: true, pairId: first?.ok === true ? first.pairId : '' });
    expect(rival).toEqual({ contactId: '2', ok: false, reason: 'taken', holder: '1' });
    const { rows } = await bench.database.pool.query(`select record_id from links where object = 'email'`);
    expect(JSON.stringify(rows)).not.toContain('example');
  });

  it('answers the second of two contacts of one batch that claim one email with the first', async () => {
    const batch = await claimed('1', '2');
    const answers = await reserve(
      batch,
      ...['1', '2'].map((id) => reservation(batch, id, { claimEmails: ['same@example.com'] })),
    );

    expect(answers).toMatchObject([{ ok: true }, { ok: false, reason: 'taken', holder: '1' }]);
  });

  it('of a person that another contact holds is taken, with the holder', async () => {
    await handOver('1', '00Q1');
    const batch = await claimed('2');

    const [answer] = await reserve(batch, reservation(batch, '2', { person: { object: 'Lead', id: '00Q1' } }));

    expect(answer).toEqual({ contactId: '2', ok: false, reason: 'taken', holder: '1' });
  });

  it('frees the email once the outcome is known', async () => {
    const batch = await claimed('1', '2');
    const [first] = await reserve(batch, reservation(batch, '1', { claimEmails: ['same@example.com'] }));
    if (first?.ok !== true) throw new Error('not reserved');
    const outcomes = [{ intentId: first.intentId ?? '', state: 'refused' as const }];
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: first.pairId,
      outcomes,
      settle: done,
    });

    expect(await reserve(batch, reservation(batch, '2', { claimEmails: ['same@example.com'] }))).toMatchObject([
      { ok: true },
    ]);
  });

  it('lets as many creates go on as the limit leaves, stops the run, and goes on when approved', async () => {
    bench.version = await bench.ledger.activateMapping('small', { createsPerRun: 2, changesPerRun: 100 });
    const batch = await claimed('1', '2', '3');
    const answers = await reserve(batch, ...['1', '2', '3'].map((id) => reservation(batch, id)));
    expect(answers).toMatchObject([{ ok: true }, { ok: true }, { ok: false, reason: 'limit' }]);
    const [run] = (await bench.ledger.status()).runs;
    expect(run).toMatchObject({ state: 'stopped', creates: 2, stoppedReason: 'creates_limit' });
    await commit(batch, {
      contactId: '3',
      counter: record(batch, '3').counter,
      settle: { kind: 'later', delayMs: 600_000, counts: false, code: 'run_limit' },
    });

    expect(await bench.ledger.approve(run?.id ?? '', 'revops')).toBe(true);

    const next = await claim();
    expect(next.records.map(({ recordId }) => recordId)).toEqual(['3']);
    expect(await reserve(next, reservation(next, '3'))).toMatchObject([{ ok: true }]);
    expect(await bench.ledger.approve(run?.id ?? '', 'revops')).toBe(false);
  });

  it('of a create that was refused gives its place within the limit back', async () => {
    const batch = await claimed('1', '2');
    const answers = await reserve(batch, reservation(batch, '1'), reservation(batch, '2'));
    const results = answers.map((answer, place) => {
      if (answer.ok !== true) throw new Error('not reserved');
      const state = place === 0 ? ('refused' as const) : ('unknown' as const);
      const { contactId, pairId, intentId } = answer;
      return {
        contactId,
        counter: record(batch, contactId).counter,
        pairId,
        outcomes: [{ intentId: intentId ?? '', state }],
      };
    });
    await commit(batch, ...results);

    expect((await bench.ledger.status()).runs).toMatchObject([{ creates: 1 }]);
  });

  it('is refused during a pause', async () => {
    const batch = await claimed('1');
    await bench.ledger.pause('ops', 'maintenance');

    await expect(reserve(batch, reservation(batch, '1'))).rejects.toMatchObject({ kind: 'wait', code: 'paused' });
    await bench.ledger.resume();
    expect(await reserve(batch, reservation(batch, '1'))).toMatchObject([{ ok: true }]);
  });

  it('of a survivor finds the pair of the contact that was merged into it, and looks again with its knowledge', async () => {
    const { pairId } = await handOver('1', '00Q1');
    const batch = await claimed('9');
    const [answer] = await reserve(
      batch,
      reservation(batch, '9', { contactIds: ['9', '1'], person: { object: 'Lead', id: '00Q1' } }),
    );
    expect(answer).toMatchObject({ ok: false, reason: 'stale' });
    await bench.database.pool.query('update pending set due_at = clock_timestamp()');

    const again = await claim();

    expect(record(again, '9')).toMatchObject({ pairId, pair: { person: { id: '00Q1' } } });
  });

  it('is stale under a token that lost its lease', async () => {
    const batch = await claimed('1');
    await bench.database.pool.query(`update pending set leased_until = '-infinity'`);
    const thief = await claim();
    expect(thief.records).toHaveLength(1);

    expect(await reserve(batch, reservation(batch, '1'))).toEqual([{ contactId: '1', ok: false, reason: 'stale' }]);
  });
});

describe('the change tables', () => {
  it('make a missing month themselves: no intent is refused for it', async () => {
    const batch = await claimed('1');
    const { rows } = await bench.database.pool.query<{ month: string }>(
      `select to_char(clock_timestamp(), 'YYYY_MM') as month`,
    );
    await bench.database.pool.query(`drop table writes_${rows[0]?.month}`);

    expect(await reserve(batch, reservation(batch, '1'))).toMatchObject([{ ok: true }]);
    expect((await bench.ledger.status()).runs).toMatchObject([{ creates: 1 }]);
  });
});
