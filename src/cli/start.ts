import { type Command, Option } from 'commander';
import type { CliDependencies } from './dependencies.ts';

/** `handoff start`: the service, until it is stopped. */
export function registerStart(program: Command, { start }: CliDependencies, setExitCode: (code: number) => void): void {
  program
    .command('start')
    .description('run the service')
    .addOption(
      new Option('--role <role>', 'http takes webhooks, worker does the work')
        .choices(['http', 'worker', 'all'])
        .default('all'),
    )
    .action(async ({ role }: { role: 'http' | 'worker' | 'all' }) => {
      setExitCode(await start(role));
    });
}
