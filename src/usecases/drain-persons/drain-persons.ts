import type { PersonObject } from '../../domain/record.ts';
import type { Batch } from '../drain/batch.ts';
import { type DrainResult, drainClaims } from '../drain/drain-claims.ts';
import type { PersonsDependencies } from './dependencies.ts';
import { settlePersons } from './settle-persons.ts';

/** One look finds them all. */
const recordsPerRead = 200;

const objects: readonly PersonObject[] = ['Lead', 'Contact'];

/**
 * Works off persons that Salesforce has and no pair knows: each is linked to a HubSpot contact, becomes one, or is left alone, as the
 * mapping says under `born`. No person is written here: work under a Salesforce id marks contacts and creates them.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function drainPersons(dependencies: PersonsDependencies, signal: AbortSignal): Promise<DrainResult> {
  let worked = 0;
  const waits: number[] = [];
  for (const object of objects) {
    const of = { system: 'salesforce', object } as const;
    const work = (batch: Batch) => settlePersons(dependencies, batch, object);
    const drained = await drainClaims(dependencies, { of, bucket: 'salesforce', recordsPerRead, work }, signal);
    worked += drained.worked;
    if (drained.nextInMs !== null) waits.push(drained.nextInMs);
  }
  return { worked, nextInMs: waits.length === 0 ? null : Math.min(...waits) };
}
