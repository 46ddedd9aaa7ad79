import { type Command, Option } from 'commander';
import { SyncError } from '../errors.ts';
import { viewRun } from '../http/run-views.ts';
import { startRevert, type WantedRevert } from '../usecases/revert/start-revert.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { followRun } from './follow.ts';

type Options = {
  created?: 'keep' | 'delete';
  dryRun?: boolean;
  detach?: boolean;
  yes?: boolean;
  json?: boolean;
};

type Given = Pick<CliDependencies, 'tell' | 'user' | 'runs'>;

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
  const { tell, user, runs } = dependencies;
  return await runs.withRuns(async (session) => {
    if (options.detach === true && !(await session.hasWorkers())) throw noWorker();
    const wanted: WantedRevert = { runId, created: options.created ?? null, isDryRun: options.dryRun === true };
    if (!(await mayStart(dependencies, runId, options)))
      return { json: { run: null }, lines: ['Nothing was started.'] };
    const begun = await startRevert(session.runs, wanted, user());
    if (options.detach === true) {
      const lines = [`Run ${begun.id} has begun. handoff runs --id ${begun.id} shows how far it is.`];
      return { json: viewRun(begun, Date.now()), lines };
    }
    tell(`Run ${begun.id} has begun.`);
    return await followRun({ ...runs, tell }, session, begun.id);
  });
}

/** A dry run changes nothing, so nobody is asked. */
async function mayStart({ runs: { confirm } }: Given, runId: string, { yes, json, dryRun }: Options): Promise<boolean> {
  if (confirm === null || yes === true || json === true || dryRun === true) return true;
  return await confirm(`Put back what run ${runId} wrote? A dry run (--dry-run) counts it first. [y/N] `);
}

function noWorker(): SyncError {
  return new SyncError('needs-human', 'no_worker', 'No worker lives that could work the run off.', {
    advice: 'Start the service (handoff start), or leave out --detach: then this command does the work.',
  });
}
