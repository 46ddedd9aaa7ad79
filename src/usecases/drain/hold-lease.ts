import type { WorkLedger } from '../../ports/ledger-work.ts';
import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';

/**
 * Longer than the writes of one step may take: both adapters begin no call later than 30 s into a batch; Salesforce's gives each one 60 s,
 * HubSpot's gives each 30 s.
 */
const longestWriteMs = 100_000;

/**
 * Makes sure that the lease outlives the writes that follow. A worker that was slow or asleep finds out here which of its records have
 * passed to another one.
 * @returns whether a record is still ours to write
 * @throws SyncError retryable `lease_lost` when none is, wait `paused` when an admin has stopped all writes
 */
export async function holdLease(
  { ledger, clock }: Pick<DrainDependencies, 'clock'> & { ledger: Pick<WorkLedger, 'renew'> },
  batch: Pick<Batch, 'leasedUntilMs' | 'held'> & { claim: Pick<Batch['claim'], 'token'> },
): Promise<(contactId: string) => boolean> {
  const now = clock.now();
  if (batch.leasedUntilMs - now > longestWriteMs) return (contactId) => batch.held?.has(contactId) ?? true;
  // A little more than needed, so that the write-back that follows soon needs no renewal of its own.
  const leaseMs = longestWriteMs * 1.2;
  const held = await ledger.renew(batch.claim.token, leaseMs);
  batch.leasedUntilMs = now + leaseMs;
  batch.held = held;
  return (contactId) => held.has(contactId);
}
