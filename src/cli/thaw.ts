import type { Command } from 'commander';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { addNaming, type NamingOptions, namedRecord } from './named-record.ts';
import { count } from './table.ts';

type Options = NamingOptions & { field?: string; json?: boolean };

/** `handoff thaw`: fields that were frozen because somebody else kept changing them back are written again. */
export function registerThaw(program: Command, { thaw }: Pick<CliDependencies, 'thaw'>, run: Run): void {
  addNaming(program.command('thaw'))
    .description('write frozen fields of a record again, once the other writer has been stopped')
    .option('--field <name>', 'only this one, by its name on either side')
    .option('--json', 'print one JSON document')
    .action(async (named: string | undefined, options: Options, command: Command) => {
      const record = namedRecord(command, named, options);
      await run(async () => {
        const { recordId, thawed } = await thaw(record, options.field);
        const done = `${count(thawed, 'field')} of ${record.object} ${recordId} will be written again.`;
        const json = { thawed, [record.object]: recordId };
        return { json, lines: [thawed === 0 ? 'Nothing was frozen.' : done] };
      }, options);
    });
}
