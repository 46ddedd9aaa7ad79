import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from '../../../src/domain/retry.ts';

describe('back-off', () => {
  it.each([
    { attempt: 1, mostMs: 5_000 },
    { attempt: 2, mostMs: 10_000 },
    { attempt: 5, mostMs: 80_000 },
    { attempt: 8, mostMs: 640_000 },
    { attempt: 9, mostMs: 900_000 },
    { attempt: 500, mostMs: 900_000 },
  ])('attempt $attempt waits up to $mostMs ms', ({ attempt, mostMs }) => {
    expect(backoff(attempt, 0.5)).toBe(mostMs / 2);
    expect(backoff(attempt, 0.999_999_9)).toBeLessThanOrEqual(mostMs);
  });

  it('always waits between a millisecond and a quarter of an hour', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, chance) => {
          const waitMs = backoff(attempt, chance);
          expect(waitMs).toBeGreaterThanOrEqual(1);
          expect(waitMs).toBeLessThanOrEqual(900_000);
        },
      ),
    );
  });
});
