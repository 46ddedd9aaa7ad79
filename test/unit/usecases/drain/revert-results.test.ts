import { describe, expect, it } from 'vitest';
import type { ClaimedRecord } from '../../../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../../../src/ports/ledger-result.ts';
import { withReverts } from '../../../../src/usecases/drain/revert-results.ts';
import { givenClaimed, givenPair } from './given.ts';

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
async function committed(more: Pick<ClaimedRecord, 'priority' | 'hints'>): Promise<RecordResult | undefined> {
  const record = givenClaimed({ ...more, pair: givenPair({ revert }) });
  const results: RecordResult[] = [];
  const ledger = {
    reserve: async () => [],
    commit: async (_token: string, _version: number, given: readonly RecordResult[]) => {
      results.push(...given);
      return { intentIds: new Map<string, string>(), stale: [], poisoned: [] };
    },
  };
  const { dependencies } = withReverts({ ledger, observe: false }, { records: [record] });
  await dependencies.ledger.commit('token', 1, [refused]);
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
