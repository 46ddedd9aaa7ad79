import { describe, expect, it } from 'vitest';
import { createLedger } from '../../src/store/ledger.ts';
import { createPool } from '../../src/store/pool.ts';
import { kind, useLedger } from '../support/ledger.ts';
import { runStepsOf } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);

describe('live work and background work', () => {
  it('are claimed and told apart', async () => {
    await bench.mark(['1'], { priority: 1 });
    await bench.mark(['2']);
    await bench.mark(['3'], { priority: 3 });
    await bench.mark(['4'], { priority: 4, dueInMs: 60_000 });
    await runs.listed(['5']);
    const ids = async (band?: 'live' | 'background') => {
      const request = { ...kind, limit: 10, leaseMs: 60_000, mappingVersion: bench.version, ...(band && { band }) };
      const { token, records } = await bench.ledger.claim(request);
      await bench.ledger.release(token);
      return records.map(({ recordId }) => recordId);
    };

    expect(await ids('live')).toEqual(['1', '2']);
    expect(await ids('background')).toEqual(['3', '5']);
    expect(await ids()).toEqual(['1', '2', '3', '5']);
    const due = (band?: 'live' | 'background') => bench.ledger.due('hubspot', 'contact', band);
    expect(await due('live')).toEqual({ due: 2, priority: 1, nextInMs: null, paused: false });
    const background = await due('background');
    expect(background).toMatchObject({ due: 2, priority: 3, paused: false });
    expect(background.nextInMs).toBeGreaterThan(50_000);
    expect(await due()).toMatchObject({ due: 4, priority: 1 });
    expect((await bench.ledger.status()).pending).toMatchObject({ due: 4, background: 2, waiting: 1 });
  });

  it('know when the next one of their own will be free', async () => {
    await bench.mark(['1']);
    await runs.listed(['5']);
    await bench.ledger.claim({
      ...kind,
      limit: 10,
      leaseMs: 30_000,
      mappingVersion: bench.version,
      band: 'background',
    });

    expect(await bench.ledger.due('hubspot', 'contact', 'live')).toMatchObject({ due: 1, nextInMs: null });
    const background = await bench.ledger.due('hubspot', 'contact', 'background');
    expect(background).toMatchObject({ due: 0, priority: null });
    expect(background.nextInMs).toBeGreaterThan(20_000);
    expect(background.nextInMs).toBeLessThanOrEqual(30_000);
  });

  it('do not read past each other, however much there is of it', async () => {
    const { pool, settings } = bench.database;
    await pool.query(`
      insert into pending (connection_id, system, object, record_id, priority, due_at, counter, source)
      select 1, 'hubspot', 'contact', 'b' || n, 4, clock_timestamp() - interval '1 hour', n, 'backfill' from generate_series(1, 20000) as n`);
    await bench.mark(['1']);
    // One connection: what it has read is known once it has said so.
    const single = createPool({ database: settings, max: 1 });
    const ledger = createLedger(single);
    const readRows = async () => {
      await single.query('select pg_stat_force_next_flush()');
      const text = `select sum(idx_tup_read + idx_tup_fetch)::int as read from pg_stat_user_indexes where relname = 'pending'`;
      return (await single.query<{ read: number }>(text)).rows[0]?.read ?? 0;
    };
    try {
      await ledger.ping();
      const before = await readRows();
      for (let round = 0; round < 10; round += 1) {
        expect(await ledger.due('hubspot', 'contact', 'live')).toMatchObject({ due: 1 });
        const request = { ...kind, limit: 200, leaseMs: 60_000, mappingVersion: bench.version, band: 'live' } as const;
        const { token, records } = await ledger.claim(request);
        expect(records.map(({ recordId }) => recordId)).toEqual(['1']);
        await ledger.release(token);
      }
      expect((await readRows()) - before).toBeLessThan(2_000);
    } finally {
      await single.end();
    }
  });
});
