import type { Command } from 'commander';
import { describeHold } from '../domain/rebuild/describe-hold.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';

/** `handoff pause` and `handoff resume`: stop and start all CRM writes; events go on being marked. */
export function registerPause(program: Command, { withLedger, user, audited }: CliDependencies, run: Run): void {
  program
    .command('pause')
    .description('stop all CRM writes; events go on being marked')
    .option('--reason <text>', 'why, for those who look at the status', 'no reason given')
    .option('--json', 'print one JSON document')
    .action(async (options: { reason: string; json?: boolean }) => {
      await run(async () => {
        await withLedger((ledger) => audited(ledger, { code: 'pause' }, () => ledger.pause(user(), options.reason)));
        return { json: { paused: true }, lines: ['CRM writes are paused. Start them again with: handoff resume'] };
      }, options);
    });
  program
    .command('resume')
    .description('start CRM writes again')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: boolean }) => {
      await run(async () => {
        return await withLedger(async (ledger) => {
          await audited(ledger, { code: 'resume' }, () => ledger.resume());
          const { paused, pausedReason, rebuild } = (await ledger.status()).mode;
          if (rebuild === null) return { json: { paused: false }, lines: ['CRM writes are on again.'] };
          return {
            json: { paused, pausedReason },
            lines: ['No admin pauses CRM writes any more.', describeHold(rebuild)],
          };
        });
      }, options);
    });
}
