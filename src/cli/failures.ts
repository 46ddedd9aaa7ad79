import type { Command } from 'commander';
import { viewFailures } from '../http/views.ts';
import type { FailureRow } from '../ports/ledger-history.ts';
import { type FailureQuery, listFailures } from '../usecases/list-failures.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { addPaging, moreLines } from './paging.ts';
import { count, readableTime, renderRecordIds } from './table.ts';

type Options = { retry?: boolean; json?: boolean } & FailureQuery;

/** `handoff failures [--retry]`: records that could not be synced, in plain words, with what to do. */
export function registerFailures(
  program: Command,
  { withLedger }: Pick<CliDependencies, 'withLedger'>,
  run: Run,
): void {
  addPaging(program.command('failures'))
    .description('records that could not be synced, why, and what to do')
    .option('--retry', 'look at them again')
    .option('--code <code>', 'only those with this code')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      await run(
        () =>
          withLedger(async (ledger) =>
            options.retry ? await retry(ledger, options.code) : await list(ledger, options),
          ),
        options,
      );
    });
}

type Ledger = Parameters<Parameters<CliDependencies['withLedger']>[0]>[0];

async function retry(ledger: Ledger, code: string | undefined) {
  const marked = await ledger.retryFailures(code);
  const lines = marked === 0 ? [noFailures(code)] : [`${count(marked, 'failed record')} will be looked at again.`];
  return { json: { marked }, lines };
}

async function list(ledger: Ledger, query: FailureQuery) {
  const page = await listFailures(ledger, query);
  const { items, nextCursor } = page;
  const lines = items.length === 0 ? [noFailures(query.code)] : items.flatMap(renderFailure);
  return { json: viewFailures(page), lines: [...lines, ...moreLines(nextCursor, query.limit)] };
}

function noFailures(code: string | undefined): string {
  return code === undefined ? 'No failures.' : `No failures with the code ${code}.`;
}

function renderFailure(failure: FailureRow): readonly string[] {
  const fields = failure.fields.length === 0 ? '' : ` Fields: ${failure.fields.join(', ')}.`;
  return [
    `${failure.system} ${failure.object} ${failure.recordId}  [${failure.code}]`,
    `  ${failure.message}${fields}${renderRecordIds(failure.recordIds)}`,
    `  What to do: ${failure.advice}`,
    `  ${count(failure.attempts, 'time')}, since ${readableTime(failure.firstAtMs)}, last ${readableTime(failure.lastAtMs)}`,
    '',
  ];
}
