import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedWithin, type Interval, lastOf, toTheSecond, whoIsNewer } from '../../../../src/domain/merge/newest.ts';

const interval: fc.Arbitrary<Interval> = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(50))
  .map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));
const opposite = { hubspot: 'salesforce', salesforce: 'hubspot', unknown: 'unknown' } as const;
const past = (...atMs: number[]) => atMs.map((each) => ({ value: 'x', atMs: each, by: 'y' }));

describe('when a side was changed last', () => {
  it.each([
    { name: 'the newest entry of its history', history: past(7, 9, 3), agreed: 1, modified: 20, from: 9, to: 9 },
    { name: 'after both agreed, before the record changed', history: [], agreed: 5, modified: 20, from: 6, to: 20 },
    { name: 'any time, without a base', history: undefined, agreed: null, modified: 20, from: -Infinity, to: 20 },
    {
      name: 'nobody knows when, by clocks that differ',
      history: undefined,
      agreed: 30,
      modified: 20,
      from: 20,
      to: 31,
    },
  ])('is $name', ({ history, agreed, modified, from, to }) => {
    expect(changedWithin(history, agreed, modified)).toStrictEqual({ fromMs: from, toMs: to });
  });
});

it('a clock that shows whole seconds does not tell the order within one', () => {
  const salesforce = toTheSecond({ fromMs: 5000, toMs: 5000 });

  expect(whoIsNewer({ fromMs: 5999, toMs: 5999 }, salesforce)).toBe('unknown');
  expect(whoIsNewer({ fromMs: 6000, toMs: 6000 }, salesforce)).toBe('hubspot');
  expect(whoIsNewer({ fromMs: 4999, toMs: 4999 }, salesforce)).toBe('salesforce');
});

describe('who changed last', () => {
  it.each([
    { hubspot: [1, 1], salesforce: [2, 2], newer: 'salesforce' },
    { hubspot: [3, 3], salesforce: [2, 2], newer: 'hubspot' },
    { hubspot: [2, 2], salesforce: [2, 2], newer: 'unknown' },
    { hubspot: [5, 5], salesforce: [1, 9], newer: 'unknown' },
    { hubspot: [10, 10], salesforce: [1, 9], newer: 'hubspot' },
    { hubspot: [0, 0], salesforce: [1, 9], newer: 'salesforce' },
  ] as const)('$hubspot in HubSpot, $salesforce in Salesforce: $newer', ({ hubspot, salesforce, newer }) => {
    const between = ([fromMs, toMs]: readonly [number, number]) => ({ fromMs, toMs });

    expect(whoIsNewer(between(hubspot), between(salesforce))).toBe(newer);
  });

  it('is the same from both sides, known whenever the intervals are apart, and never guessed when they overlap', () => {
    fc.assert(
      fc.property(interval, interval, (one, other) => {
        const newer = whoIsNewer(one, other);
        const overlap = one.fromMs <= other.toMs && other.fromMs <= one.toMs;
        expect(whoIsNewer(other, one)).toBe(opposite[newer]);
        expect(newer === 'unknown').toBe(overlap);
      }),
    );
  });

  it('is told by the last of several changes', () => {
    fc.assert(
      fc.property(fc.array(interval, { minLength: 1 }), (all) => {
        const last = lastOf(all);
        expect(last.fromMs).toBeLessThanOrEqual(last.toMs);
        for (const { fromMs, toMs } of all) {
          expect(last.fromMs).toBeGreaterThanOrEqual(fromMs);
          expect(last.toMs).toBeGreaterThanOrEqual(toMs);
        }
      }),
    );
  });
});
