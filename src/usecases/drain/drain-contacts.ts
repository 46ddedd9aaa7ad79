import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { DrainDependencies } from './dependencies.ts';
import { type Batch, syncBatch } from './sync-batch.ts';

export type DrainResult = {
  /** Records looked at. */
  worked: number;
  /** When to come back, in milliseconds; null: nothing waits. */
  nextInMs: number | null;
};

const defaultBatchSize = 200;
/** What a killed worker costs its records before anything was written; prolonged for the writes. */
const defaultLeaseMs = 60_000;
/** HubSpot reads 100 records per call. */
const recordsPerRead = 100;
const emptyClaimPauseMs = 500;
const refusedPauseMs = 1_000;
/** What the ledger says to a batch that may not go on. */
const refusals: ReadonlySet<string> = new Set(['paused', 'mapping_changed', 'lease_lost']);
/** Longer waits are left to the queue. */
const longestPauseMs = 2_000;

/**
 * Works off what is due for contacts, batch by batch: budget first, then claim, then read, plan and write. Ends when nothing is due, the
 * budget makes it wait for long, or the signal asks it to stop; what was claimed by then is finished or handed back.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function drainContacts(
  dependencies: DrainDependencies,
  signal: AbortSignal,
  onFull?: () => void,
): Promise<DrainResult> {
  const { ledger, budget, clock, batchSize = defaultBatchSize, leaseMs = defaultLeaseMs } = dependencies;
  let worked = 0;
  while (!signal.aborted) {
    const { due, priority, nextInMs } = await ledger.due('hubspot', 'contact');
    if (due === 0 || priority === null) return { worked, nextInMs };

    if (due > batchSize) onFull?.();
    const calls = Math.ceil(Math.min(due, batchSize) / recordsPerRead);
    const { waitMs, granted } = await turnOf(() => budget.reserve('hubspot', calls, priority), clock.now());
    if (!granted || waitMs > longestPauseMs) return { worked, nextInMs: waitMs };
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (signal.aborted) break;

    const claimedAtMs = clock.now();
    const request = { system: 'hubspot', object: 'contact', limit: batchSize, leaseMs } as const;
    const claim = await ledger.claim({ ...request, mappingVersion: dependencies.mappingVersion });
    // Another worker was faster, or holds the pairs: come back, rather than ask again at once.
    if (claim.records.length === 0) return { worked, nextInMs: emptyClaimPauseMs };
    // Once claimed, even background work finishes at live priority: it holds a lease that others may wait for.
    const spend: Spend = { priority: priority <= 2 ? priority : 2, prepaid: calls };
    const batch = { claim, leasedUntilMs: claimedAtMs + leaseMs, readAtMs: clock.now(), spend, signal };
    if (!(await finishes(dependencies, batch))) return { worked, nextInMs: refusedPauseMs };
    worked += claim.records.length;
  }
  return { worked, nextInMs: 0 };
}

/**
 * Works the batch off. False when the ledger refused it on the way: paused by an admin meanwhile, or passed to another worker because this
 * one slept. Whatever is still ours is handed back then.
 * @throws SyncError wait `mapping_changed`; when the ledger cannot be reached
 */
async function finishes(dependencies: DrainDependencies, batch: Batch): Promise<boolean> {
  try {
    await syncBatch(dependencies, batch);
    return true;
  } catch (error) {
    if (!(error instanceof SyncError) || !refusals.has(error.code)) throw error;
    dependencies.log.warn({ errorCode: error.code }, 'batch handed back');
    await dependencies.ledger.release(batch.claim.token);
    if (error.code === 'mapping_changed') throw error;
    return false;
  }
}

type Turn = Awaited<ReturnType<DrainDependencies['budget']['reserve']>>;

/** A spent day is a wait like any other, only a long one. */
async function turnOf(reserve: () => Promise<Turn>, now: number): Promise<Turn> {
  try {
    return await reserve();
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== 'wait') throw error;
    return { waitMs: Math.max((error.detail.untilMs ?? now) - now, longestPauseMs), granted: false };
  }
}
