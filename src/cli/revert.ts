import { type Command, Option } from 'commander';
import { startRevert, type WantedRevert } from '../usecases/revert/start-revert.ts';
import { type CliAction, ofRun } from './audited.ts';
import { assertWorker, type BeginOptions, goOnWith, mayBegin, nothingBegun } from './begin-run.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';

type Options = BeginOptions & { created?: 'keep' | 'delete' };

type Given = Pick<CliDependencies, 'tell' | 'user' | 'audited' | 'mode' | 'runs'>;

/** `handoff revert <run>`: puts back what a run wrote, where nobody has changed it since. */
export function registerRevert(program: Command, dependencies: Given, run: Run): void {
  program
    .command('revert')
    .description('put back what a run wrote, in both CRMs, where nobody has changed it since')
    .argument(
      '<run>',
      'the id of the run, as handoff runs shows it; of the live run of today: what was written until now',
    )
    .addOption(
      new Option(
        '--created <what>',
        'records that the run created: leave them, or delete those nobody has changed since',
      ).choices(['keep', 'delete']),
    )
    .option('--dry-run', 'count what would be put back, and write nothing')
    .option('--detach', 'leave it to the service, and end at once')
    .option('--yes', 'start without asking')
    .option('--json', 'print one JSON document')
    .action(async (runId: string, options: Options) => {
      await run(async () => await revert(dependencies, runId, options), options);
    });
}

async function revert(dependencies: Given, runId: string, options: Options): Promise<Outcome> {
  const { user, audited, runs } = dependencies;
  return await runs.withRuns(async (session) => {
    await assertWorker(session, options);
    const wanted: WantedRevert = { runId, created: options.created ?? null, isDryRun: options.dryRun === true };
    const question = `Put back what run ${runId} wrote? A dry run (--dry-run) counts it first.`;
    if (!(await mayBegin(runs, question, options))) return nothingBegun(['Nothing was started.']);
    const { created, isDryRun } = wanted;
    const details = { dryRun: isDryRun, ...(created && { created }) };
    const action: CliAction = { code: 'run_revert', ...ofRun(runId), details };
    const work = async () => await startRevert(session.runs, wanted, user());
    const { id } = await audited(session.actions, action, work, (begun) => ({ details: { id: begun.id } }));
    return await goOnWith(dependencies, session, id, options);
  });
}
