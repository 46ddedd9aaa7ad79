import { describe, expect, it } from 'vitest';
import { allowedCalls, toDailyBudget } from '../../../src/domain/health/daily-budget.ts';
import { isAlive, unexpectedDrift } from '../../../src/domain/health/limits.ts';

describe('allowedCalls', () => {
  it.each([
    { daily: 0.5, limit: 15_001, calls: 7_500 },
    { daily: 1, limit: 15_001, calls: 15_001 },
    { daily: 0.5, limit: null, calls: null },
    { daily: 20_000, limit: null, calls: 20_000 },
    { daily: 20_000, limit: 15_000, calls: 20_000 },
  ])('SALESFORCE_DAILY_BUDGET=$daily of a limit of $limit: $calls', ({ daily, limit, calls }) => {
    expect(allowedCalls(toDailyBudget(daily), limit)).toBe(calls);
  });

  it('no budget of ours allows nothing in particular', () => {
    expect(allowedCalls(null, 250_000)).toBeNull();
  });
});

describe('unexpectedDrift', () => {
  it('leaves out what people know of, what fails, and what was not found', () => {
    const drift = { unequal: 3, gone: 1, missing: 0, failing: 9, held: 2, frozen: 1, a_code_of_a_newer_version: 1 };

    expect(unexpectedDrift(drift)).toStrictEqual({
      total: 5,
      kinds: [
        ['unequal', 3],
        ['gone', 1],
        ['a_code_of_a_newer_version', 1],
      ],
    });
  });
});

describe('isAlive', () => {
  it.each([
    { agoMs: 15_000, alive: true },
    { agoMs: 15_001, alive: false },
  ])('heard of $agoMs ms ago: $alive', ({ agoMs, alive }) => {
    expect(isAlive({ seenAtMs: 100_000 - agoMs }, 100_000)).toBe(alive);
  });
});
