import { setTimeout as sleep } from 'node:timers/promises';
import type { RunKind } from '../../src/domain/runs/types.ts';
import type { RunReport, RunRequest } from '../../src/ports/ledger-runs.ts';
import { advanceRuns } from '../../src/usecases/runs/advance-runs.ts';
import type { RunDependencies } from '../../src/usecases/runs/run-handler.ts';
import type { Engine } from './engine.ts';

const unlimited = 1_000_000;

/** What a run's handler works with, on the engine's ledger and CRMs. */
export function runDependencies({ dependencies }: Engine): RunDependencies {
  const preview = () => Promise.reject(new Error('no preview here'));
  return { ...dependencies, preview };
}

/** Begins a run of this kind and works on it, and on what it marks, until nobody can any more. */
export async function runToEnd(engine: Engine, kind: RunKind, more: Partial<RunRequest> = {}): Promise<RunReport> {
  return await goOn(engine, await beginRun(engine, kind, more));
}

/** Begins a run of this kind, without limits. @returns its id */
export async function beginRun(engine: Engine, kind: RunKind, more: Partial<RunRequest> = {}): Promise<string> {
  const { ledger, dependencies } = engine;
  // What changes in the very moment in which a run begins counts as later than it.
  await sleep(5);
  return await ledger.startRun({
    kind,
    object: null,
    options: {},
    isDryRun: false,
    requestedBy: 'test',
    mappingVersion: dependencies.mappingVersion,
    total: null,
    forecast: null,
    limits: { creates: unlimited, changes: unlimited },
    ...more,
  });
}

/** Works on a run, and on what it marks, until it has ended or waits for a person. */
export async function goOn(engine: Engine, runId: string): Promise<RunReport> {
  const { signal } = new AbortController();
  for (let round = 0; round < 100; round += 1) {
    await advanceRuns(runDependencies(engine), signal, { runId, roundMs: 60_000 });
    await engine.drain();
    const run = await engine.ledger.run(runId);
    if (run === null) throw new Error(`there is no run ${runId}`);
    if (run.state !== 'running') return run;
  }
  throw new Error(`run ${runId} does not end`);
}

/** The numbers of one kind, by code. */
export function countsOf({ counts }: RunReport, kind: RunReport['counts'][number]['kind']): Record<string, number> {
  return Object.fromEntries(counts.filter((each) => each.kind === kind).map(({ code, count }) => [code, count]));
}
