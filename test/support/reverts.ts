import type { RunReport } from '../../src/ports/ledger-runs.ts';
import { startRevert } from '../../src/usecases/revert/start-revert.ts';
import type { Engine } from './engine.ts';
import { beginBackfill, finishRun } from './runs.ts';

type Kind = 'contacts' | 'companies' | 'deals';

/** A backfill of these records, to its end. */
export async function backfilled(engine: Engine, object: Kind, ...ids: readonly string[]): Promise<RunReport> {
  return await finishRun(engine, await beginBackfill(engine, { object, ids }));
}

type Wanted = { created?: 'keep' | 'delete'; isDryRun?: boolean };

/** Begins a revert as a person would. */
export async function beginRevert(engine: Engine, runId: string, { created, isDryRun = false }: Wanted = {}) {
  const wanted = { runId, created: created ?? null, isDryRun };
  return (await startRevert(engine.dependencies, wanted, 'tester')).id;
}

/** Puts a run back, to the end. */
export async function reverted(engine: Engine, runId: string, wanted: Wanted = {}): Promise<RunReport> {
  return await finishRun(engine, await beginRevert(engine, runId, wanted));
}

/** The fields that this revert holds, by their names on either side. */
export async function heldBy(engine: Engine, runId: string): Promise<string[]> {
  const text = 'select hubspot, salesforce from held_fields where run_id = $1 order by 1, 2';
  const { rows } = await engine.database.pool.query<{ hubspot: string; salesforce: string }>(text, [runId]);
  return rows.map(({ hubspot, salesforce }) => `${hubspot} ${salesforce}`);
}
