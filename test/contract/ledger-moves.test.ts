import { describe, expect, it } from 'vitest';
import { change, create, done, kind, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, handOver, reserve } = bench;

const lead = (id: string) => ({ object: 'Lead' as const, id });
const none = { claimEmails: [], intent: null };

async function linksOf(pairId: string): Promise<unknown> {
  const { rows } = await bench.database.pool.query(
    'select record_id, status from links where pair_id = $1 order by system, record_id',
    [pairId],
  );
  return rows;
}

describe('a merge of contacts', () => {
  it('ends the pair of the absorbed one in that of the survivor, with its person as a memory', async () => {
    const survivor = await handOver('1', '00Q1');
    const absorbed = await handOver('2', '00Q2');
    await bench.database.pool.query(`update pairs set handed_over_at = '2026-01-01T00:00:00Z' where id = $1`, [
      absorbed.pairId,
    ]);
    const batch = await claimed('1');
    const wanted = reservation(batch, '1', { ...none, contactIds: ['1', '2'], person: lead('00Q1') });

    expect(await reserve(batch, wanted)).toMatchObject([{ ok: true, pairId: survivor.pairId }]);

    expect(await linksOf(survivor.pairId)).toEqual([
      { record_id: '1', status: 'live' },
      { record_id: '2', status: 'merged' },
      { record_id: '00Q1', status: 'live' },
      { record_id: '00Q2', status: 'merged' },
    ]);
    expect((await bench.ledger.history('1')).handedOverAtMs).toBe(Date.parse('2026-01-01T00:00:00Z'));
    const { rows } = await bench.database.pool.query('select person_id from pairs order by id');
    expect(rows).toEqual([{ person_id: '00Q1' }, { person_id: null }]);
  });

  it('lets the survivor go on with the person of the absorbed one, and inherits its open write', async () => {
    const survivor = await handOver('1', '00Q1');
    await handOver('2', '00Q2');
    const other = await claimed('2');
    const update = { ...create, recordId: '00Q2', operation: 'update' as const };
    await reserve(other, reservation(other, '2', { claimEmails: [], person: lead('00Q2'), intent: update }));
    await bench.ledger.release(other.token);
    const batch = await claimed('1');
    const wanted = reservation(batch, '1', { ...none, contactIds: ['1', '2'], person: lead('00Q2') });
    expect(await reserve(batch, wanted)).toMatchObject([{ ok: true }]);
    const { counter } = record(batch, '1');
    const { poisoned } = await commit(batch, {
      contactId: '1',
      counter,
      pairId: survivor.pairId,
      person: lead('00Q2'),
      retiredPersonIds: [{ ...lead('00Q1'), status: 'merged' }],
      settle: done,
    });

    expect(poisoned).toEqual([]);
    expect(record(await claimed('1'), '1').pair).toMatchObject({
      person: { id: '00Q2' },
      formerPersonIds: ['00Q1'],
      openIntents: [{ recordId: '00Q2', fields: [change] }],
    });
  });

  it('leaves the absorbed pair alone while another worker has it, and looks again', async () => {
    await handOver('1', '00Q1');
    await handOver('2', '00Q2');
    await claimed('2');
    const batch = await claimed('1');
    const wanted = reservation(batch, '1', { ...none, contactIds: ['1', '2'], person: lead('00Q1') });

    expect(await reserve(batch, wanted)).toEqual([{ contactId: '1', ok: false, reason: 'stale' }]);
    await bench.database.pool.query(`update pairs set leased_until = '-infinity' where person_id = '00Q2'`);
    await bench.database.pool.query(`update pending set due_at = clock_timestamp() where record_id = '1'`);

    expect((await claim()).records.map(({ recordId }) => recordId)).toContain('1');
  });

  it('does not take the pair of a contact that is not named as merged', async () => {
    await handOver('1', '00Q1');
    await handOver('2', '00Q2');
    await bench.database.pool.query(
      `insert into links select 1, 'hubspot', 'contact', '3', pair_id, 'merged' from links where record_id = '2'`,
    );
    const batch = await claimed('1');
    const wanted = reservation(batch, '1', { ...none, contactIds: ['1', '3'], person: lead('00Q1') });

    expect(await reserve(batch, wanted)).toMatchObject([{ ok: false, reason: 'taken', holder: '2' }]);
  });
});

describe('a person', () => {
  it('whose contact is gone goes to a new pair, and the commit after the write holds', async () => {
    const old = await handOver('1', '00Q1');
    await bench.database.pool.query(`update links set status = 'deleted' where record_id = '1'`);
    const batch = await claimed('2');
    const [answer] = await reserve(batch, reservation(batch, '2', { ...none, person: lead('00Q1') }));
    if (answer?.ok !== true) throw new Error('not reserved');
    const result = { contactId: '2', counter: record(batch, '2').counter, pairId: answer.pairId, settle: done };

    const { poisoned } = await commit(batch, { ...result, person: lead('00Q1') });

    expect(poisoned).toEqual([]);
    expect(await bench.ledger.history('2')).toMatchObject({ person: lead('00Q1') });
    expect(await linksOf(old.pairId)).toEqual([{ record_id: '1', status: 'deleted' }]);
  });

  it('that a pair reserved is free once the pair reserves another one', async () => {
    const batch = await claimed('1', '2');
    await reserve(batch, reservation(batch, '1', { ...none, person: lead('00Q1') }));
    const other = reservation(batch, '2', { ...none, person: lead('00Q1') });
    expect(await reserve(batch, other)).toMatchObject([{ reason: 'taken' }]);

    await reserve(batch, reservation(batch, '1', { ...none, person: lead('00Q2') }));

    expect(await reserve(batch, other)).toMatchObject([{ ok: true }]);
  });
});

describe('what is reserved', () => {
  const update = { ...create, recordId: '00Q1', operation: 'update' as const };
  const person = lead('00Q1');

  it.each(['refused', 'superseded'] as const)('is free once its write is %s', async (state) => {
    const batch = await claimed('1', '2');
    const [answer] = await reserve(batch, reservation(batch, '1', { person, intent: update }));
    if (answer?.ok !== true) throw new Error('not reserved');
    const outcomes = [{ intentId: answer.intentId ?? '', state }];
    await commit(batch, { contactId: '1', counter: record(batch, '1').counter, pairId: answer.pairId, outcomes });

    const wanted = reservation(batch, '2', { person, claimEmails: ['1@example.com'], intent: update });
    expect(await reserve(batch, wanted)).toMatchObject([{ ok: true }]);
  });

  it('stays while another write of the pair is open', async () => {
    const batch = await claimed('1', '2');
    const [first] = await reserve(batch, reservation(batch, '1'));
    const [second] = await reserve(batch, reservation(batch, '1'));
    if (first?.ok !== true || second?.ok !== true) throw new Error('not reserved');
    const outcomes = [{ intentId: second.intentId ?? '', state: 'refused' as const }];
    await commit(batch, { contactId: '1', counter: record(batch, '1').counter, pairId: second.pairId, outcomes });

    const rival = reservation(batch, '2', { claimEmails: ['1@example.com'] });
    expect(await reserve(batch, rival)).toMatchObject([{ reason: 'taken', holder: '1' }]);
  });

  it.each(['email', 'person'])('is free after a day when a crash left it behind: the %s', async (what) => {
    const batch = await claimed('1', '2');
    await reserve(batch, reservation(batch, '1', what === 'person' ? { person, intent: update } : {}));
    const wanted =
      what === 'person'
        ? reservation(batch, '2', { person, intent: update })
        : reservation(batch, '2', { claimEmails: ['1@example.com'] });
    await bench.ledger.release(batch.token);
    const next = await claim();
    expect(await reserve(next, { ...wanted })).toMatchObject([{ reason: 'taken' }]);
    await bench.database.pool.query(`update links set created_at = created_at - interval '25 hours'`);
    expect(await reserve(next, { ...wanted })).toMatchObject([{ reason: 'taken' }]);
    await bench.database.pool.query(`update writes set at = at - interval '25 hours'`);

    expect(await reserve(next, { ...wanted })).toMatchObject([{ ok: true }]);
  });

  it('of a contact that is gone is free once its write is closed', async () => {
    const batch = await claimed('1', '2');
    await reserve(batch, reservation(batch, '1'));
    await bench.database.pool.query(`update links set status = 'deleted' where record_id = '1'`);
    const rival = reservation(batch, '2', { claimEmails: ['1@example.com'] });
    expect(await reserve(batch, rival)).toMatchObject([{ reason: 'taken' }]);
    await bench.database.pool.query(`update writes set state = 'superseded'`);

    expect(await reserve(batch, rival)).toMatchObject([{ ok: true }]);
  });
});

describe('a row that goes back because its knowledge is old', () => {
  it('gives back its pair, too: it is looked at two seconds later', async () => {
    await handOver('1', '00Q1');
    await handOver('2', '00Q2');
    await claimed('2');
    const batch = await claimed('1');
    await reserve(batch, reservation(batch, '1', { ...none, contactIds: ['1', '2'], person: lead('00Q1') }));

    const due = await bench.ledger.due(kind.system, kind.object);
    expect(due.nextInMs).toBeLessThanOrEqual(2_000);
    await bench.database.pool.query(`update pending set due_at = clock_timestamp()`);
    expect((await claim()).records).toMatchObject([{ recordId: '1' }]);
  });
});
