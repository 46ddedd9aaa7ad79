import type { BackfillObject, RunFilter } from '../../domain/runs/types.ts';
import type { RunFilterQuery, RunReport } from '../../ports/ledger-runs.ts';
import { startRevert, type WantedRevert } from '../revert/start-revert.ts';
import { badFilter } from './backfill/filter.ts';
import type { ForecastDependencies } from './backfill/forecast.ts';
import { compileIds, toRecordId } from './backfill/given-ids.ts';
import { prepareBackfill, startBackfill } from './backfill/start-backfill.ts';
import { approveRun, cancelRun, findRun, pauseRun, resumeRun } from './control-runs.ts';

/** A backfill as it is asked for in one piece. */
type WantedBackfill = {
  object: BackfillObject;
  filter: RunFilter;
  ids: readonly string[] | null;
  isDryRun: boolean;
};

/** Where runs are started, watched, held and ended. `by`: who asks. */
export type RunDesk = {
  list(limit: number, query: RunFilterQuery): Promise<readonly RunReport[]>;
  find(runId: string): Promise<RunReport>;
  start(wanted: WantedBackfill, by: string): Promise<RunReport>;
  revert(wanted: WantedRevert, by: string): Promise<RunReport>;
  pause(runId: string, by: string): Promise<RunReport>;
  resume(runId: string, by: string): Promise<RunReport>;
  cancel(runId: string, by: string): Promise<RunReport>;
  approve(runId: string, by: string): Promise<RunReport>;
};

type Desk = {
  /** Asked for at every use, as the service may be starting: to look and to hold takes the ledger alone. */
  ledger(): ForecastDependencies['ledger'];
  /** The same, as the mapping may have changed. */
  dependencies(): ForecastDependencies;
  /** Called when there is something to do. */
  onWork(): void;
};

/** Joins what people do with runs. */
export function createRunDesk({ ledger, dependencies, onWork }: Desk): RunDesk {
  const thenWork = async (work: Promise<RunReport>) => {
    const run = await work;
    onWork();
    return run;
  };
  return {
    list: async (limit, query) => await ledger().runs(limit, query),
    find: async (runId) => await findRun(ledger(), runId),
    start: async (wanted, by) => await thenWork(startWhole(dependencies(), wanted, by)),
    revert: async (wanted, by) => await thenWork(startRevert(dependencies(), wanted, by)),
    pause: async (runId, by) => await pauseRun(ledger(), runId, by),
    cancel: async (runId, by) => await cancelRun(ledger(), runId, by),
    resume: async (runId, by) => await thenWork(resumeRun(dependencies(), runId, by)),
    approve: async (runId, by) => await thenWork(approveRun(ledger(), runId, by)),
  };
}

async function startWhole(dependencies: ForecastDependencies, wanted: WantedBackfill, by: string): Promise<RunReport> {
  const { object, filter, isDryRun } = wanted;
  const wrong = wanted.ids?.find((id) => toRecordId(object, id) === null);
  if (wrong !== undefined) {
    const place = (wanted.ids?.indexOf(wrong) ?? 0) + 1;
    throw badFilter(`The ids hold something that is no id of ${object}: number ${place} of the list.`);
  }
  const given = wanted.ids === null ? null : compileIds(object, wanted.ids);
  const prepared = await prepareBackfill(dependencies, { object, filter, isDryRun, ids: given?.given ?? null });
  const runId = await startBackfill(dependencies, prepared, by, given?.portions ?? null);
  return await findRun(dependencies.ledger, runId);
}
