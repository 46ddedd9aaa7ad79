import type { CounterpartObject, CounterpartReference } from '../../domain/record.ts';
import { type DrainResult, drainClaims } from '../drain/drain-claims.ts';
import { kindOfObject, mappingOf } from '../drain-records/kinds.ts';
import type { CounterpartDependencies } from './dependencies.ts';
import { settleCounterparts } from './settle-counterparts.ts';

/** One look finds them all. */
const recordsPerRead = 500;
/** Accounts whose domain leads to no company at once take a search for two of them, of which HubSpot allows about four a second. */
const accountsPerClaim = 100;

/** Accounts first: Opportunities may wait for them. */
const objects: readonly CounterpartObject[] = ['Account', 'Opportunity'];

/**
 * Works off Accounts and Opportunities that no pair knows: each leads to a record in HubSpot, becomes one, or is left alone. None is written
 * here: work under a Salesforce id marks HubSpot records and creates them.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function drainCounterparts(
  dependencies: CounterpartDependencies,
  signal: AbortSignal,
): Promise<DrainResult> {
  let worked = 0;
  const waits: number[] = [];
  for (const object of objects) {
    if (!mappingOf(dependencies.mapping, kindOfObject(object).kind).isOn) continue;
    const drained = await drainClaims<CounterpartReference>(
      object === 'Account' ? { ...dependencies, batchSize: accountsPerClaim } : dependencies,
      {
        of: { system: 'salesforce', object },
        bucket: 'salesforce',
        recordsPerRead,
        work: async (batch) => await settleCounterparts(dependencies, batch, object),
      },
      signal,
    );
    worked += drained.worked;
    if (drained.nextInMs !== null) waits.push(drained.nextInMs);
  }
  return { worked, nextInMs: waits.length === 0 ? null : Math.min(...waits) };
}
