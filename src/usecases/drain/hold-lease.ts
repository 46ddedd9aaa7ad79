import type { DrainDependencies } from './dependencies.ts';
import type { Batch } from './sync-batch.ts';

/** Longer than any CRM call may take: what is left of a lease must exceed it before a write is sent. */
const longestCallMs = 60_000;

/**
 * Makes sure that the lease outlives the next CRM call; renews it where it might not.
 * @throws SyncError retryable `lease_lost` when the records have passed to another worker
 */
export async function holdLease({ ledger, clock }: DrainDependencies, batch: Batch): Promise<void> {
  const { token, leaseMs } = batch.claim;
  const leftMs = leaseMs - (clock.now() - batch.claimedAtMs);
  if (leftMs > longestCallMs) return;
  await ledger.renew(token, leaseMs);
  batch.claimedAtMs = clock.now();
}
