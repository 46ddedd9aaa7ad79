import type { Command } from 'commander';
import { SyncError } from '../errors.ts';
import { ofRun } from './audited.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';

/** `handoff approve <run>`: lets a run go on that a safety limit stopped. */
export function registerApprove(program: Command, { withLedger, user, audited }: CliDependencies, run: Run): void {
  program
    .command('approve')
    .description('let a run go on that a safety limit stopped')
    .argument('<run>', 'the id of the run, as handoff status shows it')
    .option('--json', 'print one JSON document')
    .action(async (id: string, options: { json?: boolean }) => {
      await run(async () => {
        if (!/^\d{1,18}$/.test(id)) throw notStopped();
        await withLedger((ledger) =>
          audited(ledger, { code: 'run_approve', ...ofRun(id) }, async () => {
            if (!(await ledger.approve(id, user()))) throw notStopped();
          }),
        );
        return { json: { approved: true, run: id }, lines: [`Run ${id} goes on.`] };
      }, options);
    });
}

function notStopped(): SyncError {
  const advice = 'handoff status lists the runs and what stopped them.';
  return new SyncError('needs-human', 'run_not_stopped', 'No run of this id is stopped by a safety limit.', { advice });
}
