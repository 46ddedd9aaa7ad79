import type { PersonReference, SalesforceReference } from '../../domain/record.ts';
import type { Spend } from '../../ports/budget.ts';
import type { ContactHistory } from '../../ports/ledger-history.ts';
import type { Batch } from '../drain/batch.ts';

type Given<Reference extends SalesforceReference> = Pick<ContactHistory<Reference>, 'pairId' | 'pair'> & {
  recordId: string;
  nowMs: number;
  spend: Spend;
};

/** One record as a drain would have claimed it at this moment, for who plans it without claiming it: nothing can be committed under it. */
export function batchOfOne<Reference extends SalesforceReference = PersonReference>(given: Given<Reference>) {
  const { recordId, pairId, pair, nowMs, spend } = given;
  const claimed = {
    recordId,
    counter: '0',
    priority: 2,
    hints: [],
    attempts: 0,
    source: 'explain',
    runId: null,
    markedAtMs: nowMs,
    pairId,
    pair,
  } as const;
  const claim = { token: '', leaseMs: 0, records: [claimed] };
  const { signal } = new AbortController();
  const batch: Batch<Reference> = { claim, leasedUntilMs: nowMs, readAtMs: nowMs, spend, signal };
  return { claimed, batch };
}
