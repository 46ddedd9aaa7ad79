import type { Command } from 'commander';
import { SyncError } from '../errors.ts';
import { viewRun } from '../http/run-views.ts';
import { startComparison } from '../usecases/compare-both/start-comparison.ts';
import { findRun } from '../usecases/runs/control-runs.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { followRun } from './follow.ts';

type Options = { dryRun?: boolean; detach?: boolean; json?: boolean };
type Given = Pick<CliDependencies, 'tell' | 'user' | 'runs'>;

/** `handoff compare`: compares both CRMs with the ledger now, as the service does each night. */
export function registerCompare(program: Command, dependencies: Given, run: Run): void {
  program
    .command('compare')
    .description('compare ids and mapped fields of both CRMs with the ledger, and repair what the rules allow')
    .option('--dry-run', 'count the drift, and repair nothing')
    .option('--detach', 'leave it to the service, and end at once')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      await run(async () => await compare(dependencies, options), options);
    });
}

async function compare({ tell, user, runs }: Given, { dryRun, detach }: Options): Promise<Outcome> {
  return await runs.withRuns(async (session) => {
    if (detach === true && !(await session.hasWorkers())) throw noWorker();
    const runId = await startComparison(session.runs, { by: user(), isDryRun: dryRun === true });
    if (detach === true) {
      const lines = [`Run ${runId} has begun. handoff runs --id ${runId} shows what it finds.`];
      return { json: viewRun(await findRun(session.runs.ledger, runId), Date.now()), lines };
    }
    tell(`Run ${runId} has begun.`);
    return await followRun({ ...runs, tell }, session, runId);
  });
}

function noWorker(): SyncError {
  return new SyncError('needs-human', 'no_worker', 'No worker lives that could work the run off.', {
    advice: 'Start the service (handoff start), or leave out --detach: then this command does the work.',
  });
}
