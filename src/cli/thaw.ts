import type { Command } from 'commander';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count } from './table.ts';

/** `handoff thaw <contact>`: fields that were frozen because somebody else kept changing them back are written again. */
export function registerThaw(program: Command, { thaw }: Pick<CliDependencies, 'thaw'>, run: Run): void {
  program
    .command('thaw')
    .description('write frozen fields of a contact again, once the other writer has been stopped')
    .argument('<contact>', 'the HubSpot id or an email address of the contact, or the id of its Lead or Contact')
    .option('--field <name>', 'only this one, by its name on either side')
    .option('--json', 'print one JSON document')
    .action(async (named: string, options: { field?: string; json?: boolean }) => {
      await run(async () => {
        const { contactId, thawed } = await thaw(named.trim(), options.field);
        const done = `${count(thawed, 'field')} of contact ${contactId} will be written again.`;
        return { json: { thawed, contact: contactId }, lines: [thawed === 0 ? 'Nothing was frozen.' : done] };
      }, options);
    });
}
