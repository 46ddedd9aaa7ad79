import { describe, expect, it } from 'vitest';
import { record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, handOver, mark, reserve } = bench;

const lapse = (table: 'pending' | 'pairs', ids: readonly string[] | null = null) =>
  bench.database.pool.query(
    `update ${table} set leased_until = '-infinity'
     where $1::text[] is null or ${table === 'pending' ? 'record_id' : 'id::text'} = any($1)`,
    [ids],
  );

describe('a renewal', () => {
  it('tells which records are still held, also those whose lease ran out unnoticed', async () => {
    const batch = await claimed('1', '2', '3');
    await lapse('pending', ['1', '2']);
    await bench.database.pool.query(
      `update pending set due_at = clock_timestamp() + interval '1 hour' where record_id = '2'`,
    );
    expect((await claim()).records.map(({ recordId }) => recordId)).toEqual(['1']);

    expect(await bench.ledger.renew(batch.token, 60_000)).toEqual(new Set(['2', '3']));
    await mark(['2']);
    expect((await claim()).records).toEqual([]);
  });

  it('leaves out a record whose pair went to another worker through another of its contacts', async () => {
    const { pairId } = await handOver('1', '00Q1');
    await bench.database.pool.query(`insert into links values (1, 'hubspot', 'contact', '2', $1, 'merged')`, [pairId]);
    const batch = await claimed('1', '9');
    await lapse('pairs');
    await mark(['2']);
    expect((await claim()).records).toHaveLength(1);

    expect(await bench.ledger.renew(batch.token, 60_000)).toEqual(new Set(['9']));
  });

  it('of a pair that was made under the lease keeps it', async () => {
    const batch = await claimed('1');
    await reserve(batch, reservation(batch, '1'));
    await lapse('pairs');

    expect(await bench.ledger.renew(batch.token, 60_000)).toEqual(new Set(['1']));
    const { rows } = await bench.database.pool.query('select leased_until > clock_timestamp() as leased from pairs');
    expect(rows).toEqual([{ leased: true }]);
  });

  it('is refused when nothing is held any more, and during a pause', async () => {
    const batch = await claimed('1');
    await bench.ledger.pause('ops', 'maintenance');
    await expect(bench.ledger.renew(batch.token, 60_000)).rejects.toMatchObject({ kind: 'wait', code: 'paused' });
    await bench.ledger.resume();
    await bench.ledger.release(batch.token);

    await expect(bench.ledger.renew(batch.token, 60_000)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'lease_lost',
    });
  });
});

describe('what another contact holds up', () => {
  it('is marked when that contact or its person changes', async () => {
    const batch = await claimed('1', '2', '3');
    const failed = (id: string, code: string, recordIds: readonly string[]) => ({
      contactId: id,
      counter: record(batch, id).counter,
      failure: { kind: 'needs-human' as const, code, message: 'm', advice: 'a', fields: [], recordIds },
      settle: { kind: 'failed' as const },
    });
    await commit(
      batch,
      failed('1', 'person_taken', ['00Q9', '9']),
      failed('2', 'person_taken_meanwhile', ['8']),
      failed('3', 'another_code', ['9']),
    );

    expect(await bench.ledger.markHeldUp([])).toBe(0);
    expect(await bench.ledger.markHeldUp(['7'])).toBe(0);
    expect(await bench.ledger.markHeldUp(['9', '8', '00Q9'])).toBe(2);

    expect((await claim()).records).toMatchObject([
      { recordId: '1', priority: 2, source: 'released' },
      { recordId: '2', priority: 2, source: 'released' },
    ]);
  });
});
