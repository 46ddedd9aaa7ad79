import type { SystemName } from '../record.ts';

/** What an incident is about. Kept in the ledger and told in messages: never rename. */
export const alertCodes = [
  'auth_lost',
  'no_worker',
  'sync_lag',
  'work_late',
  'failures_rising',
  'budget_nearly_spent',
  'drift_found',
  'comparison_overdue',
  'field_frozen',
  'run_needs_person',
  'paused_long',
  'no_handoffs',
] as const;
export type AlertCode = (typeof alertCodes)[number];

export type Severity = 'error' | 'warning';

/** Ids, names of fields, codes and counts; never a value of a record. */
export type IncidentFacts = Readonly<Record<string, string | number | null>>;

/** How often contacts were handed over in a stretch of time, and in the same stretch of each of the four weeks before. */
export type HandoffWindow = { hours: number; now: number; weeksBefore: readonly number[] };

/** All that the decision looks at. Times are epoch milliseconds by the ledger's clock. */
export type AlertFacts = {
  nowMs: number;
  observe: boolean;
  /** Since when a person has paused all writes; null: nobody has. */
  pausedSinceMs: number | null;
  /** A rebuild keeps everything from being written. */
  rebuildHolds: boolean;
  /** Pauses that a vendor, or a spent day, has caused; also those that are over and after which nobody has read that system. */
  waits: readonly { system: SystemName; untilMs: number; code: string; isAuth: boolean }[];
  /** Sources of changes: how far each was read (`atMs`), when that was (`movedAtMs`), and from which age on it is late. */
  sources: readonly { source: string; system: SystemName; atMs: number; movedAtMs: number; lateAfterMs: number }[];
  /** Since when the oldest record of live work is due; null: nothing is due. */
  oldestDueMs: number | null;
  /** Records that began to fail in the last hour, and in the 24 hours before it, as far as they fail still. */
  failures: { lastHour: number; dayBefore: number; commonCode: string | null };
  /** Calls of 24 hours: ours and how many we allow ourselves, everybody's and the vendor's limit. Null: not known. */
  budgets: readonly {
    system: SystemName;
    ours: number;
    allowed: number | null;
    everybody: number | null;
    limit: number | null;
  }[];
  lastComparison: { runId: string; endedAtMs: number; drift: Readonly<Record<string, number>> } | null;
  comparisonOverdue: { sinceMs: number; runId: string | null } | null;
  frozen: readonly { system: SystemName; field: string; records: number; sinceMs: number }[];
  /** Runs that stopped, failed or wait for a review. `sinceMs` null: the ledger does not keep it. */
  runs: readonly {
    id: string;
    kind: string;
    object: string | null;
    state: string;
    reason: string | null;
    sinceMs: number | null;
  }[];
  /** When a process with workers was last heard of; null: none is known. */
  workerSeenMs: number | null;
  handoffs: { lastMs: number | null; windows: readonly HandoffWindow[] };
};

/** What is known of a thing that may go wrong. `unknown`: something else keeps us from judging; then nothing changes. */
export type Condition = {
  code: AlertCode;
  /** Which system, run or field; empty where there is only one. */
  subject: string;
  verdict: 'on' | 'off' | 'unknown';
  /** Since when it is wrong, as far as the ledger tells; else now. */
  sinceMs: number;
  severity: Severity;
  facts: IncidentFacts;
};

/** An incident as the ledger remembers it. `suspected`: it has not lasted long enough to tell anybody. */
export type KnownIncident = {
  id: string;
  code: AlertCode;
  subject: string;
  state: 'suspected' | 'open';
  sinceMs: number;
  /** Since when it has been suspected without a break, when it was last judged, and since when it has been over (while `open`). */
  suspectedMs: number;
  judgedMs: number;
  clearMs: number | null;
};

/** What becomes of an incident. `id` null: it is new. */
export type IncidentChange =
  | { to: 'suspected' | 'open'; id: string | null; condition: Condition; suspectedMs: number; clearMs: number | null }
  /** It was over before anybody was told. */
  | { to: 'forgotten'; id: string }
  | { to: 'ended'; id: string };

/** What the watch remembers between two rounds. */
export type WatchState = {
  /** When the ledger was looked at last; null: never. */
  lookedMs: number | null;
  /** Since when nothing can be handed over; null: it can. */
  heldSinceMs: number | null;
  /** Silence counts from here on; null: nobody knows yet. */
  silenceFromMs: number | null;
};
