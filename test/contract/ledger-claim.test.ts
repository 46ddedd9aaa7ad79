import { describe, expect, it } from 'vitest';
import type { Intent } from '../../src/ports/ledger-work.ts';
import { change, create, done, kind, limits, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, handOver, mark, reserve } = bench;

describe('a mark', () => {
  it('moves priority and due time only nearer, joins hints and draws a new counter', async () => {
    await mark(['1'], { priority: 3, dueInMs: 3_600_000, hints: ['created'] });
    await mark(['1'], { priority: 4, dueInMs: 7_200_000, hints: ['erased'] });
    expect((await claim()).records).toEqual([]);
    await mark(['1'], { priority: 1 });

    const { records } = await claim();

    expect(records).toMatchObject([
      { recordId: '1', priority: 1, hints: ['created', 'erased'], attempts: 0, pairId: null },
    ]);
  });

  it('keeps one row for a record that is named twice in one call', async () => {
    await bench.ledger.mark([
      { ...kind, recordId: '1', priority: 3, source: 'sweep', hints: ['deleted'] },
      { ...kind, recordId: '1', priority: 1, source: 'webhook', hints: ['merged'] },
    ]);

    expect((await claim()).records).toMatchObject([{ priority: 1, source: 'webhook', hints: ['deleted', 'merged'] }]);
  });

  it('cannot pass the minimum time that a failing record waits, whatever its priority', async () => {
    const batch = await claimed('1');
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      settle: { kind: 'later', delayMs: 60_000, counts: true, code: 'row_locked' },
    });
    await mark(['1'], { priority: 1 });

    expect((await claim()).records).toEqual([]);
    expect((await bench.ledger.due('hubspot', 'contact')).nextInMs).toBeGreaterThan(50_000);
  });

  it('ends a wait that is no failure', async () => {
    const batch = await claimed('1');
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      settle: { kind: 'later', delayMs: 60_000, counts: false, code: 'run_limit' },
    });
    await mark(['1']);

    expect((await claim()).records).toMatchObject([{ attempts: 0 }]);
  });
});

describe('a claim', () => {
  it('takes live work before sweeps and backfills', async () => {
    await mark(['backfill'], { priority: 4 });
    await mark(['sweep'], { priority: 3 });
    await mark(['handoff'], { priority: 1 });

    expect((await claim(2)).records.map(({ recordId }) => recordId)).toEqual(['handoff', 'sweep']);
  });

  it.each(['pause', 'wait'])('is empty during a %s, and says so', async (cause) => {
    await mark(['1']);
    if (cause === 'pause') await bench.ledger.pause('ops', 'maintenance');
    else
      await bench.database.pool.query(
        `insert into waits values (1, 'hubspot', clock_timestamp() + interval '1 minute', 'rate_limited')`,
      );

    expect((await claim()).records).toEqual([]);
    expect(await bench.ledger.due('hubspot', 'contact')).toMatchObject({ due: 0, paused: true });
  });

  it('is refused under another mapping than the active one, as are reserve and commit', async () => {
    const batch = await claimed('1');
    const old = bench.version;
    bench.version = await bench.ledger.activateMapping('other hash', limits);

    const refused = { kind: 'wait', code: 'mapping_changed' };
    await expect(bench.ledger.claim({ ...kind, limit: 1, leaseMs: 1_000, mappingVersion: old })).rejects.toMatchObject(
      refused,
    );
    await expect(bench.ledger.reserve(batch.token, old, [reservation(batch, '1')])).rejects.toMatchObject(refused);
    const result = { contactId: '1', counter: record(batch, '1').counter, settle: done };
    await expect(bench.ledger.commit(batch.token, old, [result])).rejects.toMatchObject(refused);
    expect(await bench.ledger.activateMapping('hash', limits)).toBe(old);
  });

  it('tells what the ledger knows of the pair, open intents included', async () => {
    await handOver('1', '00Q1');
    const batch = await claimed('1');
    const person = { object: 'Lead', id: '00Q1' } as const;
    const update: Intent = { ...create, recordId: '00Q1', operation: 'update' };
    await reserve(batch, reservation(batch, '1', { person, claimEmails: [], intent: update }));
    await bench.ledger.release(batch.token);

    const { pair } = record(await claim(), '1');

    expect(pair).toMatchObject({
      person,
      base: { hubspot: { jobtitle: 'CTO' }, salesforce: { Title: 'CTO' } },
      openIntents: [{ object: 'Lead', recordId: '00Q1', fields: [change] }],
      formerPersonIds: [],
      tombstone: null,
      recycles: 0,
      stageMove: null,
      frozen: [],
    });
    expect(pair?.handedOverAtMs).toBeGreaterThan(0);
  });
});
