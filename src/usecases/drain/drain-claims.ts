import type { PersonReference, SalesforceReference } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Bucket, BudgetPort, Priority, Spend } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Band, RecordType } from '../../ports/ledger-claim.ts';
import type { WorkLedger } from '../../ports/ledger-work.ts';
import type { Log } from '../../ports/log.ts';
import type { Batch } from './batch.ts';

export type DrainResult = {
  /** Records looked at. */
  worked: number;
  /** When to come back, in milliseconds; null: nothing waits. */
  nextInMs: number | null;
};

/** One kind of record, and how a claim of it is worked off. */
export type ClaimWork<Reference extends SalesforceReference> = {
  of: RecordType;
  /** Whose calls are reserved before the claim: those that it is read with. */
  bucket: Bucket;
  /** How many records one such call reads. */
  recordsPerRead: number;
  /** @throws SyncError what the ledger refuses, or when it cannot be reached */
  work(batch: Batch<Reference>): Promise<void>;
};

type Dependencies = {
  ledger: Pick<WorkLedger, 'due' | 'claim' | 'release'>;
  budget: Pick<BudgetPort, 'reserve'>;
  clock: Clock;
  log: Log;
  mappingVersion: number;
  /** Absent: whatever is due. */
  band?: Band;
  batchSize?: number;
  /** Ends after so many claims, so that others have their turn; absent: when nothing is due. */
  mostClaims?: number;
  leaseMs?: number;
};

const defaultBatchSize = 200;
/** What a killed worker costs its records before anything was written; prolonged for the writes. */
const defaultLeaseMs = 60_000;
const emptyClaimPauseMs = 500;
const refusedPauseMs = 1_000;
/** What the ledger says to a batch that may not go on. */
const refusals: ReadonlySet<string> = new Set(['paused', 'mapping_changed', 'lease_lost']);
/** A spent day or a vendor's pause whose end is near: asked again no sooner than this. */
const shortestPauseMs = 2_000;

/**
 * Works off what is due of one kind of record, batch by batch: budget first, then claim, then the work. Ends when nothing is due, the
 * budget makes it wait for long, or the signal asks it to stop; what was claimed by then is finished or handed back.
 * @throws SyncError only when the ledger cannot be reached
 */
export async function drainClaims<Reference extends SalesforceReference = PersonReference>(
  dependencies: Dependencies,
  { of, bucket, recordsPerRead, work }: ClaimWork<Reference>,
  signal: AbortSignal,
  onFull?: () => void,
): Promise<DrainResult> {
  const { ledger, budget, clock, batchSize = defaultBatchSize, leaseMs = defaultLeaseMs } = dependencies;
  const { mappingVersion, mostClaims = Number.POSITIVE_INFINITY } = dependencies;
  const band = dependencies.band === undefined ? {} : { band: dependencies.band };
  let worked = 0;
  for (let claims = 0; !signal.aborted && claims < mostClaims; claims += 1) {
    const { due, priority, nextInMs } = await ledger.due(of.system, of.object, dependencies.band);
    if (due === 0 || priority === null) return { worked, nextInMs };

    if (due > batchSize) onFull?.();
    const calls = Math.ceil(Math.min(due, batchSize) / recordsPerRead);
    const { waitMs, granted } = await turnOf(() => budget.reserve(bucket, calls, priority), clock.now());
    if (!granted) return { worked, nextInMs: waitMs };
    // Nothing is claimed yet, and what was granted is counted: to come back later would waste these calls.
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (signal.aborted) break;

    const claimedAtMs = clock.now();
    const claim = await ledger.claim<Reference>({ ...of, limit: batchSize, leaseMs, mappingVersion, ...band });
    // Another worker was faster, or holds the pairs: come back, rather than ask again at once.
    if (claim.records.length === 0) return { worked, nextInMs: emptyClaimPauseMs };
    const spend = spendOf(priority, calls, clock);
    const isBackground = dependencies.band === 'background';
    const batch = { claim, leasedUntilMs: claimedAtMs + leaseMs, readAtMs: clock.now(), spend, signal, isBackground };
    noteClaim(dependencies.log, of, claim.records);
    if (!(await finishes(dependencies, batch, work))) return { worked, nextInMs: refusedPauseMs };
    worked += claim.records.length;
  }
  return { worked, nextInMs: 0 };
}

/** Who asks the log for a record or a run finds the job that worked on it. */
function noteClaim(
  log: Log,
  { system, object }: RecordType,
  records: readonly { recordId: string; runId: string | null }[],
): void {
  const recordIds = records.map(({ recordId }) => recordId);
  const runIds = [...new Set(records.flatMap(({ runId }) => runId ?? []))];
  log.debug({ system, object, recordIds, ...(runIds.length === 0 ? {} : { runIds }) }, 'records claimed');
}

/**
 * Works the batch off. False when the ledger refused it on the way: paused by an admin meanwhile, or passed to another worker because this
 * one slept. Whatever is still ours is handed back then.
 * @throws SyncError wait `mapping_changed`; when the ledger cannot be reached
 */
async function finishes<Reference extends SalesforceReference>(
  { ledger, log }: Dependencies,
  batch: Batch<Reference>,
  work: ClaimWork<Reference>['work'],
): Promise<boolean> {
  try {
    await work(batch);
    return true;
  } catch (error) {
    if (!(error instanceof SyncError) || !refusals.has(error.code)) throw error;
    log.warn({ errorCode: error.code }, 'batch handed back');
    await ledger.release(batch.claim.token);
    if (error.code === 'mapping_changed') throw error;
    return false;
  }
}

/** So long background work gives way between its calls. */
const givesWayMs = 10_000;

/**
 * What a batch spends. Background work gives way to live work between its calls too, but not for ever: it holds leases that others may wait for.
 */
function spendOf(priority: Priority, prepaid: number, clock: Clock): Spend {
  if (priority <= 2) return { priority, prepaid };
  const untilMs = clock.now() + givesWayMs;
  return {
    get priority() {
      return clock.now() < untilMs ? priority : 2;
    },
    prepaid,
  };
}

type Turn = Awaited<ReturnType<BudgetPort['reserve']>>;

/** A spent day is a wait like any other, only a long one. */
async function turnOf(reserve: () => Promise<Turn>, now: number): Promise<Turn> {
  try {
    return await reserve();
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== 'wait') throw error;
    return { waitMs: Math.max((error.detail.untilMs ?? now) - now, shortestPauseMs), granted: false };
  }
}
