import { type Command, InvalidArgumentError } from 'commander';

/** Gives a command that lists something its `--limit` and `--cursor`. */
export function addPaging(command: Command): Command {
  return command
    .option('--limit <number>', 'show at most so many', toLimit, 50)
    .option('--cursor <cursor>', 'go on where the list before ended');
}

/** The line under a list that goes on. */
export function moreLines(nextCursor: string | null, limit: number): readonly string[] {
  return nextCursor === null ? [] : [`There are more. The next ${limit}: add --cursor ${nextCursor}`];
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= 10_000) return limit;
  throw new InvalidArgumentError('It must be a whole number from 1 to 10000.');
}
