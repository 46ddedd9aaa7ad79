import type { Situation } from '../../../../src/domain/overview/types.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const now = Date.UTC(2026, 10, 22, 9, 30);

/** A connection in which all is well, apart from what a test says. */
export function situation(other: Partial<Situation> = {}): Situation {
  return {
    nowMs: now,
    mode: 'live',
    paused: null,
    rebuild: null,
    waits: [],
    pending: { oldestLiveDueMs: null },
    causes: [],
    budgets: [{ system: 'salesforce', ours: 100, everybody: 200, limit: 10_000, allowed: 5_000 }],
    sources: [],
    runs: [],
    lastComparison: { runId: '5', endedAtMs: now - hour, drift: {} },
    comparisonOverdue: null,
    catchingUp: null,
    frozenFields: 0,
    check: { atMs: now - hour, errors: 0, changes: 0, changedAtMs: null },
    mappingVersion: 3,
    proposed: null,
    processes: [{ role: 'all', works: true, seenAtMs: now - 4_000, mappingVersion: 3 }],
    today: { handoffs: 12, changes: 1_340 },
    incidents: [],
    webhook: { state: 'ok', code: null, sinceMs: null },
    ...other,
  };
}

export const run: Situation['runs'][number] = {
  id: '7',
  kind: 'backfill',
  state: 'running',
  isDryRun: false,
  stoppedReason: null,
  startedAtMs: now - hour,
  movedAtMs: now - minute,
};
