import { describe, expect, it } from 'vitest';
import type { Mark } from '../../src/ports/ledger-claim.ts';
import { done, kind, record, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, handOver } = bench;

describe('failures and decisions', () => {
  const failure = {
    kind: 'needs-human' as const,
    code: 'missing_last_name',
    message: 'm',
    advice: 'a',
    fields: ['LastName'],
    recordIds: [],
  };
  const decision = {
    outcome: 'create',
    code: 'gate_open',
    text: 't',
    reasons: [{ code: 'c', text: 't' }],
    fields: ['Title'],
    observedOnly: true,
  };

  it('count repeats of one cause, are retried by a person and cleared by a success', async () => {
    for (let attempt = 1; attempt <= 2; attempt++) {
      const batch = await claimed('1');
      await commit(batch, { contactId: '1', counter: record(batch, '1').counter, failure, settle: { kind: 'failed' } });
      expect(await bench.ledger.failures(10)).toMatchObject([{ ...failure, attempts: attempt }]);
    }
    expect(await bench.ledger.retryFailures('another_code')).toBe(0);
    expect(await bench.ledger.retryFailures()).toBe(1);
    const batch = await claim();
    expect(batch.records).toMatchObject([{ source: 'retry' }]);
    await commit(batch, { contactId: '1', counter: record(batch, '1').counter, failure: null, settle: done });

    expect(await bench.ledger.failures(10)).toEqual([]);
  });

  it('of observe mode are looked at again when the service goes live', async () => {
    const batch = await claimed('1', '2', '3');
    await commit(
      batch,
      { contactId: '1', counter: record(batch, '1').counter, decision, settle: done },
      // Of a mere link no field is written; a decision that leads to nothing is not one of observe mode.
      { contactId: '2', counter: record(batch, '2').counter, decision: { ...decision, fields: [] }, settle: done },
      {
        contactId: '3',
        counter: record(batch, '3').counter,
        decision: { ...decision, observedOnly: false },
        settle: done,
      },
    );

    expect((await bench.ledger.history('1')).decision).toMatchObject(decision);
    expect(await bench.ledger.markObserved()).toBe(2);
    expect((await claim()).records.map(({ recordId }) => recordId)).toEqual(['1', '2']);
  });
});

describe('the status', () => {
  it('tells since which moment the oldest record is due', async () => {
    await bench.mark(['1', '2']);
    await bench.database.pool.query(
      "update pending set due_at = '2026-11-20T10:00:00.123Z', not_before = '-infinity' where record_id = '1'",
    );

    const { pending } = await bench.ledger.status();

    expect(pending).toEqual({
      due: 2,
      background: 0,
      waiting: 0,
      leased: 0,
      oldestDueMs: Date.parse('2026-11-20T10:00:00.123Z'),
    });
  });
});

describe('watermarks', () => {
  it('move with their marks by compare-and-set, never backward and never beyond the clock of the database', async () => {
    const source = 'hubspot.contacts.modified';
    const at = (atMs: number) => ({ source, atMs, cursor: null });
    const mark1: Mark = { ...kind, recordId: '1', priority: 3, source: 'sweep' };
    const start = Date.now() - 60_000;
    expect(await bench.ledger.advance(null, at(start), [])).toBe(true);
    expect(await bench.ledger.advance(null, at(start), [])).toBe(false);

    expect(await bench.ledger.advance(at(start - 1), at(start + 5), [mark1])).toBe(false);
    expect(await bench.ledger.advance(at(start), at(start - 5), [mark1])).toBe(false);
    expect((await claim()).records).toEqual([]);
    expect(await bench.ledger.advance(at(start), at(Date.now() + 3_600_000), [mark1])).toBe(true);

    expect((await claim()).records).toHaveLength(1);
    const moved = await bench.ledger.watermark(source);
    expect(moved?.atMs).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(moved?.movedAtMs, 'as the mark is never beyond the clock that moved it').toBeGreaterThanOrEqual(
      moved?.atMs ?? Number.POSITIVE_INFINITY,
    );
  });

  it('know our own writes by their modification time', async () => {
    const { pairId } = await handOver('1', '00Q1');
    const batch = await claimed('1');
    const writtenAtMs = 1_795_000_000_123;
    await commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId,
      hubspotWrittenAtMs: writtenAtMs,
      settle: done,
    });

    const asked = [
      { id: '1', modifiedAtMs: writtenAtMs },
      { id: '1', modifiedAtMs: writtenAtMs + 1 },
      { id: '2', modifiedAtMs: writtenAtMs },
    ];
    expect(await bench.ledger.ownWrites(asked.slice(0, 1))).toEqual(new Set(['1']));
    expect(await bench.ledger.ownWrites(asked.slice(1))).toEqual(new Set());
  });
});

describe('the binding', () => {
  it('refuses another portal, another org, and the demo on a real ledger', async () => {
    await bench.database.pool.query(
      'update connections set hubspot_portal_id = null, salesforce_org_id = null, demo = false',
    );
    await bench.ledger.bind({ portalId: '1', demo: false });
    await bench.ledger.bind({ portalId: '1', orgId: 'org', demo: false });

    expect(await bench.ledger.bound()).toEqual({ portalId: '1', orgId: 'org', demo: false });
    await expect(bench.ledger.bind({ portalId: '2', demo: false })).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'other_portal',
    });
    await expect(bench.ledger.bind({ orgId: 'other', demo: false })).rejects.toMatchObject({ code: 'other_org' });
    await expect(bench.ledger.bind({ portalId: '1', demo: true })).rejects.toMatchObject({ code: 'demo_ledger' });
  });
});
