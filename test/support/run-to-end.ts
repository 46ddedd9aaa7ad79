import { setTimeout as sleep } from 'node:timers/promises';
import type { RunKind } from '../../src/domain/runs/types.ts';
import type { RunReport, RunRequest } from '../../src/ports/ledger-runs.ts';
import type { Engine } from './engine.ts';
import { finishRun } from './runs.ts';

const unlimited = 1_000_000;

/** Begins a run of this kind and works on it, and on what it marks, until nobody can any more. */
export async function runToEnd(engine: Engine, kind: RunKind, more: Partial<RunRequest> = {}): Promise<RunReport> {
  return await finishRun(engine, await beginRun(engine, kind, more));
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
