import { describe, expect, it } from 'vitest';
import type { RevertSummary } from '../../../../src/domain/revert/types.ts';
import type { ClaimedRecord } from '../../../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../../../src/ports/ledger-result.ts';
import { withReverts } from '../../../../src/usecases/drain/revert-results.ts';
import { givenClaimed, givenPair, now } from './given.ts';

const revert = {
  runId: '9',
  reverts: '7',
  created: 'keep',
  hasOthers: false,
  targets: [],
  made: [],
  deleted: [],
  own: [],
  refused: [],
} as const;

const refused: RecordResult = {
  contactId: '1',
  counter: '5',
  pairId: '3',
  settle: { kind: 'failed' },
  failure: { kind: 'permanent', code: 'x', message: 'x', advice: 'x', fields: [], recordIds: [] },
};

/** What is committed of a look whose revert a CRM has refused for good. */
async function committed(
  more: Partial<ClaimedRecord>,
  given: RecordResult = refused,
  summary?: RevertSummary,
): Promise<RecordResult | undefined> {
  const record = givenClaimed({ ...more, pair: givenPair({ revert }) });
  const results: RecordResult[] = [];
  const ledger = {
    reserve: async () => [],
    commit: async (_token: string, _version: number, committing: readonly RecordResult[]) => {
      results.push(...committing);
      return { intentIds: new Map<string, string>(), stale: [], poisoned: [] };
    },
  };
  const clock = { now: () => now };
  const { dependencies, tell } = withReverts({ ledger, observe: false, clock }, { records: [record] });
  tell(record.recordId, summary);
  await dependencies.ledger.commit('token', 1, [given]);
  return results[0];
}

describe('a look whose revert is refused for good', () => {
  it('ends with it where the revert alone has asked for it', async () => {
    const result = await committed({ priority: 4, hints: [] });
    expect(result).toMatchObject({ settle: { kind: 'failed' }, revert: { runId: '9', closes: true } });
    expect(result?.marks).toBeUndefined();
  });

  it.each([
    { priority: 1, hints: [] },
    { priority: 4, hints: ['merged'] },
  ] as const)('is followed by one for whoever else has asked: %j', async (asked) => {
    expect((await committed(asked))?.marks).toEqual([
      { system: 'hubspot', object: 'contact', recordId: '1', priority: 2, source: 'after_revert', hints: asked.hints },
    ]);
  });
});

describe('a look of a revert that fails for a reason that may pass', () => {
  const later = (more: { counts?: boolean; isAway?: boolean }): RecordResult => ({
    ...refused,
    settle: { kind: 'later', delayMs: 1, counts: true, code: 'x', ...more },
  });

  it.each([
    { attempts: 6, how: {}, closes: false },
    { attempts: 7, how: {}, closes: true },
    { attempts: 7, how: { counts: false }, closes: false },
    { attempts: 22, how: { isAway: true }, closes: false },
    { attempts: 23, how: { isAway: true }, closes: true },
  ])('gives its pair up in the end: %j', async ({ attempts, how, closes }) => {
    const result = await committed({ attempts }, later(how));
    expect(result).toMatchObject({ settle: { kind: 'later' }, revert: { closes } });
    expect(result?.revert?.left).toEqual(closes ? [{ reason: 'failing', count: 1 }] : []);
  });
});

describe('an Account that waits for the people of its revert', () => {
  const waits = { runId: '9', put: [], left: [], deleted: 0, holds: [], looksAgain: false, goesOn: true, waits: true };
  const done: RecordResult = { contactId: '1', counter: '5', pairId: '3', settle: { kind: 'done' } };

  it.each([
    { waited: 0, delayMs: 2_000 },
    { waited: 2_000, delayMs: 2_000 },
    { waited: 4_000, delayMs: 4_000 },
    { waited: 30_000, delayMs: 30_000 },
    { waited: 600_000, delayMs: 60_000 },
  ])('is looked at the rarer, the longer it has waited: %j', async ({ waited, delayMs }) => {
    const result = await committed({ markedAtMs: now - waited }, done, waits);
    expect(result?.settle).toMatchObject({ kind: 'later', delayMs, counts: false });
  });
});
