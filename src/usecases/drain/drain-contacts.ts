import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import { type DrainResult, drainClaims } from './drain-claims.ts';
import { syncBatch } from './sync-batch.ts';

/** HubSpot reads 100 records per call. */
const recordsPerRead = 100;
/** One look for persons finds this many; more to a claim would make the first of them wait for the last. */
const defaultBatchSize = 500;

/**
 * Works off what is due for contacts, batch by batch.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function drainContacts(
  dependencies: DrainDependencies,
  signal: AbortSignal,
  onFull?: () => void,
): Promise<DrainResult> {
  const of = { system: 'hubspot', object: 'contact' } as const;
  const work = (batch: Batch) => syncBatch(dependencies, batch);
  return await drainClaims(
    { batchSize: defaultBatchSize, ...dependencies },
    { of, bucket: 'hubspot', recordsPerRead, work },
    signal,
    onFull,
  );
}
