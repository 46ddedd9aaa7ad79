import type { Command } from 'commander';
import { startComparison } from '../usecases/compare-both/start-comparison.ts';
import { type CliAction, ofRun } from './audited.ts';
import { assertWorker, type BeginOptions, goOnWith } from './begin-run.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';

type Given = Pick<CliDependencies, 'tell' | 'user' | 'audited' | 'mode' | 'runs'>;

/** `handoff compare`: compares both CRMs with the ledger now, as the service does each night. */
export function registerCompare(program: Command, dependencies: Given, run: Run): void {
  program
    .command('compare')
    .description('compare ids and mapped fields of both CRMs with the ledger, and repair what the rules allow')
    .option('--dry-run', 'count the drift, and repair nothing')
    .option('--detach', 'leave it to the service, and end at once')
    .option('--json', 'print one JSON document')
    .action(async (options: BeginOptions) => {
      await run(async () => await compare(dependencies, options), options);
    });
}

async function compare(dependencies: Given, options: BeginOptions): Promise<Outcome> {
  const { user, audited, runs } = dependencies;
  return await runs.withRuns(async (session) => {
    await assertWorker(session, options);
    const isDryRun = options.dryRun === true;
    const action: CliAction = { code: 'comparison_start', details: { dryRun: isDryRun } };
    const work = async () => await startComparison(session.runs, { by: user(), isDryRun });
    const runId = await audited(session.actions, action, work, ofRun);
    return await goOnWith(dependencies, session, runId, options);
  });
}
