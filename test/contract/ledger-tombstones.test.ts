import { describe, expect, it } from 'vitest';
import type { Claim } from '../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import { done, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claimed, commit, handOver, reserve } = bench;

const lead = (id: string) => ({ object: 'Lead' as const, id });
const none = { claimEmails: [], intent: null };

async function linksOf(pairId: string): Promise<unknown> {
  const { rows } = await bench.database.pool.query(
    `select record_id || ' ' || status as link from links where pair_id = $1 and object <> 'email' order by system, record_id`,
    [pairId],
  );
  return rows.map(({ link }) => link);
}

function result(batch: Claim, id: string, more: Partial<RecordResult>): RecordResult {
  const { counter, pairId } = record(batch, id);
  return { contactId: id, counter, ...(pairId && { pairId }), settle: done, ...more };
}

async function end(id: string, more: Partial<RecordResult>): Promise<void> {
  const batch = await claimed(id);
  expect(await commit(batch, result(batch, id, more))).toMatchObject({ stale: [], poisoned: [] });
}

describe('a pair whose person was deleted', () => {
  it('keeps both ids as memories and has no person any more', async () => {
    const { pairId } = await handOver('1', '00Q1');
    await end('1', { tombstone: 'person_deleted' });

    const { pair, person } = await bench.ledger.history('1');
    expect({ person, pair }).toMatchObject({
      person: null,
      pair: { tombstone: 'person_deleted', formerPersonIds: ['00Q1'], formerContactIds: ['1'] },
    });
    expect(await linksOf(pairId)).toEqual(['1 live', '00Q1 deleted']);
  });

  it('goes on with the same person when that one is back', async () => {
    const { pairId } = await handOver('1', '00Q1');
    await end('1', { tombstone: 'person_deleted' });
    await end('1', { tombstone: null, person: lead('00Q1') });

    expect((await bench.ledger.history('1')).pair).toMatchObject({
      person: lead('00Q1'),
      tombstone: null,
      formerPersonIds: [],
    });
    expect(await linksOf(pairId)).toEqual(['1 live', '00Q1 live']);
  });

  it('goes on with another person that it is linked to', async () => {
    await handOver('1', '00Q1');
    await end('1', { tombstone: 'person_deleted' });
    const batch = await claimed('1');
    await reserve(batch, reservation(batch, '1', { ...none, person: lead('00Q2') }));
    await commit(batch, result(batch, '1', { person: lead('00Q2') }));

    expect((await bench.ledger.history('1')).pair).toMatchObject({
      person: lead('00Q2'),
      tombstone: null,
      formerPersonIds: ['00Q1'],
    });
  });

  it('does not give its former person to another contact', async () => {
    await handOver('1', '00Q1');
    await end('1', { tombstone: 'person_deleted' });
    const batch = await claimed('2');

    expect(await reserve(batch, reservation(batch, '2', { ...none, person: lead('00Q1') }))).toMatchObject([
      { ok: false, reason: 'taken', holder: '1' },
    ]);
  });

  it('hands its end down to the contact that it is merged into, where that one has nobody', async () => {
    await handOver('1', '00Q1');
    await end('1', { tombstone: 'person_deleted' });
    const survivor = await claimed('3');
    await reserve(survivor, reservation(survivor, '3', none));
    await bench.ledger.release(survivor.token);
    const batch = await claimed('3');

    expect(await reserve(batch, reservation(batch, '3', { ...none, contactIds: ['3', '1'] }))).toMatchObject([
      { ok: true },
    ]);

    expect((await bench.ledger.history('1')).pair).toMatchObject({
      tombstone: 'person_deleted',
      formerPersonIds: ['00Q1'],
      formerContactIds: expect.arrayContaining(['1', '3']),
    });
  });

  it('is found by the survivor of a merge that nobody knew', async () => {
    const { pairId } = await handOver('1', '00Q1');
    await end('1', { tombstone: 'person_deleted' });
    const batch = await claimed('9');

    expect(await reserve(batch, reservation(batch, '9', { contactIds: ['9', '1'] }))).toMatchObject([
      { ok: false, reason: 'stale' },
    ]);

    expect((await bench.ledger.history('9')).pairId).toBe(pairId);
    expect((await bench.ledger.history('9')).pair?.tombstone).toBe('person_deleted');
  });
});

describe('a pair whose contact was deleted', () => {
  const deleted = { tombstone: 'contact_deleted', retiredContactIds: [{ id: '1', status: 'deleted' }] } as const;

  it('keeps its person and goes on with it when the contact is back', async () => {
    const { pairId } = await handOver('1', '00Q1');
    await end('1', deleted);
    expect(await linksOf(pairId)).toEqual(['1 deleted', '00Q1 live']);
    expect((await bench.ledger.history('1')).pair).toMatchObject({
      person: lead('00Q1'),
      tombstone: 'contact_deleted',
    });

    await end('1', { tombstone: null });

    expect(await linksOf(pairId)).toEqual(['1 live', '00Q1 live']);
    expect((await bench.ledger.history('1')).pair?.tombstone).toBeNull();
  });

  it('lets its person go to another contact, and does not get it back', async () => {
    const old = await handOver('1', '00Q1');
    await end('1', deleted);
    const batch = await claimed('2');
    const [taken] = await reserve(batch, reservation(batch, '2', { ...none, person: lead('00Q1') }));
    expect(taken).toMatchObject({ ok: true });
    await commit(batch, {
      ...result(batch, '2', { person: lead('00Q1') }),
      ...(taken?.ok && { pairId: taken.pairId }),
    });
    await end('1', { tombstone: null });

    expect(await linksOf(old.pairId)).toEqual(['1 live']);
    expect((await bench.ledger.history('1')).person).toBeNull();
    expect((await bench.ledger.history('2')).person).toEqual(lead('00Q1'));
  });
});

describe('a pair that was erased', () => {
  it('never goes on, whatever is said of it later', async () => {
    const { pairId } = await handOver('1', '00Q1');
    await end('1', { tombstone: 'erased', retiredContactIds: [{ id: '1', status: 'erased' }] });
    await end('1', { tombstone: null });
    await end('1', { tombstone: 'contact_deleted' });

    expect((await bench.ledger.history('1')).pair?.tombstone).toBe('erased');
    expect(await linksOf(pairId)).toEqual(['1 erased', '00Q1 live']);
  });

  it('gives its person to nobody', async () => {
    await handOver('1', '00Q1');
    await end('1', { tombstone: 'erased' });
    const batch = await claimed('2');

    expect(await reserve(batch, reservation(batch, '2', { ...none, person: lead('00Q1') }))).toMatchObject([
      { ok: false, reason: 'erased' },
    ]);
  });
});

describe('what the ledger knows of persons', () => {
  it('is told for those that a pair knows, with where they stand, in one answer', async () => {
    const live = await handOver('1', '00Q1');
    await handOver('2', '00Q2');
    await end('2', { tombstone: 'person_deleted' });
    await handOver('3', '00Q3');
    await end('3', { tombstone: 'erased' });
    const batch = await claimed('4');
    await reserve(batch, reservation(batch, '4', { ...none, person: { object: 'Contact', id: '0034' } }));

    const known = await bench.ledger.knownPersons(['00Q1', '00Q2', '00Q3', '0034', '00Q9', '00Q1']);

    expect([...known.keys()].sort()).toEqual(['0034', '00Q1', '00Q2', '00Q3']);
    expect(known.get('00Q1')).toEqual({
      pairId: live.pairId,
      contactId: '1',
      status: 'live',
      base: { Title: 'CTO' },
      tombstone: null,
      handedOver: true,
      isBusy: false,
    });
    // A claim holds it: somebody is at work on it.
    expect(known.get('0034')?.isBusy).toBe(true);
    expect(known.get('00Q2')).toMatchObject({ contactId: '2', status: 'deleted', tombstone: 'person_deleted' });
    expect(known.get('00Q3')).toMatchObject({ contactId: null, base: null, tombstone: 'erased' });
    expect(known.get('0034')).toMatchObject({ contactId: '4', status: 'reserved', base: null, handedOver: false });
    expect(await bench.ledger.knownPersons([])).toEqual(new Map());
  });
});
