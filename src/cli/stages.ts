import type { Command } from 'commander';
import { describeCause } from '../domain/lifecycle/causes.ts';
import type { StageDisagreement } from '../ports/ledger-history.ts';
import type { IdQuery } from '../usecases/id-pages.ts';
import { listDisagreements } from '../usecases/list-disagreements.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { addPaging, moreLines } from './paging.ts';
import { renderTable } from './table.ts';

/** `handoff stages`: the pairs whose sides disagree on the lifecycle stage, why, and what to do. */
export function registerStages(program: Command, { withLedger }: Pick<CliDependencies, 'withLedger'>, run: Run): void {
  addPaging(program.command('stages'))
    .description('pairs whose sides disagree on the lifecycle stage, why, and what to do')
    .option('--json', 'print one JSON document')
    .action(async (options: IdQuery & { json?: boolean }) => {
      await run(
        () =>
          withLedger(async (ledger) => {
            const page = await listDisagreements(ledger, options);
            const lines = page.items.length === 0 ? ['Both sides agree everywhere.'] : renderDisagreements(page.items);
            return { json: page, lines: [...lines, ...moreLines(page.nextCursor, options.limit)] };
          }),
        options,
      );
    });
}

function renderDisagreements(disagreements: readonly StageDisagreement[]): readonly string[] {
  const rows = disagreements.map(({ contactId, person, hubspot, salesforce, cause }) => [
    contactId,
    person === null ? 'none' : `${person.object} ${person.id}`,
    hubspot ?? 'none',
    salesforce ?? 'none',
    cause,
  ]);
  const causes = [...new Set(disagreements.map(({ cause }) => cause))].sort();
  return [
    ...renderTable(['contact', 'person', 'HubSpot', 'Salesforce', 'cause'], rows),
    '',
    ...causes.map((cause) => `${cause}: ${describeCause(cause).text} ${describeCause(cause).advice}`),
  ];
}
