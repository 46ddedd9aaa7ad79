import { describe, expect, it } from 'vitest';
import { record, useLedger } from '../support/ledger.ts';

const ledger = useLedger();
const failure = {
  kind: 'needs-human',
  code: 'rule',
  message: 'No.',
  advice: 'Mend it.',
  fields: [],
  recordIds: [],
} as const;

/** Looks at the contact and lets it fail. */
async function fail(id: string): Promise<void> {
  await ledger.database.pool.query(`update pending set due_at = now(), not_before = '-infinity'`);
  const claim = await ledger.claim();
  const { counter } = record(claim, id);
  await ledger.commit(claim, { contactId: id, counter, failure, settle: { kind: 'failed' } });
}

describe('a failing record has a minimum time between looks, whatever marks it', () => {
  it('is looked at again at once after its first failure: somebody may have mended it', async () => {
    await ledger.mark(['1']);
    await fail('1');
    await ledger.mark(['1']);

    expect((await ledger.claim()).records).toHaveLength(1);
  });

  it('rests longer with every further failure, up to a minute, also for an urgent mark', async () => {
    const rests: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      await ledger.mark(['1'], { priority: 1 });
      rests.push(Math.round(((await ledger.ledger.due('hubspot', 'contact')).nextInMs ?? 0) / 1_000));
      await fail('1');
    }

    expect(rests).toEqual([0, 0, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('does not slow its neighbours', async () => {
    for (let attempt = 1; attempt <= 3; attempt++) {
      await ledger.mark(['1']);
      await fail('1');
    }
    await ledger.mark(['1', '2']);

    expect((await ledger.claim()).records.map(({ recordId }) => recordId)).toEqual(['2']);
  });
});

describe('what the marks of a failed record told counts until a look has done it', () => {
  const hints = ['deleted', 'erased'] as const;
  const failed = async (id: string) => {
    await ledger.mark([id], { hints: [...hints] });
    await fail(id);
  };

  it.each([
    { name: 'another mark', again: (id: string) => ledger.mark([id], { hints: ['born'] }), more: ['born'] },
    { name: 'a retry', again: () => ledger.ledger.retryFailures(), more: [] },
  ])('$name brings it back', async ({ again, more }) => {
    await failed('7');
    await again('7');
    await fail('7');
    await again('7');
    await ledger.database.pool.query(`update pending set due_at = now(), not_before = '-infinity'`);

    expect(record(await ledger.claim(), '7').hints).toEqual([...hints, ...more]);
  });

  it('a thaw, too', async () => {
    const { pairId } = await ledger.handOver('7', '00Q7');
    await ledger.database.pool.query(
      `insert into frozen_fields (connection_id, pair_id, system, field, code, text) values (1, $1, 'hubspot', 'phone', 'field_frozen', '')`,
      [pairId],
    );
    await failed('7');
    await ledger.ledger.thaw('7', 'tests');

    expect(record(await ledger.claim(), '7').hints).toEqual(hints);
  });

  it('and is over once a look has done it', async () => {
    await failed('7');
    await ledger.mark(['7']);
    const claim = await ledger.claim();
    const { counter } = record(claim, '7');
    await ledger.commit(claim, { contactId: '7', counter, failure: null, settle: { kind: 'done' } });
    await ledger.mark(['7']);

    expect(record(await ledger.claim(), '7').hints).toEqual([]);
  });
});
