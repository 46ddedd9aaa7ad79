import { describe, expect, it } from 'vitest';
import type { FieldChange, Freeze } from '../../src/domain/plan/types.ts';
import type { Claim } from '../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import type { Intent } from '../../src/ports/ledger-work.ts';
import { change, create, done, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, handOver, reserve } = bench;

const lead = (id: string) => ({ object: 'Lead' as const, id });
const freeze: Freeze = { system: 'salesforce', field: 'Title', code: 'field_frozen', text: 'A flow writes it, too.' };

function result(batch: Claim, id: string, more: Partial<RecordResult>): RecordResult {
  const { counter, pairId } = record(batch, id);
  return { contactId: id, counter, ...(pairId && { pairId }), settle: done, ...more };
}

async function write(id: string, changes: readonly FieldChange[], state: 'done' | 'refused' = 'done'): Promise<void> {
  const batch = await claimed(id);
  const person = (await bench.ledger.history(id)).person;
  const intent: Intent = { ...create, recordId: person?.id ?? null, operation: 'update', changes };
  const [answer] = await reserve(batch, reservation(batch, id, { claimEmails: [], person, intent }));
  const outcomes = answer?.ok && answer.intentId !== null ? [{ intentId: answer.intentId, state }] : [];
  await commit(batch, result(batch, id, { outcomes }));
}

/** As if all that was written so far had been written so long ago. */
async function age(minutes: number): Promise<void> {
  await bench.database.pool.query('update writes set at = at - make_interval(mins => $1)', [minutes]);
}

async function pairOf(id: string) {
  return (await bench.ledger.history(id)).pair;
}

describe('what was written lately', () => {
  it('is known with the claim: what we wrote or may have written, per field, within two hours', async () => {
    await handOver('1', '00Q1');
    await write('1', [{ ...change, after: 'too old' }]);
    await age(121);
    await write('1', [
      { ...change, after: 'a' },
      { ...change, field: 'Phone', after: '1' },
    ]);
    await write('1', [{ ...change, after: 'refused' }], 'refused');
    await write('1', [{ ...change, after: 'b' }]);

    const { pair } = record(await claimed('1'), '1');

    expect(pair?.recentWrites).toEqual([
      { system: 'salesforce', field: 'Title', after: 'b', atMs: expect.any(Number) },
      { system: 'salesforce', field: 'Title', after: 'a', atMs: expect.any(Number) },
      { system: 'salesforce', field: 'Phone', after: '1', atMs: expect.any(Number) },
    ]);
  });

  it('says when both sides agreed last', async () => {
    await handOver('1', '00Q1');
    const before = (await pairOf('1'))?.agreedAtMs ?? 0;
    const batch = await claimed('1');
    await commit(batch, result(batch, '1', {}));
    expect((await pairOf('1'))?.agreedAtMs).toBe(before);
    const next = await claimed('1');
    await commit(next, result(next, '1', { agreed: { hubspot: { city: 'Ulm' }, salesforce: { City: 'Ulm' } } }));

    expect((await pairOf('1'))?.agreedAtMs).toBeGreaterThan(before);
  });
});

describe('a frozen field', () => {
  const frozen = async (...freezes: readonly Freeze[]) => {
    const batch = await claimed('1');
    await commit(batch, result(batch, '1', { freezes }));
  };

  it('is known with the claim, once, until a person thaws it', async () => {
    await handOver('1', '00Q1');
    await frozen(freeze, { ...freeze, system: 'hubspot', field: 'phone' });
    await frozen(freeze);
    expect((await pairOf('1'))?.frozen).toEqual([
      { system: 'hubspot', field: 'phone', text: freeze.text },
      { system: 'salesforce', field: 'Title', text: freeze.text },
    ]);

    expect(await bench.ledger.thaw('1', 'ops', 'Title')).toBe(1);
    expect(await bench.ledger.thaw('1', 'ops', 'Title')).toBe(0);
    expect((await pairOf('1'))?.frozen).toEqual([{ system: 'hubspot', field: 'phone', text: freeze.text }]);
    expect(await bench.ledger.thaw('1', 'ops')).toBe(1);
    expect(await bench.ledger.thaw('unknown', 'ops')).toBe(0);
  });

  it('is looked at at once when it is thawed, and what was written before is forgotten for the next fight', async () => {
    await handOver('1', '00Q1');
    await write('1', [{ ...change, after: 'a' }]);
    await frozen(freeze);
    await bench.ledger.thaw('1', 'ops');
    const { pair, source } = record(await claim(), '1');

    expect(source).toBe('thaw');
    expect(pair?.recentWrites).toEqual([]);
  });

  it('can be frozen again after it was thawed, and both are told', async () => {
    await handOver('1', '00Q1');
    await frozen(freeze);
    await bench.ledger.thaw('1', 'ops');
    await frozen(freeze);

    expect((await pairOf('1'))?.frozen).toHaveLength(1);
    const told = (await bench.ledger.timeline('1', 50)).filter(({ kind }) => kind === 'frozen' || kind === 'thawed');
    expect(told.map(({ kind }) => kind)).toEqual(['frozen', 'thawed', 'frozen']);
    expect(told[1]?.text).toContain('ops');
  });

  it('thaws under an id that was merged, and marks the contact that is alive', async () => {
    await handOver('1', '00Q1');
    const batch = await claimed('1');
    await reserve(
      batch,
      reservation(batch, '1', { claimEmails: [], intent: null, contactIds: ['1', '9'], person: lead('00Q1') }),
    );
    await commit(batch, result(batch, '1', { freezes: [freeze] }));

    expect(await bench.ledger.thaw('9', 'ops')).toBe(1);
    expect((await claim()).records.map(({ recordId }) => recordId)).toEqual(['1']);
  });
});

describe('the timeline', () => {
  it('tells all that happened, the newest first, in pages', async () => {
    await handOver('1', '00Q1');
    await write('1', [{ ...change, before: 'CEO', conflict: 'hubspot' }]);
    const batch = await claimed('1');
    const failure = {
      kind: 'needs-human',
      code: 'x',
      message: 'Something is wrong.',
      advice: '',
      fields: [],
      recordIds: [],
    } as const;
    const decision = {
      outcome: 'update',
      code: 'update',
      text: 'Updated.',
      reasons: [],
      fields: [],
      observedOnly: false,
    };
    const stagesSeen = [{ stage: 'customer', atMs: Date.now(), source: 'hubspot', code: 'reached' }] as const;
    await commit(batch, result(batch, '1', { failure, decision, stagesSeen, freezes: [freeze] }));

    const all = await bench.ledger.timeline('1', 50);

    expect(new Set(all.map(({ kind }) => kind))).toEqual(
      new Set(['write', 'link', 'stage', 'frozen', 'decision', 'failure']),
    );
    expect(all.map(({ atMs }) => atMs)).toEqual(all.map(({ atMs }) => atMs).sort((one, other) => other - one));
    expect(all.find(({ kind }) => kind === 'write')).toMatchObject({
      code: 'update',
      text: 'Update of the Lead in Salesforce (Title) was carried out.',
      recordId: '00Q1',
      changes: [{ field: 'Title', before: 'CEO', after: 'CTO', rule: 'newest', conflict: 'hubspot' }],
    });
    expect((await bench.ledger.history('1')).changes[0]).toMatchObject({ field: 'Title', conflict: 'hubspot' });

    const paged: unknown[] = [];
    for (let before: number | undefined; ; ) {
      const page = await bench.ledger.timeline('1', 2, before);
      if (page.length === 0) break;
      paged.push(...page);
      before = page.at(-1)?.atMs;
    }
    expect(paged).toEqual(all);
  });

  it('goes on over merges in HubSpot: what happened to those who were merged is part of it', async () => {
    await handOver('1', '00Q1');
    await write('1', [{ ...change, after: 'of 1' }]);
    const one = await claimed('1');
    const stagesSeen = [{ stage: 'lead', atMs: Date.now(), source: 'hubspot', code: 'reached' }] as const;
    await commit(one, result(one, '1', { freezes: [freeze], stagesSeen }));
    await handOver('2', '00Q2');
    await write('2', [{ ...change, after: 'of 2' }]);
    await handOver('3', '00Q3');
    // 1 into 2, then 2 into 3.
    for (const [survivor, absorbed, person] of [
      ['2', '1', '00Q2'],
      ['3', '2', '00Q3'],
    ] as const) {
      const batch = await claimed(survivor);
      const wanted = reservation(batch, survivor, {
        claimEmails: [],
        intent: null,
        contactIds: [survivor, absorbed],
        person: lead(person),
      });
      expect(await reserve(batch, wanted)).toMatchObject([{ ok: true }]);
      await bench.ledger.release(batch.token);
    }

    const told = await bench.ledger.timeline('3', 100);

    const values = told.flatMap(({ changes }) => changes.map(({ after }) => after));
    expect(values).toEqual(expect.arrayContaining(['of 1', 'of 2']));
    expect(told.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['frozen', 'stage']));
    expect(await bench.ledger.timeline('1', 100), 'under each id the same').toEqual(told);
    expect((await bench.ledger.history('3')).changes.map(({ after }) => after)).toEqual(
      expect.arrayContaining(['of 1', 'of 2']),
    );
    expect((await bench.ledger.stageTransitions('3')).map(({ to }) => to)).toEqual(['lead']);
    expect((await pairOf('3'))?.frozen, 'whether the survivor fights is to be seen').toEqual([]);
  });
});
