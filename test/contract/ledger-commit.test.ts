import { describe, expect, it } from 'vitest';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import type { Intent } from '../../src/ports/ledger-work.ts';
import { change, done, kind, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, handOver, mark, reserve } = bench;

describe('a commit', () => {
  it('commits nothing under a foreign token', async () => {
    const batch = await claimed('1');
    await bench.database.pool.query(`update pending set leased_until = '-infinity'`);
    await claim();

    const failure = { kind: 'needs-human' as const, code: 'x', message: 'm', advice: 'a', fields: [], recordIds: [] };
    const result = await commit(batch, { contactId: '1', counter: record(batch, '1').counter, failure, settle: done });

    expect(result.stale).toEqual(['1']);
    expect(await bench.ledger.failures(10)).toEqual([]);
    expect((await bench.ledger.status()).pending).toMatchObject({ leased: 1 });
  });

  it('is refused for a pair that went to another worker through another of its contacts', async () => {
    const { pairId } = await handOver('1', '00Q1');
    await bench.database.pool.query(`insert into links values (1, 'hubspot', 'contact', '2', $1, 'merged')`, [pairId]);
    const batch = await claimed('1', '2');
    expect(batch.records).toHaveLength(1);
    const [own] = batch.records;
    await bench.database.pool.query(`update pairs set leased_until = '-infinity'`);
    expect((await claim()).records).toHaveLength(1);

    const result = await commit(batch, {
      contactId: own?.recordId ?? '',
      counter: own?.counter ?? '',
      pairId,
      settle: done,
    });

    expect(result.stale).toEqual([own?.recordId]);
  });

  it('releases at once a record that was marked during the work', async () => {
    const batch = await claimed('1');
    await mark(['1'], { hints: ['deleted'] });
    await commit(batch, { contactId: '1', counter: record(batch, '1').counter, settle: done });

    expect((await claim()).records).toMatchObject([{ recordId: '1', hints: ['deleted'] }]);
  });

  it('merges the base field by field and hands over once', async () => {
    await handOver('1', '00Q1');
    const before = await bench.ledger.history('1');
    const batch = await claimed('1');
    const { counter, pairId } = record(batch, '1');
    const agreed = { hubspot: { city: 'Ulm' }, salesforce: { City: 'Ulm' } };
    await commit(batch, { contactId: '1', counter, pairId: pairId ?? '', agreed, handedOver: true, settle: done });

    const after = await bench.ledger.history('1');

    expect(after.base).toEqual({
      hubspot: { jobtitle: 'CTO', city: 'Ulm' },
      salesforce: { Title: 'CTO', City: 'Ulm' },
    });
    expect(after.handedOverAtMs).toBe(before.handedOverAtMs);
    expect(after.changes).toMatchObject([
      { field: 'Title', after: 'CTO', state: 'done', recordId: '00Q1', rule: 'newest' },
    ]);
  });

  it('keeps a lost answer open, whatever is written later, until its own outcome is told', async () => {
    const batch = await claimed('1');
    const [first] = await reserve(batch, reservation(batch, '1'));
    if (first?.ok !== true) throw new Error('not reserved');
    const unknown = { intentId: first.intentId ?? '', state: 'unknown' as const };
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: first.pairId,
      outcomes: [unknown],
      settle: { kind: 'later', delayMs: 0, counts: true, code: 'answer_lost' },
    });
    const next = await claim();
    const { counter } = record(next, '1');
    expect(record(next, '1')).toMatchObject({ attempts: 1, pair: { openIntents: [{ recordId: null }] } });
    const [second] = await reserve(next, reservation(next, '1'));
    if (second?.ok !== true) throw new Error('not reserved');
    const outcome = { intentId: second.intentId ?? '', state: 'done' as const, recordId: '00Q1' };
    const states = async () => {
      const { rows } = await bench.database.pool.query<{ state: string }>('select state from writes order by id');
      return rows.map(({ state }) => state);
    };

    await commit(next, { contactId: '1', counter, pairId: second.pairId, outcomes: [outcome] });
    expect(await states()).toEqual(['unknown', 'done']);

    const overtaken = { intentId: first.intentId ?? '', state: 'superseded' as const };
    await commit(next, { contactId: '1', counter, pairId: second.pairId, outcomes: [overtaken], settle: done });
    expect(await states()).toEqual(['superseded', 'done']);
  });

  it('opens a further intent together with the result', async () => {
    const batch = await claimed('1');
    const [first] = await reserve(batch, reservation(batch, '1'));
    if (first?.ok !== true) throw new Error('not reserved');
    const nextIntent: Intent = {
      ...kind,
      recordId: '1',
      operation: 'update',
      changes: [{ ...change, field: 'salesforce_person_id' }],
    };
    const { intentIds } = await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: first.pairId,
      nextIntent,
    });

    expect(intentIds.get('1')).toMatch(/^\d+$/);
    expect((await bench.ledger.status()).pending).toMatchObject({ leased: 1 });
  });

  it('cleans NUL characters and stores the guilty record of a batch as a failure, without its neighbours', async () => {
    await handOver('7', '00Q7');
    const ids = ['1', '2', '3', '4', '5'];
    const batch = await claimed(...ids);
    const answers = await reserve(batch, ...ids.map((id) => reservation(batch, id)));
    const results = answers.map((answer, place): RecordResult => {
      if (answer.ok !== true) throw new Error('not reserved');
      // The third claims a person that is another pair's: the ledger cannot store that.
      const personId = place === 2 ? '00Q7' : `00Q${answer.contactId}`;
      return {
        contactId: answer.contactId,
        counter: record(batch, answer.contactId).counter,
        pairId: answer.pairId,
        outcomes: [{ intentId: answer.intentId ?? '', state: 'done', recordId: personId }],
        person: { object: 'Lead', id: personId },
        agreed: { hubspot: { jobtitle: 'C\u0000TO \ud800' }, salesforce: {} },
        settle: done,
      };
    });

    const { poisoned, stale } = await commit(batch, ...results);

    expect({ poisoned, stale }).toEqual({ poisoned: ['3'], stale: [] });
    expect((await bench.ledger.history('1')).base?.hubspot).toEqual({ jobtitle: 'CTO \ufffd' });
    expect((await bench.ledger.history('5')).person).toEqual({ object: 'Lead', id: '00Q5' });
    expect(await bench.ledger.failures(10)).toMatchObject([
      { recordId: '3', code: 'ledger_rejected', kind: 'needs-human' },
    ]);
    expect((await bench.ledger.history('3')).pending?.dueInMs).toBeGreaterThan(600_000);
  });

  it('remembers merged, converted and deleted persons of the pair, and every HubSpot id that led to it', async () => {
    const { pairId } = await handOver('1', '00Q1');
    const batch = await claimed('1');
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId,
      person: { object: 'Contact', id: '0031' },
      retiredPersonIds: [{ object: 'Lead', id: '00Q1', status: 'converted' }],
      retiredContactIds: [
        { id: '0', status: 'merged' },
        { id: '00', status: 'deleted' },
      ],
      settle: done,
    });

    const { pair } = record(await claimed('0'), '0');

    expect(pair).toMatchObject({ person: { object: 'Contact', id: '0031' }, formerPersonIds: ['00Q1'] });
    expect(pair?.formerContactIds?.toSorted()).toEqual(['0', '1']);
  });
});
