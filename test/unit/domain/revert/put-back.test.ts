import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldFacts } from '../../../../src/domain/mapping/types.ts';
import type { FieldValue } from '../../../../src/domain/record.ts';
import { putBack, type RevertSides } from '../../../../src/domain/revert/put-back.ts';
import type { PendingRevert, RevertTarget } from '../../../../src/domain/revert/types.ts';

const number: FieldFacts = { type: 'number', maxLength: null, valuesByLabel: new Map() };

type Values = { hubspot: FieldValue; salesforce: FieldValue };

function sides(now: Values, base: Values | null, more: Partial<RevertSides> = {}): RevertSides {
  return {
    hubspot: { object: 'contact', ids: ['1'], values: { jobtitle: now.hubspot } },
    salesforce: { object: 'Lead', ids: ['00Q000000000001AAA'], values: { Title: now.salesforce } },
    base: base === null ? null : { hubspot: { jobtitle: base.hubspot }, salesforce: { Title: base.salesforce } },
    factsOf: () => undefined,
    counterpartOf: (system) => (system === 'hubspot' ? 'Title' : 'jobtitle'),
    afterConversion: () => null,
    ...more,
  };
}

function target(more: Partial<RevertTarget> = {}): RevertTarget {
  return {
    system: 'salesforce',
    object: 'Lead',
    recordId: '00Q000000000001AAA',
    field: 'Title',
    source: 'jobtitle',
    before: 'CTO',
    after: 'CEO',
    isId: false,
    isErased: false,
    ...more,
  };
}

function revertOf(...targets: RevertTarget[]): Pick<PendingRevert, 'targets' | 'made' | 'own' | 'refused'> {
  return { targets, made: [], own: [], refused: [] };
}

const asTheRunLeft = { hubspot: 'CEO', salesforce: 'CEO' };

describe('what becomes of a field that a run wrote', () => {
  const cases: [string, RevertTarget, Partial<RevertSides>, Values, string | null][] = [
    ['holds what the run wrote', target(), {}, asTheRunLeft, null],
    ['holds what was there before', target(), {}, { hubspot: 'CEO', salesforce: 'CTO' }, 'already_back'],
    ['was changed since', target(), {}, { hubspot: 'CEO', salesforce: 'Chair' }, 'changed_since'],
    ['is one of our ids', target({ isId: true }), {}, asTheRunLeft, 'id_field'],
    ['was erased', target({ isErased: true, before: null, after: null }), {}, asTheRunLeft, 'erased'],
    ['is of another record', target({ recordId: '00Q000000000002AAA' }), {}, asTheRunLeft, 'record_gone'],
    ['is of a record that is gone', target(), { salesforce: null }, asTheRunLeft, 'record_gone'],
    ['is not read any more', target({ field: 'Rating' }), {}, asTheRunLeft, 'not_read'],
    [
      'is calculated by now',
      target(),
      { factsOf: () => ({ ...number, type: 'text', isReadOnly: true }) },
      asTheRunLeft,
      'not_writable',
    ],
    [
      'was written to a Lead that is a Contact by now, which has no such field',
      target({ field: 'Industry' }),
      { salesforce: { object: 'Contact', ids: ['003', '00Q000000000001AAA'], values: { Title: 'CEO' } } },
      asTheRunLeft,
      'converted',
    ],
    ['stands in the way of a relation', target(), { obstacleTo: () => 'relation' }, asTheRunLeft, 'relation'],
  ];
  it.each(cases)('one that %s', (_, wanted, more, now, reason) => {
    const { salesforce, left } = putBack(revertOf(wanted), sides(now, asTheRunLeft, more));
    expect(left.map((each) => each.reason)).toEqual(reason === null ? [] : [reason]);
    expect(salesforce).toHaveLength(reason === null ? 1 : 0);
  });

  it('values are compared by the type of their field', () => {
    const revert = revertOf(target({ before: '1000', after: 2500 }));
    const { salesforce } = putBack(
      revert,
      sides({ hubspot: '2500', salesforce: '2500.00' }, null, { factsOf: () => number }),
    );
    expect(salesforce).toMatchObject([{ field: 'Title', after: '1000', rule: 'revert' }]);
  });

  it('a record that the run created is kept with all that it holds', () => {
    const made = [{ system: 'salesforce' as const, object: 'Lead', recordId: '00Q000000000001AAA' }];
    const { left } = putBack({ ...revertOf(target({ before: null })), made }, sides(asTheRunLeft, asTheRunLeft));
    expect(left).toMatchObject([{ reason: 'created' }]);
  });

  it('of two records that were merged the one that goes on says what its field is put back to', () => {
    const loser = target({ recordId: '00Q000000000009AAA', before: 'Lost' });
    const ids = ['00Q000000000001AAA', '00Q000000000009AAA'];
    const salesforce = { object: 'Lead', ids, values: { Title: 'CEO' } };
    const { salesforce: changes } = putBack(
      revertOf(loser, target()),
      sides(asTheRunLeft, asTheRunLeft, { salesforce }),
    );
    expect(changes).toMatchObject([{ after: 'CTO' }]);
  });

  it('what the first of two steps has emptied is still ours', () => {
    const own = [{ system: 'salesforce' as const, field: 'Title', after: null }];
    const now = { hubspot: 'CEO', salesforce: null };
    const { salesforce } = putBack({ ...revertOf(target()), own }, sides(now, asTheRunLeft));
    expect(salesforce).toMatchObject([{ after: 'CTO' }]);
  });
});

describe('what both sides agree on afterwards', () => {
  it('is what both hold then, so that nobody repairs the field', () => {
    const { salesforce, holds, looksAgain } = putBack(revertOf(target()), sides(asTheRunLeft, asTheRunLeft));
    expect(salesforce).toMatchObject([{ field: 'Title', after: 'CTO', source: 'jobtitle', sourceValue: 'CEO' }]);
    expect(holds).toEqual([{ hubspot: 'jobtitle', salesforce: 'Title' }]);
    expect(looksAgain).toBe(false);
  });

  it('is what Salesforce will hold, where both sides are put back', () => {
    const there = target();
    const here = target({
      system: 'hubspot',
      object: 'contact',
      recordId: '1',
      field: 'jobtitle',
      source: 'Title',
      before: 'CFO',
    });
    const { hubspot, salesforce } = putBack(revertOf(there, here), sides(asTheRunLeft, asTheRunLeft));
    expect(salesforce).toMatchObject([{ after: 'CTO', sourceValue: 'CEO' }]);
    expect(hubspot).toMatchObject([{ after: 'CFO', sourceValue: 'CTO' }]);
  });

  it('is nothing for a side that somebody has changed since: the rule has its turn', () => {
    const now = { hubspot: 'Chair', salesforce: 'CEO' };
    const { salesforce, holds, looksAgain, agreed } = putBack(revertOf(target()), sides(now, asTheRunLeft));
    expect(salesforce).toMatchObject([{ after: 'CTO', sourceValue: 'CEO' }]);
    expect(holds).toEqual([]);
    expect(looksAgain).toBe(true);
    expect(agreed).toBeNull();
  });

  it('is stored for what is back already, as after a crash', () => {
    const now = { hubspot: 'CEO', salesforce: 'CTO' };
    const { agreed, holds } = putBack(revertOf(target()), sides(now, asTheRunLeft));
    expect(agreed).toEqual({ hubspot: {}, salesforce: { Title: 'CTO' } });
    expect(holds).toHaveLength(1);
  });
});

describe('over any values', () => {
  const value = fc.constantFrom<FieldValue>(null, 'a', 'b', 'c', 'd');
  const blank = (one: FieldValue) => one ?? null;

  it('a revert restores what was, except what was touched, and its own revert what the run wrote', () => {
    fc.assert(
      fc.property(value, value, value, fc.boolean(), (before, after, edit, isTouched) => {
        fc.pre(before !== after);
        const held = isTouched ? edit : after;
        const { salesforce } = putBack(
          revertOf(target({ before, after })),
          sides({ hubspot: 'x', salesforce: held }, null),
        );
        const then = salesforce[0]?.after ?? (salesforce.length === 0 ? held : null);
        if (held === after) expect(blank(then)).toBe(before);
        else expect(then).toBe(held);
        if (salesforce.length === 0) return;
        const again = putBack(
          revertOf(target({ before: after, after: before })),
          sides({ hubspot: 'x', salesforce: then }, null),
        );
        expect(blank(again.salesforce[0]?.after ?? null)).toBe(after);
      }),
    );
  });

  it('a second look of the same revert finds nothing more to do', () => {
    fc.assert(
      fc.property(value, value, value, value, (before, after, hubspot, held) => {
        fc.pre(before !== after);
        const revert = revertOf(target({ before, after }));
        const { salesforce } = putBack(revert, sides({ hubspot, salesforce: held }, null));
        const then = salesforce.length === 0 ? held : (salesforce[0]?.after ?? null);
        expect(putBack(revert, sides({ hubspot, salesforce: then }, null)).salesforce).toEqual([]);
      }),
    );
  });
});
