import type { DrainDependencies } from './dependencies.ts';
import { type DrainResult, drainClaims } from './drain-claims.ts';
import { syncBatch } from './sync-batch.ts';

/** HubSpot reads 100 records per call. */
const recordsPerRead = 100;

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
  const work = (batch: Parameters<typeof syncBatch>[1]) => syncBatch(dependencies, batch);
  return await drainClaims(dependencies, { of, bucket: 'hubspot', recordsPerRead, work }, signal, onFull);
}
