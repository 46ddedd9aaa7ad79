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

type DailyDependencies = Dependencies & {
  ledger: Pick<CatchUpLedger, 'takeComparison'> & Pick<RunLedger, 'run' | 'cancelRun'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
};

const daily = 'the service, daily';
/** A comparison that is held and came no further for so long stands still since the night before. */
const staleMs = 20 * 3_600_000;

/**
 * Begins the comparison of the day where its time has come and nobody else has. One of a night before that is paused makes room:
 * comparisons only mark, and the new one finds what the old one did.
 * @returns the run's id; null: it is not due, or another one has not ended
 */
export async function startDailyComparison(
  dependencies: DailyDependencies,
  at: TimeOfDay | null,
): Promise<string | null> {
  const { ledger, clock, log } = dependencies;
  const dueAtMs = comparisonTime(clock.now(), at);
  if (dueAtMs === null || !(await ledger.takeComparison(dueAtMs))) return null;
  const begun = await begin(dependencies);
  if ('runId' in begun) return begun.runId;
  const again = (await makesRoom(dependencies, begun.inTheWay)) ? await begin(dependencies) : begun;
  if ('runId' in again) return again.runId;
  log.warn({ runId: again.inTheWay }, 'the daily comparison has not begun: an earlier one has not ended');
  return null;
}

async function begin(dependencies: DailyDependencies): Promise<{ runId: string } | { inTheWay: string }> {
  try {
    const runId = await startComparison(dependencies, { by: daily, isDryRun: false });
    dependencies.log.info({ runId }, 'the daily comparison of both CRMs has begun');
    return { runId };
  } catch (thrown) {
    if (!(thrown instanceof SyncError) || thrown.code !== 'run_overlaps') throw thrown;
    return { inTheWay: thrown.detail.recordIds?.[0] ?? '' };
  }
}

/**
 * Ends a comparison that a person holds and that stands still. One that its safety limit has stopped stays until a person approves or cancels it:
 * a new one each night would write as much again. @returns whether it did
 */
async function makesRoom({ ledger, clock, log }: DailyDependencies, runId: string): Promise<boolean> {
  const run = await ledger.run(runId);
  if (run?.state !== 'paused') return false;
  if (clock.now() - (run.movedAtMs ?? run.startedAtMs) < staleMs) return false;
  if (!(await ledger.cancelRun(runId, daily))) return false;
  log.warn({ runId, state: run.state }, 'a comparison of a night before was held since: it is cancelled');
  return true;
}
