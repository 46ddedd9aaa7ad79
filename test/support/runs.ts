import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReport } from '../../src/ports/ledger-runs.ts';
import { previewRecords } from '../../src/usecases/preview/preview-records.ts';
import { advanceRuns } from '../../src/usecases/runs/advance-runs.ts';
import type { ForecastDependencies } from '../../src/usecases/runs/backfill/forecast.ts';
import { compileIds } from '../../src/usecases/runs/backfill/given-ids.ts';
import {
  type BackfillRequest,
  prepareBackfill,
  startBackfill,
} from '../../src/usecases/runs/backfill/start-backfill.ts';
import type { Engine } from './engine.ts';

/** What runs need, of an engine's worker. */
export function runsOf({ dependencies }: Pick<Engine, 'dependencies'>): ForecastDependencies {
  return {
    ...dependencies,
    preview: async (object, wanted, spend) => await previewRecords(dependencies, object, wanted, spend),
    runBudget: { salesforceDaily: 0.9, lowShare: 0.85 },
  };
}

type Wanted = Partial<Omit<BackfillRequest, 'ids'>> & { ids?: readonly string[] };

/** Prepares and begins a backfill as a person would, and says under which id. */
export async function beginBackfill(engine: Engine, wanted: Wanted = {}): Promise<string> {
  const runs = runsOf(engine);
  const given = wanted.ids === undefined ? null : compileIds(wanted.object ?? 'contacts', wanted.ids);
  const prepared = await prepareBackfill(runs, {
    object: 'contacts',
    filter: {},
    isDryRun: false,
    ...wanted,
    ids: given?.given ?? null,
  });
  return await startBackfill(runs, prepared, 'tester', given?.portions ?? null);
}

/** Lists and works off until the run has come to an end, or to somebody's decision. */
export async function finishRun(engine: Engine, runId: string): Promise<RunReport> {
  const { signal } = new AbortController();
  for (let round = 0; round < 500; round += 1) {
    await advanceRuns(runsOf(engine), signal, { roundMs: 2_000 });
    await engine.drain();
    const run = await runOf(engine, runId);
    if (run.state !== 'running') return run;
    // A record that has just failed is due again after seconds, and rounds of nothing are quick.
    await sleep(10);
  }
  throw new Error(`run ${runId} did not end`);
}

export async function runOf({ ledger }: Pick<Engine, 'ledger'>, runId: string): Promise<RunReport> {
  const run = await ledger.run(runId);
  if (run === null) throw new Error(`there is no run ${runId}`);
  return run;
}

/** What a run counted, as `code: number`. */
export function countsOf({ counts }: Pick<RunReport, 'counts'>, kind: string): Record<string, number> {
  return Object.fromEntries(counts.filter((one) => one.kind === kind).map(({ code, count }) => [code, count]));
}
