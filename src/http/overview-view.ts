import type { OverviewFacts } from '../ports/ledger-overview.ts';
import type { Overview } from '../usecases/overview/read-overview.ts';
import type { Answer } from './contract/index.ts';
import { isoOrNull, isoTime } from './times.ts';

/** So many causes are named in the first view; the list of failures has all. */
const mostCauses = 5;

/** The first view as the API tells it. */
export function viewOverview({
  facts,
  health,
  advice,
  sources,
  budgets,
  processes,
  sweptAtMs,
}: Overview): Answer<'GET /overview'> {
  const { nowMs } = facts;
  return {
    at: isoTime(nowMs),
    health,
    advice: advice.map(viewAdvice),
    flow: facts.flow.map(({ hourMs, ...hour }) => ({ hour: isoTime(hourMs), ...hour })),
    today: facts.today,
    ...viewRecords(facts),
    budgets: budgets.map((budget) => ({ ...budget })),
    sources: sources.map(({ atMs, everyMs, isLate, ...source }) => ({
      ...source,
      at: isoTime(atMs),
      lagSeconds: Math.max(0, Math.round((nowMs - atMs) / 1_000)),
      everySeconds: everyMs / 1_000,
      late: isLate,
    })),
    lastSweep: sweptAtMs === null ? null : { at: isoTime(sweptAtMs) },
    ...viewWork(facts, processes),
  };
}

function viewAdvice({ severity, code, text, fix, link, sinceMs, incidents }: Overview['advice'][number]) {
  return { severity, code, text, fix, link, since: isoOrNull(sinceMs), incidents: [...(incidents ?? [])] };
}

function viewRecords({ pending, causes, pairs, waitingForParents, frozenFields, stageDisagreements }: OverviewFacts) {
  const { due, background, waiting, leased, more, oldestDueMs } = pending;
  const sum = (of: 'count' | 'newInDay' | 'newInDayBefore') => causes.reduce((total, cause) => total + cause[of], 0);
  return {
    pending: { due, background, waiting, leased, more, oldestDue: isoOrNull(oldestDueMs) },
    waitingForParents,
    failures: {
      count: sum('count'),
      newInDay: sum('newInDay'),
      newInDayBefore: sum('newInDayBefore'),
      causes: causes.slice(0, mostCauses).map(({ code, count, newInDay }) => ({ code, count, newInDay })),
    },
    frozenFields,
    stageDisagreements,
    pairs: { ...pairs },
  };
}

function viewWork(facts: OverviewFacts, processes: Overview['processes']) {
  const { lastComparison, runs, mappingVersion, proposed, paused, waits, catchingUp } = facts;
  return {
    lastComparison:
      lastComparison === null
        ? null
        : {
            run: lastComparison.runId,
            endedAt: isoTime(lastComparison.endedAtMs),
            drift: { ...lastComparison.drift },
          },
    // Live sync goes on all the time; it is told where it has been stopped.
    runsActive: runs
      .filter(({ kind, state }) => kind !== 'live' || state === 'stopped')
      .map(({ id, kind, object, state, isDryRun }) => ({ id, kind, object, state, dryRun: isDryRun })),
    mappingVersion,
    proposedVersion: proposed?.version ?? null,
    paused: paused === null ? null : { by: paused.by, reason: paused.reason },
    waits: waits.map(({ system, code, untilMs }) => ({ system, code, until: isoTime(untilMs) })),
    catchingUpSince: isoOrNull(catchingUp?.sinceMs ?? null),
    processes: processes.map((process) => ({
      id: process.id,
      role: process.role,
      seenAt: isoTime(process.seenAtMs),
      alive: process.isAlive,
      mappingVersion: process.mappingVersion,
    })),
  };
}
