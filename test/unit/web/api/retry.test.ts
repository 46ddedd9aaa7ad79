import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../web/src/api/problem.ts';
import { mayRetry, retryDelay } from '../../../../web/src/api/retry.ts';

const problem = (status: number, code = 'some_code', retryAfterMs: number | null = null) =>
  new Problem(status, code, 'Something.', retryAfterMs);

describe('whether the page asks again by itself', () => {
  it.each([
    { because: 'nobody answered', error: problem(0, 'unreachable'), again: true },
    { because: 'the service is starting', error: problem(503), again: true },
    { because: 'it asks for a moment', error: problem(429, 'too_many', 2_000), again: true },
    { because: 'the same press is being worked on', error: problem(409, 'in_progress', 1_000), again: true },
    { because: 'it asks for a minute', error: problem(429, 'too_many_failures', 60_000), again: false },
    { because: 'a person must change something', error: problem(409, 'needs_a_person'), again: false },
    { because: 'the role is too low', error: problem(403), again: false },
    { because: 'the session has ended', error: problem(401, 'session_ended'), again: false },
    { because: 'the request is wrong', error: problem(400), again: false },
    { because: 'the service has a fault', error: problem(500, 'unexpected'), again: false },
    { because: 'the page has a fault', error: new TypeError('x'), again: false },
  ])('$again, because $because', ({ error, again }) => {
    expect(mayRetry(0, error)).toBe(again);
  });

  it('three times at most', () => {
    expect([0, 1, 2, 3].map((failed) => mayRetry(failed, problem(503)))).toEqual([true, true, true, false]);
  });

  it('after as long as the service says, else later each time', () => {
    expect(retryDelay(0, problem(429, 'too_many', 2_000))).toBe(2_000);
    for (const [failed, base] of [500, 1_000, 2_000].entries()) {
      const delay = retryDelay(failed, problem(503));
      expect(delay).toBeGreaterThanOrEqual(base * 0.75);
      expect(delay).toBeLessThanOrEqual(base * 1.25);
    }
  });
});
