import type { HubSpotObject } from '../domain/record.ts';
import type { OfAnyVersion, RunKind, RunState } from '../domain/runs/types.ts';
import type { LedgerStatus } from './ledger-admin.ts';
import type { CatchUp } from './ledger-catch-up.ts';
import type { RebuildHold } from './ledger-rebuild.ts';
import type { Watermark } from './ledger-sweep.ts';

/** Why records fail: all of them, and those that failed first within the last day and the one before, by full hours. */
export type FailureCause = { code: string; count: number; newInDay: number; newInDayBefore: number };

/** One hour: record writes that were done towards each side, and handoffs. */
export type HourOfFlow = { hourMs: number; toHubspot: number; toSalesforce: number; handoffs: number };

/** A run that is not over, live sync of a day among them. */
type OpenRun = {
  id: string;
  kind: OfAnyVersion<RunKind>;
  object: string | null;
  state: OfAnyVersion<RunState>;
  isDryRun: boolean;
  stoppedReason: string | null;
  startedAtMs: number;
  /** When it last came any further; null: not yet. */
  movedAtMs: number | null;
};

type SeenProcess = { id: string; role: string; works: boolean; seenAtMs: number; mappingVersion: number | null };

/** Calls of the last 24 hours, and what the vendor told last of its own day; null: it told nothing. */
type SpentCalls = { bucket: string; calls: number; vendorUsed: number | null; vendorLimit: number | null };

/** What the first view is made of; all times are epoch milliseconds by the database's clock. */
export type OverviewFacts = {
  nowMs: number;
  /** An admin's pause. */
  paused: { by: string | null; reason: string | null; sinceMs: number } | null;
  rebuild: RebuildHold | null;
  waits: LedgerStatus['waits'];
  pairs: Readonly<Record<HubSpotObject, number>>;
  /** The last 24 hours, the oldest first. */
  flow: readonly HourOfFlow[];
  today: { handoffs: number; changes: number };
  /** The most frequent first. */
  causes: readonly FailureCause[];
  /**
   * `more`: there are more than were counted, the figures are the least it can be. `oldestLiveDueMs`: of those that no run and no sweep marked.
   */
  pending: LedgerStatus['pending'] & { more: boolean; oldestLiveDueMs: number | null };
  waitingForParents: number;
  frozenFields: number;
  stageDisagreements: number;
  calls: readonly SpentCalls[];
  watermarks: readonly Watermark[];
  catchingUp: Pick<CatchUp, 'sinceMs' | 'sources'> | null;
  lastComparison: LedgerStatus['lastComparison'];
  comparisonOverdue: LedgerStatus['comparisonOverdue'];
  runs: readonly OpenRun[];
  mappingVersion: number | null;
  proposed: { version: number; atMs: number; by: string | null } | null;
  /** What the last check of the mapping against both CRMs came to; `changes`: what became different there of late. */
  check: { atMs: number; errors: number; warnings: number; changes: number; changedAtMs: number | null } | null;
  /** Those that were heard of within the hour. */
  processes: readonly SeenProcess[];
};

/** What may have changed; see `topics` of the API. */
export type ChangedPart = 'overview' | 'records' | 'failures' | 'runs' | 'mappings' | 'activity';

/**
 * Where somebody who listens for changes has got to; only `changesSince` reads it. `isEarly`: something showed that may not be committed yet, so
 * it is told once more.
 */
export type ChangePosition = { snapshot: string; stamps: Readonly<Record<string, string | null>>; isEarly: boolean };

export type OverviewLedger = {
  overview(): Promise<OverviewFacts>;
  /**
   * What was committed since, by any process, in one statement. @param since null: from now on
   * @param sessions those that are asked for; `liveSessions` are those among them that have not ended, in hexadecimal digits
   */
  changesSince(
    since: ChangePosition | null,
    sessions?: { hashes: readonly Buffer[]; idleMs: number },
  ): Promise<{ position: ChangePosition; changed: ReadonlySet<ChangedPart>; liveSessions: ReadonlySet<string> }>;
};
