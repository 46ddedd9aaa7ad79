import { expect, it } from 'vitest';
import { createRun } from '../../../src/cli/command.ts';
import type { RunFilter } from '../../../src/domain/runs/types.ts';
import { SyncError } from '../../../src/errors.ts';
import { compileFilter } from '../../../src/usecases/runs/backfill/filter.ts';

/** The exit code of a command that does this. */
async function codeOf(work: () => void): Promise<number | null> {
  let exitCode: number | null = null;
  const run = createRun({ print: () => undefined, tell: () => undefined }, (code) => {
    exitCode = code;
  });
  await run(async () => {
    work();
    return { json: null, lines: [] };
  }, {});
  return exitCode;
}

const wrong: RunFilter[] = [{ where: 'contact.' }, { sinceMs: 2_000, untilMs: 1_000 }];

it.each(wrong)('ends with 2 where the filter %j is wrong: that is wrong usage', async (filter) => {
  expect(await codeOf(() => void compileFilter('contacts', filter))).toBe(2);
});

it('ends with 0 where all is well and with 1 where something failed', async () => {
  const fail = () => {
    throw new SyncError('needs-human', 'no_worker', 'No worker lives.');
  };
  expect([await codeOf(() => undefined), await codeOf(fail)]).toEqual([0, 1]);
});
