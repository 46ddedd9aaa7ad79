import type { HubSpotObject, PersonReference, SalesforceReference, SystemName } from '../domain/record.ts';
import type { OfAnyVersion, RunKind, RunState } from '../domain/runs/types.ts';
import type { CatchUp } from './ledger-catch-up.ts';
import type { RecordKey } from './ledger-claim.ts';
import type {
  ContactHistory,
  ErasureReceipt,
  FailureFilter,
  FailureGroup,
  FailureRow,
  StageDisagreement,
  StageTransition,
  TimelineEntry,
} from './ledger-history.ts';
import type { RebuildHold } from './ledger-rebuild.ts';
import type { Watermark } from './ledger-sweep.ts';

export type LedgerStatus = {
  /** `rebuild`: that keeps everything from being written, beside an admin's pause or without one; it is among the reasons. */
  mode: { paused: boolean; pausedReason: string | null; pausedBy: string | null; rebuild: RebuildHold | null };
  /** Pauses that a vendor caused, per system. */
  waits: readonly { system: SystemName; untilMs: number; code: string }[];
  /**
   * `background`: how many of those that are due may wait for live work. `waiting`: due later, or held by a run that is paused.
   * `oldestDueMs`: the moment since which the oldest record is due, epoch milliseconds.
   */
  pending: { due: number; background: number; waiting: number; leased: number; oldestDueMs: number | null };
  /** HubSpot records and records of Salesforce that wait until another one is linked. */
  waitingForParents: number;
  /** Contacts that have a person. */
  pairs: number;
  /** HubSpot records that have a Salesforce side, by kind. */
  pairsByObject: Readonly<Record<HubSpotObject, number>>;
  failures: number;
  /** Pairs whose sides disagree on the stage (each with a cause), and fields that wait for a person to thaw them. */
  stageDisagreements: number;
  frozenFields: number;
  /** Contacts. */
  handoffsToday: number;
  changesToday: number;
  runs: readonly RunRow[];
  mappingVersion: number | null;
  watermarks: readonly Watermark[];
  /** Calls in the last 24 h by bucket. */
  calls: Readonly<Record<string, number>>;
  /** An outage that is being made up for: since when, and of which sources. Null: none is. */
  catchingUp: Pick<CatchUp, 'sinceMs' | 'sources'> | null;
  /** The newest comparison of both CRMs that came to its end, with its drift by code; null: there was none. */
  lastComparison: { runId: string; endedAtMs: number; drift: Readonly<Record<string, number>> } | null;
  /** For two days or longer, since this time, none has ended although each night wants one; `runId`: the one that stands in the way. */
  comparisonOverdue: { sinceMs: number; runId: string | null } | null;
};

export type RunRow = {
  id: string;
  kind: OfAnyVersion<RunKind>;
  /** What it walks through; null for live sync and kinds that walk through more than one thing. */
  object: string | null;
  state: OfAnyVersion<RunState>;
  isDryRun: boolean;
  startedAtMs: number;
  creates: number;
  changes: number;
  createsLimit: number;
  changesLimit: number;
  stoppedReason: string | null;
};

export type AdminLedger = {
  status(): Promise<LedgerStatus>;
  /** The newest first. */
  failures(limit: number, filter?: FailureFilter): Promise<readonly FailureRow[]>;
  /** By cause, the most frequent first. */
  failureGroups(): Promise<readonly FailureGroup[]>;
  /** Marks all failed records (or those with the code, or the one record) for another look. @returns how many */
  retryFailures(code?: string, record?: RecordKey): Promise<number>;
  /** @param object what the id is of; absent: a contact (here and below) */
  history<Reference extends SalesforceReference = PersonReference>(
    recordId: string,
    object?: HubSpotObject,
  ): Promise<ContactHistory<Reference>>;
  /** The newest decision about a person, Account or Opportunity that was marked for its own sake: born in Salesforce. */
  personDecision(person: SalesforceReference): Promise<ContactHistory['decision']>;
  /** All that happened to the record, under every id it ever had, the newest first. @param before go on behind this moment */
  timeline(recordId: string, limit: number, before?: number, object?: HubSpotObject): Promise<readonly TimelineEntry[]>;
  /** Moves of the stage, the newest first. */
  stageTransitions(contactId: string): Promise<readonly StageTransition[]>;
  /** Pairs whose sides disagree on the stage, the newest pair first. @param afterPairId go on behind this one */
  stageDisagreements(limit: number, afterPairId?: string): Promise<readonly StageDisagreement[]>;
  /** Receipts of privacy deletions, the newest first: only those of one contact, or those behind a receipt. */
  erasures(limit: number, filter?: { contactId?: string; afterId?: string }): Promise<readonly ErasureReceipt[]>;
  /** Lets frozen fields of the record be written again (all of them, or the one named), and marks it. @returns how many */
  thaw(recordId: string, by: string, field?: string, object?: HubSpotObject): Promise<number>;
  pause(by: string, reason: string): Promise<void>;
  /** Ends an admin's pause and one for our own budget of the day; a vendor's stays. */
  resume(): Promise<void>;
  /** Lets a stopped run go on, and the days of live sync that began stopped because of it. @returns false when there is no such stopped run */
  approve(runId: string, by: string): Promise<boolean>;
  /** Marks every record that was only observed so far and would have been written. @returns how many */
  markObserved(): Promise<number>;
};
