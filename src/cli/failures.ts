import { type Command, InvalidArgumentError } from 'commander';
import { viewFailures } from '../http/views.ts';
import type { FailureRow } from '../ports/ledger.ts';
import { type FailureQuery, listFailures } from '../usecases/list-failures.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count, readableTime } from './table.ts';

type Options = { retry?: boolean; json?: boolean } & FailureQuery;

/** `handoff failures [--retry]`: records that could not be synced, in plain words, with what to do. */
export function registerFailures(
  program: Command,
  { withLedger }: Pick<CliDependencies, 'withLedger'>,
  run: Run,
): void {
  program
    .command('failures')
    .description('records that could not be synced, why, and what to do')
    .option('--retry', 'look at them again')
    .option('--code <code>', 'only those with this code')
    .option('--limit <number>', 'show at most so many', toLimit, 50)
    .option('--cursor <cursor>', 'go on where the list before ended')
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
  return { json: { marked }, lines: [`${count(marked, 'failed record')} will be looked at again.`] };
}

async function list(ledger: Ledger, query: FailureQuery) {
  const page = await listFailures(ledger, query);
  const { items, nextCursor } = page;
  const lines = items.length === 0 ? ['No failures.'] : items.flatMap(renderFailure);
  const more = nextCursor === null ? [] : [`There are more. The next ${query.limit}: add --cursor ${nextCursor}`];
  return { json: viewFailures(page), lines: [...lines, ...more] };
}

function renderFailure(failure: FailureRow): readonly string[] {
  const fields = failure.fields.length === 0 ? '' : ` Fields: ${failure.fields.join(', ')}.`;
  return [
    `${failure.system} ${failure.object} ${failure.recordId}  [${failure.code}]`,
    `  ${failure.message}${fields}`,
    `  What to do: ${failure.advice}`,
    `  ${count(failure.attempts, 'time')}, since ${readableTime(failure.firstAtMs)}, last ${readableTime(failure.lastAtMs)}`,
    '',
  ];
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= 10_000) return limit;
  throw new InvalidArgumentError('It must be a whole number from 1 to 10000.');
}
