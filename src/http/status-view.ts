import type { LedgerStatus } from '../ports/ledger-admin.ts';
import type { SchemaLedger } from '../ports/ledger-schemas.ts';
import type { Shown } from './contract/endpoint.ts';
import type { statusView } from './contract/status.ts';
import { isoOrNull, isoTime } from './times.ts';
import { viewWait } from './views.ts';

/** The status as the API and `handoff status --json` tell it. */
export function viewStatus(
  status: LedgerStatus,
  mode: 'observe' | 'live',
  check: Awaited<ReturnType<SchemaLedger['lastCheck']>> = null,
): Shown<typeof statusView> {
  const { pending } = status;
  return {
    mode,
    paused: status.mode.paused,
    pausedBy: status.mode.pausedBy,
    pausedReason: status.mode.pausedReason,
    waits: status.waits.map(viewWait),
    pending: {
      due: pending.due,
      background: pending.background,
      waiting: pending.waiting,
      leased: pending.leased,
      oldestDue: isoOrNull(pending.oldestDueMs),
    },
    waitingForParents: status.waitingForParents,
    pairs: status.pairs,
    pairsByObject: status.pairsByObject,
    failures: status.failures,
    stageDisagreements: status.stageDisagreements,
    frozenFields: status.frozenFields,
    handoffsToday: status.handoffsToday,
    changesToday: status.changesToday,
    runs: status.runs.map(({ startedAtMs, isDryRun, ...run }) => ({
      ...run,
      dryRun: isDryRun,
      startedAt: isoTime(startedAtMs),
    })),
    mappingVersion: status.mappingVersion,
    watermarks: status.watermarks.map(({ source, atMs }) => ({ source, at: isoTime(atMs) })),
    calls24h: status.calls,
    catchingUp:
      status.catchingUp === null
        ? null
        : { since: isoTime(status.catchingUp.sinceMs), sources: status.catchingUp.sources },
    lastComparison:
      status.lastComparison === null
        ? null
        : {
            run: status.lastComparison.runId,
            endedAt: isoTime(status.lastComparison.endedAtMs),
            drift: status.lastComparison.drift,
          },
    comparisonOverdue:
      status.comparisonOverdue === null
        ? null
        : { since: isoTime(status.comparisonOverdue.sinceMs), run: status.comparisonOverdue.runId },
    check: check === null ? null : viewCheck(check),
  };
}

/** What the last check of the mapping against both CRMs came to, and what changed there of late. */
function viewCheck({ checkedAtMs, errors, warnings, changes }: NonNullable<Parameters<typeof viewStatus>[2]>) {
  const schemaChanges = changes.map(({ atMs, ...change }) => ({ ...change, at: isoTime(atMs) }));
  return { at: isoTime(checkedAtMs), errors, warnings, schemaChanges };
}
