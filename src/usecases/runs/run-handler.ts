import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { HubSpotRecord } from '../../domain/record.ts';
import type { BackfillObject, RunKind } from '../../domain/runs/types.ts';
import type { Spend } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { LedgerPort } from '../../ports/ledger.ts';
import type { ClaimedRun, RunPage } from '../../ports/ledger-runs.ts';
import type { Log } from '../../ports/log.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import type { OrgFacts } from '../drain/dependencies.ts';
import type { Preview } from '../preview/types.ts';

/** What a handler works with. */
export type RunDependencies = {
  ledger: LedgerPort;
  hubspot: HubSpotPort;
  salesforce: SalesforcePort;
  facts(spend: Spend): Promise<OrgFacts>;
  clock: Clock;
  log: Log;
  mapping: CompiledMapping;
  mappingVersion: number;
  /** Nothing is written to a CRM: what a run marks is looked at and decided, no more. */
  observe: boolean;
  /** What the sync would do with these records now, by the ids as asked: `previewRecords`. Writes nothing anywhere. */
  preview(
    object: BackfillObject,
    wanted: readonly (string | HubSpotRecord)[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, Preview>>;
};

/**
 * What one step of a run came to. `wait`: nothing to store yet. A page may have to be waited behind, such as one whose cursor names a Bulk job
 * that is not done. `failed`: it can never go on; the sentence for people stands under the code in docs/errors.md.
 */
export type RunStep =
  | { kind: 'page'; page: RunPage; waitMs?: number }
  | { kind: 'wait'; waitMs: number }
  | { kind: 'failed'; code: string };

/**
 * What one kind of run does. It lists and marks; the drains do the work.
 */
export type RunHandler = {
  /**
   * Reads the page that begins at the run's cursor (null: the first). Its own calls to the CRMs are made with `runSpend()`.
   * @throws SyncError wait or retryable: the run is put off and goes on from the same cursor; any other ends it as failed with the code
   */
  page(dependencies: RunDependencies, run: ClaimedRun, signal: AbortSignal): Promise<RunStep>;
  /** No further page while the run has this many records to work off; absent: 2,000. */
  mostBacklog?(run: ClaimedRun): number;
  /** Everything is listed and worked off. Absent: the run ends. May be repeated after a crash. */
  finish?(dependencies: RunDependencies, run: ClaimedRun): Promise<{ state: 'ended' | 'review'; reason?: string }>;
};

/** Handlers by kind. `live` has none: its work comes from events. */
export type RunHandlers = Readonly<Partial<Record<RunKind, RunHandler>>>;

/** Listing spends only what the budgets leave. */
export function runSpend(): Spend {
  return { priority: 4, prepaid: 0 };
}
