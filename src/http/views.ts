import type { ContactHistory, FailureRow, LedgerStatus } from '../ports/ledger.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { FailureList } from '../usecases/list-failures.ts';

/** Epoch milliseconds as ISO 8601 in UTC. */
function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

const isoOrNull = (atMs: number | null) => (atMs === null ? null : isoTime(atMs));

/** The status as the API and `handoff status --json` tell it. */
export function viewStatus(status: LedgerStatus, mode: 'observe' | 'live') {
  const { pending } = status;
  return {
    mode,
    paused: status.mode.paused,
    pausedBy: status.mode.pausedBy,
    pausedReason: status.mode.pausedReason,
    waits: status.waits.map(viewWait),
    pending: {
      due: pending.due,
      waiting: pending.waiting,
      leased: pending.leased,
      oldestDue: isoOrNull(pending.oldestDueMs),
    },
    pairs: status.pairs,
    failures: status.failures,
    handoffsToday: status.handoffsToday,
    changesToday: status.changesToday,
    runs: status.runs.map(({ startedAtMs, ...run }) => ({ ...run, startedAt: isoTime(startedAtMs) })),
    mappingVersion: status.mappingVersion,
    watermarks: status.watermarks.map(({ source, atMs }) => ({ source, at: isoTime(atMs) })),
    calls24h: status.calls,
  };
}

/** A failure as the API and `handoff failures --json` tell it. */
export function viewFailure({ firstAtMs, lastAtMs, ...failure }: FailureRow) {
  return { ...failure, firstAt: isoTime(firstAtMs), lastAt: isoTime(lastAtMs) };
}

/** A page of failures as the API and `handoff failures --json` tell it. */
export function viewFailures({ items, nextCursor }: FailureList) {
  return { items: items.map(viewFailure), nextCursor };
}

/** An explanation as the API and `handoff explain --json` tell it. */
export function viewExplanation({ history, waits, ...explanation }: Explanation) {
  const { decision, pending, failure, changes, handedOverAtMs, pair: _, ...rest } = history;
  return {
    ...explanation,
    waits: waits.map(viewWait),
    history: {
      ...rest,
      handedOverAt: isoOrNull(handedOverAtMs),
      decision: decision === null ? null : withTime(decision),
      pending: pending === null ? null : viewPending(pending),
      failure: failure === null ? null : viewFailure(failure),
      changes: changes.map(withTime),
    },
  };
}

function viewWait({ system, untilMs, code }: LedgerStatus['waits'][number]) {
  return { system, until: isoTime(untilMs), code };
}

function viewPending({ dueAtMs, dueInMs: _, ...pending }: NonNullable<ContactHistory['pending']>) {
  return { ...pending, dueAt: isoTime(dueAtMs) };
}

function withTime<Row extends { atMs: number }>({ atMs, ...row }: Row) {
  return { ...row, at: isoTime(atMs) };
}
