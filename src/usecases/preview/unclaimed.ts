import type { PersonReference, SalesforceReference } from '../../domain/record.ts';
import type { Spend } from '../../ports/budget.ts';
import type { ClaimedRecord, Hint } from '../../ports/ledger-claim.ts';
import type { Knowledge } from '../../ports/ledger-knowledge.ts';
import type { Batch } from '../drain/batch.ts';

/** One record to be planned, and what the ledger knows of its pair. `hints`: what a mark would have told. */
export type Unclaimed<Reference extends SalesforceReference = PersonReference> = Knowledge<Reference> & {
  recordId: string;
  hints?: readonly Hint[];
};

/** Records as a drain would have claimed them at this moment, for who plans them without claiming: nothing can be committed under it. */
export function unclaimedBatch<Reference extends SalesforceReference = PersonReference>(
  given: readonly Unclaimed<Reference>[],
  nowMs: number,
  spend: Spend,
): { records: readonly ClaimedRecord<Reference>[]; batch: Batch<Reference> } {
  const records = given.map(({ recordId, pairId, pair, hints = [] }) =>
    toClaimed(recordId, { pairId, pair }, hints, nowMs),
  );
  const claim = { token: '', leaseMs: 0, records };
  const { signal } = new AbortController();
  return { records, batch: { claim, leasedUntilMs: nowMs, readAtMs: nowMs, spend, signal } };
}

function toClaimed<Reference extends SalesforceReference>(
  recordId: string,
  known: Knowledge<Reference>,
  hints: readonly Hint[],
  nowMs: number,
): ClaimedRecord<Reference> {
  const record = { recordId, counter: '0', priority: 2, attempts: 0, source: 'preview', runId: null } as const;
  return { ...record, hints, markedAtMs: nowMs, ...known };
}
