import type { Command } from 'commander';
import { viewErasures } from '../http/views.ts';
import type { ErasureReceipt } from '../ports/ledger-history.ts';
import type { IdQuery } from '../usecases/id-pages.ts';
import { listErasures } from '../usecases/list-erasures.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { addPaging, moreLines } from './paging.ts';
import { readableTime } from './table.ts';

/** `handoff erasures`: the receipts of privacy deletions, which name ids and counts, never values. */
export function registerErasures(
  program: Command,
  { withLedger }: Pick<CliDependencies, 'withLedger'>,
  run: Run,
): void {
  addPaging(program.command('erasures'))
    .description('receipts of privacy deletions: what was erased of whom')
    .option('--json', 'print one JSON document')
    .action(async (options: IdQuery & { json?: boolean }) => {
      await run(
        () =>
          withLedger(async (ledger) => {
            const page = await listErasures(ledger, options);
            const lines = page.items.length === 0 ? ['Nobody was erased.'] : page.items.flatMap(renderErasure);
            return { json: viewErasures(page), lines: [...lines, ...moreLines(page.nextCursor, options.limit)] };
          }),
        options,
      );
    });
}

function renderErasure({ id, contactId, pairId, atMs, personIds, erased }: ErasureReceipt): readonly string[] {
  const counts = Object.entries(erased).map(([place, count]) => `${place} ${count}`);
  return [
    `receipt ${id}: contact ${contactId}, ${readableTime(atMs)}`,
    `  pair ${pairId ?? 'none'}; persons in Salesforce: ${personIds.length === 0 ? 'none' : personIds.join(', ')}`,
    `  erased: ${counts.length === 0 ? 'nothing' : counts.join(', ')}`,
  ];
}
