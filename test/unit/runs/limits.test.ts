import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../../src/usecases/runs/limits.ts';

const foreseen = { isExact: true, records: 1_000, sampled: 1_000, creates: 0, changes: 0 };

describe('the safety limits of a run', () => {
  it.each([
    [0, 50],
    [1, 52],
    [100, 170],
    [1_000, 1_250],
  ])('let %i foreseen creates become %i', (creates, limit) => {
    expect(limitsOf({ ...foreseen, creates }).creates).toBe(limit);
  });

  it('leave room for the chance of a sample', () => {
    const exact = limitsOf({ ...foreseen, records: 100_000, creates: 20_000 }).creates;
    const sampled = limitsOf({ ...foreseen, isExact: false, records: 100_000, sampled: 400, creates: 20_000 }).creates;
    expect(exact).toBe(24_050);
    expect(sampled).toBe(30_050);
  });

  it('leave room where a sample has shown none at all', () => {
    const sample = { ...foreseen, isExact: false, records: 100_000, sampled: 400 };
    expect(limitsOf(sample)).toEqual({ creates: 800, changes: 800 });
  });

  it('leave room for the records that written ones bring along', () => {
    expect(limitsOf({ ...foreseen, creates: 100, changes: 10 }, true)).toEqual({ creates: 280, changes: 172 });
  });

  it('grow with the uncertainty, and never fall below what was foreseen', () => {
    for (const sampled of [1, 10, 100, 400]) {
      for (const creates of [0, 5, 500, 999, 1_000]) {
        const { creates: limit } = limitsOf({ ...foreseen, isExact: false, sampled, creates });
        expect(limit).toBeGreaterThanOrEqual(creates + 50);
      }
    }
    const with10 = limitsOf({ ...foreseen, isExact: false, sampled: 10, creates: 500 }).creates;
    const with400 = limitsOf({ ...foreseen, isExact: false, sampled: 400, creates: 500 }).creates;
    expect(with10).toBeGreaterThan(with400);
  });
});
