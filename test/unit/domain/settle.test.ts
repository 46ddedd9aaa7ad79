import { describe, expect, it } from 'vitest';
import { settleFault } from '../../../src/domain/settle.ts';

const now = 1_000_000;

describe('how a record whose look failed goes on', () => {
  it.each([
    {
      name: 'a wait waits until its end and uses up no attempt',
      fault: { kind: 'wait', code: 'x', untilMs: now + 9_000 },
      expected: { kind: 'later', delayMs: 9_000, counts: false, code: 'x' },
    },
    {
      name: 'a wait that is over is looked at now',
      fault: { kind: 'wait', code: 'x', untilMs: now - 1 },
      expected: { kind: 'later', delayMs: 0, counts: false, code: 'x' },
    },
    {
      name: 'a fault of the whole connection waits, whatever its kind',
      fault: { kind: 'needs-human', code: 'x', untilMs: now + 5, pausesConnection: true },
      expected: { kind: 'later', delayMs: 5, counts: false, code: 'x' },
    },
    {
      name: 'what may work later comes back with back-off',
      fault: { kind: 'retryable', code: 'x' },
      expected: { kind: 'later', delayMs: 2_500, counts: true, code: 'x' },
    },
    {
      name: 'what fails with whole calls is told apart: it is no fault of the record',
      fault: { kind: 'retryable', code: 'salesforce_unavailable' },
      expected: { kind: 'later', delayMs: 2_500, counts: true, code: 'salesforce_unavailable', isAway: true },
    },
    {
      name: 'what needs a person is a failure at once',
      fault: { kind: 'needs-human', code: 'x' },
      expected: { kind: 'failed' },
    },
    {
      name: 'what is permanent is a failure at once',
      fault: { kind: 'permanent', code: 'x' },
      expected: { kind: 'failed' },
    },
  ] as const)('$name', ({ fault, expected }) => {
    expect(settleFault(fault, 0, now, 0.5)).toEqual(expected);
  });

  it('never gives up on what may work later: an outage of any length ends by itself', () => {
    expect(settleFault({ kind: 'retryable', code: 'x' }, 500, now, 0.5)).toMatchObject({
      kind: 'later',
      delayMs: 450_000,
    });
  });
});
