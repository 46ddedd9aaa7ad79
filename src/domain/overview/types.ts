import type { SystemName } from '../record.ts';
import type { OfAnyVersion, RunKind, RunState } from '../runs/types.ts';

/** An incident that is not over, with what alerts say of it. */
export type OpenIncident = {
  id: string;
  /** As the ledger holds it: a newer version may know codes that this one does not. */
  code: string;
  subject: string;
  severity: 'error' | 'warning';
  text: string;
  fix: string;
  /** An address of the page. */
  path: string;
  /** Epoch milliseconds. */
  sinceMs: number;
};

/** Something that a person should know or do. */
export type Advice = {
  severity: 'error' | 'warning' | 'info';
  code: AdviceCode;
  /** Which system or run it is about, as incidents name it; absent where there is only one. */
  subject?: string;
  /** What is wrong, one sentence; of an incident two at most. */
  text: string;
  /** What to do first, one sentence. */
  fix: string;
  /** An address of the page; null: there is none. */
  link: string | null;
  /** Epoch milliseconds. */
  sinceMs: number | null;
  /** Ids of open incidents that are about the same; absent where there is none. */
  incidents?: readonly string[];
};

type AdviceCode =
  | 'no_worker'
  | 'auth_lost'
  | 'paused'
  | 'rebuild_holds'
  | 'run_stopped'
  | 'budget_spent'
  | 'vendor_wait'
  | 'source_late'
  | 'waiting_long'
  | 'new_failures'
  | 'failures'
  | 'check_errors'
  | 'budget_low'
  | 'schema_changed'
  | 'drift_found'
  | 'comparison_overdue'
  | 'catching_up'
  | 'frozen_fields'
  | 'run_review'
  | 'run_paused'
  | 'process_behind'
  | 'mapping_proposed'
  | 'observe_mode'
  | 'incident'
  | 'webhook_gone';

/** How far a source of changes was read. */
export type SourceLook = {
  source: string;
  label: string;
  system: SystemName;
  /** Up to when, epoch milliseconds; a sweep and a poll stay a little behind on purpose. */
  atMs: number;
  everyMs: number;
  isLate: boolean;
};

/** Calls of one API in 24 hours. Null: not known, or no limit. */
export type BudgetLook = {
  system: SystemName;
  ours: number;
  everybody: number | null;
  limit: number | null;
  allowed: number | null;
};

/** What health and advice follow from. All times are epoch milliseconds. */
export type Situation = {
  nowMs: number;
  mode: 'observe' | 'live';
  paused: { by: string | null; reason: string | null; sinceMs: number } | null;
  rebuild: { runId: string; state: RunState } | null;
  waits: readonly { system: SystemName; code: string; untilMs: number }[];
  pending: { oldestLiveDueMs: number | null };
  causes: readonly { code: string; count: number; newInDay: number; newInDayBefore: number }[];
  budgets: readonly BudgetLook[];
  sources: readonly SourceLook[];
  runs: readonly {
    id: string;
    kind: OfAnyVersion<RunKind>;
    state: OfAnyVersion<RunState>;
    isDryRun: boolean;
    stoppedReason: string | null;
    startedAtMs: number;
    movedAtMs: number | null;
  }[];
  lastComparison: { runId: string; endedAtMs: number; drift: Readonly<Record<string, number>> } | null;
  comparisonOverdue: { sinceMs: number; runId: string | null } | null;
  catchingUp: { sinceMs: number } | null;
  frozenFields: number;
  check: { atMs: number; errors: number; changes: number; changedAtMs: number | null } | null;
  mappingVersion: number | null;
  proposed: { version: number; atMs: number; by: string | null } | null;
  processes: readonly { role: string; works: boolean; seenAtMs: number; mappingVersion: number | null }[];
  today: { handoffs: number; changes: number };
  incidents: readonly OpenIncident[];
  /** How the webhook of alerts is; null: there is none. */
  webhook: { state: 'ok' | 'retrying' | 'gone'; code: string | null; sinceMs: number | null } | null;
};

export type Health = { level: 'ok' | 'warning' | 'error'; sentence: string };
