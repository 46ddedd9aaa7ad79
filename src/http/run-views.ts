import type { RunFilter } from '../domain/runs/types.ts';
import type { RunReport } from '../ports/ledger-runs.ts';
import { progressOf } from '../usecases/runs/progress.ts';
import type { Shown } from './contract/endpoint.ts';
import type { runView } from './contract/runs.ts';
import { isoOrNull, isoTime } from './times.ts';

/** A run as the API and `handoff runs --json` tell it. Times in ISO 8601, UTC. */
export function viewRun(run: RunReport, nowMs: number): Shown<typeof runView> {
  const { options, startedAtMs, endedAtMs, movedAtMs, isDryRun, reverts, revertedBy, ...rest } = run;
  return {
    id: rest.id,
    kind: rest.kind,
    object: rest.object,
    state: rest.state,
    phase: rest.phase,
    unknown: rest.unknown,
    dryRun: isDryRun,
    requestedBy: rest.requestedBy,
    stoppedReason: rest.stoppedReason,
    filter: viewFilter(options.filter ?? {}),
    ...(options.created === undefined ? {} : { created: options.created }),
    mappingVersion: rest.mappingVersion,
    startedAt: isoTime(startedAtMs),
    endedAt: isoOrNull(endedAtMs),
    movedAt: isoOrNull(movedAtMs),
    progress: progressOf(run, nowMs),
    limits: { creates: rest.createsLimit, changes: rest.changesLimit },
    forecast: rest.forecast,
    counts: rest.counts,
    backlog: rest.backlog,
    reverts,
    revertedBy,
  };
}

function viewFilter({ sinceMs, untilMs, listId, hasIds, ...filter }: RunFilter) {
  return {
    ...(sinceMs === undefined ? {} : { since: isoTime(sinceMs) }),
    ...(untilMs === undefined ? {} : { until: isoTime(untilMs) }),
    ...filter,
    ...(listId === undefined ? {} : { list: listId }),
    ...(hasIds === undefined ? {} : { hasIds }),
  };
}
