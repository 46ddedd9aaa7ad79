import type { Command } from 'commander';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count } from './table.ts';

/** `handoff migrate`: brings the database schema up to date; every start does the same. */
export function registerMigrate(program: Command, { migrate }: CliDependencies, run: Run): void {
  program
    .command('migrate')
    .description('bring the database schema up to date')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: boolean }) => {
      await run(async () => {
        const { applied, version } = await migrate();
        const done = applied.length === 0 ? 'Nothing to do' : `${count(applied.length, 'migration')} run`;
        return { json: { applied, version }, lines: [`${done}: the schema is at version ${version}.`] };
      }, options);
    });
}
