import { type Command, InvalidArgumentError } from 'commander';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count } from './table.ts';

/** `handoff thaw <contact>`: fields that were frozen because somebody else kept changing them back are written again. */
export function registerThaw(
  program: Command,
  { withLedger, user }: Pick<CliDependencies, 'withLedger' | 'user'>,
  run: Run,
): void {
  program
    .command('thaw')
    .description('write frozen fields of a contact again, once the other writer has been stopped')
    .argument('<contact>', 'the HubSpot id of the contact', toContactId)
    .option('--field <name>', 'only this one, by its name on the side that is written')
    .option('--json', 'print one JSON document')
    .action(async (contact: string, options: { field?: string; json?: boolean }) => {
      await run(async () => {
        const thawed = await withLedger((ledger) => ledger.thaw(contact, user(), options.field));
        const done = `${count(thawed, 'field')} of contact ${contact} will be written again.`;
        return { json: { thawed, contact }, lines: [thawed === 0 ? 'Nothing was frozen.' : done] };
      }, options);
    });
}

function toContactId(text: string): string {
  if (/^\d{1,32}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the HubSpot id of a contact; handoff explain <email> shows it.');
}
