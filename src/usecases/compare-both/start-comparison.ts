import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { SyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CatchUpLedger } from '../../ports/ledger-catch-up.ts';
import type { RunLedger } from '../../ports/ledger-runs.ts';
import type { Log } from '../../ports/log.ts';
import { comparisonTime, type TimeOfDay } from './comparison-time.ts';

type Dependencies = {
  ledger: Pick<RunLedger, 'startRun'>;
  mapping: Pick<CompiledMapping, 'limits'>;
  mappingVersion: number;
};

/**
 * Begins a comparison. `isDryRun`: drift is counted, and nothing marked.
 * @returns the run's id
 * @throws SyncError needs-human `run_overlaps`
 */
export async function startComparison(
  { ledger, mapping: { limits }, mappingVersion }: Dependencies,
  { by, isDryRun }: { by: string; isDryRun: boolean },
): Promise<string> {
  return await ledger.startRun({
    kind: 'comparison',
    object: null,
    options: {},
    isDryRun,
    requestedBy: by,
    mappingVersion,
    total: null,
    forecast: null,
    limits: { creates: limits.createsPerRun, changes: limits.changesPerRun },
  });
}

/** Begins the comparison of the day where its time has come and nobody else has. @returns the run's id; null: it is not due */
export async function startDailyComparison(
  dependencies: Dependencies & {
    ledger: Pick<CatchUpLedger, 'takeComparison'>;
    clock: Pick<Clock, 'now'>;
    log: Log;
  },
  at: TimeOfDay | null,
): Promise<string | null> {
  const { ledger, clock, log } = dependencies;
  const dueAtMs = comparisonTime(clock.now(), at);
  if (dueAtMs === null || !(await ledger.takeComparison(dueAtMs))) return null;
  try {
    const runId = await startComparison(dependencies, { by: 'the service, daily', isDryRun: false });
    log.info({ runId }, 'the daily comparison of both CRMs has begun');
    return runId;
  } catch (thrown) {
    if (!(thrown instanceof SyncError) || thrown.code !== 'run_overlaps') throw thrown;
    const [runId] = thrown.detail.recordIds ?? [];
    log.warn({ errorCode: thrown.code, runId }, 'the daily comparison has not begun: an earlier one has not ended');
    return null;
  }
}
