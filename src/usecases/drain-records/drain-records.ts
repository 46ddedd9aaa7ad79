import type { CounterpartReference } from '../../domain/record.ts';
import { type DrainResult, drainClaims } from '../drain/drain-claims.ts';
import type { RecordDependencies } from './dependencies.ts';
import { kinds, mappingOf, type RecordKind } from './kinds.ts';
import { syncRecords } from './sync-records.ts';

/** HubSpot reads 100 records per call. */
const recordsPerRead = 100;
/** One call for associations and one for counterparts serve this many. */
const defaultBatchSize = 500;

/**
 * Works off what is due of companies or deals, batch by batch. Nothing where the mapping has them off: their rows wait for the day it has not.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function drainRecords(
  dependencies: RecordDependencies,
  kind: RecordKind,
  signal: AbortSignal,
): Promise<DrainResult> {
  if (!mappingOf(dependencies.mapping, kind).isOn) return { worked: 0, nextInMs: null };
  return await drainClaims<CounterpartReference>(
    { batchSize: defaultBatchSize, ...dependencies },
    {
      of: { system: 'hubspot', object: kind },
      bucket: 'hubspot',
      recordsPerRead,
      work: async (batch) => await syncRecords(dependencies, batch, kinds[kind]),
    },
    signal,
  );
}
