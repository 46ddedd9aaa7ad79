import { SyncError } from '../errors.ts';
import { viewRun } from '../http/run-views.ts';
import { findRun } from '../usecases/runs/control-runs.ts';
import type { Outcome } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { followRun } from './follow.ts';
import type { RunDeps, RunSession } from './run-session.ts';

/** What the commands that begin a run have in common. */
export type BeginOptions = { dryRun?: boolean; detach?: boolean; yes?: boolean; json?: boolean };

/** @throws SyncError needs-human `no_worker`: it is to be left to the service, and none lives */
export async function assertWorker(session: Pick<RunSession, 'hasWorkers'>, { detach }: BeginOptions): Promise<void> {
  if (detach !== true || (await session.hasWorkers())) return;
  throw new SyncError('needs-human', 'no_worker', 'No worker lives that could work the run off.', {
    advice: 'Start the service (handoff start), or leave out --detach: then this command does the work.',
  });
}

/** Whether to begin. A dry run changes nothing, so nobody is asked; nor where nobody sits at a terminal. */
export async function mayBegin(
  { confirm }: Pick<RunDeps, 'confirm'>,
  question: string,
  { yes, json, dryRun }: BeginOptions,
): Promise<boolean> {
  if (confirm === null || yes === true || json === true || dryRun === true) return true;
  return await confirm(`${question} [y/N] `);
}

/** What a command answers that began nothing. */
export function nothingBegun(lines: readonly string[], more: Readonly<Record<string, unknown>> = {}): Outcome {
  return { json: { run: null, ...more }, lines };
}

/** Follows a run that has begun, or leaves it to the service. */
export async function goOnWith(
  { tell, mode, runs }: Pick<CliDependencies, 'tell' | 'mode' | 'runs'>,
  session: RunSession,
  runId: string,
  { detach }: BeginOptions,
): Promise<Outcome> {
  if (detach !== true) {
    tell(`Run ${runId} has begun.`);
    return await followRun({ ...runs, tell, mode }, session, runId);
  }
  const lines = [`Run ${runId} has begun. handoff runs --id ${runId} shows how far it is.`];
  return { json: viewRun(await findRun(session.runs.ledger, runId), Date.now()), lines };
}
