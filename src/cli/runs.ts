import type { Command } from 'commander';
import { viewRun } from '../http/run-views.ts';
import type { RunReport } from '../ports/ledger-runs.ts';
import { readIdPage } from '../usecases/id-pages.ts';
import { cancelRun, findRun, pauseRun, resumeRun } from '../usecases/runs/control-runs.ts';
import { ofRun } from './audited.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { followRun } from './follow.ts';
import { addPaging, moreLines } from './paging.ts';
import { renderRun, renderRuns } from './run-lines.ts';

type Given = Pick<CliDependencies, 'tell' | 'user' | 'audited' | 'mode' | 'runs' | 'withLedger'>;
type ListOptions = { id?: string; limit: number; cursor?: string; json?: boolean };

/** `handoff runs`: what runs and ran, and how to hold and end one. */
export function registerRuns(program: Command, dependencies: Given, run: Run): void {
  const { withLedger, user, audited, runs, tell, mode } = dependencies;
  const told = (run: RunReport) => toOutcome(run, mode());
  const command = addPaging(program.command('runs'))
    .description('backfills and other runs: how far they are, what they came to')
    .option('--id <run>', 'only this run, with all that it counted')
    .option('--json', 'print one JSON document');
  command.action(async (options: ListOptions) => {
    await run(
      async () => await (options.id === undefined ? list(dependencies, options) : show(dependencies, options.id)),
      options,
    );
  });
  const add = (name: string, description: string, act: (id: string) => Promise<Outcome>) =>
    command
      .command(name)
      .description(description)
      .argument('<run>', 'the id of the run')
      .option('--json', 'print one JSON document')
      .action(async (id: string, _options: unknown, own: Command) => await run(() => act(id), own.optsWithGlobals()));
  add('pause', 'hold a run; what it has marked is not worked off meanwhile', async (id) =>
    told(
      await withLedger((ledger) =>
        audited(ledger, { code: 'run_pause', ...ofRun(id) }, () => pauseRun(ledger, id, user())),
      ),
    ),
  );
  add('resume', 'let a run go on that was paused', async (id) =>
    told(
      await runs.withRuns(({ actions, runs: given }) =>
        audited(actions, { code: 'run_resume', ...ofRun(id) }, () => resumeRun(given, id, user())),
      ),
    ),
  );
  add('cancel', 'end a run for good; what it has written stays', async (id) =>
    told(
      await withLedger((ledger) =>
        audited(ledger, { code: 'run_cancel', ...ofRun(id) }, () => cancelRun(ledger, id, user())),
      ),
    ),
  );
  add(
    'follow',
    'follow a run until it has ended; where no worker lives, work it off',
    async (id) => await runs.withRuns(async (session) => await followRun({ ...runs, tell, mode }, session, id)),
  );
}

async function list({ withLedger }: Given, { limit, cursor }: ListOptions): Promise<Outcome> {
  return await withLedger(async (ledger) => {
    const wanted = { limit, ...(cursor === undefined ? {} : { cursor }) };
    const read = async (most: number, before: string | undefined) =>
      await ledger.runs(most, before === undefined ? {} : { before });
    const { items, nextCursor } = await readIdPage(wanted, read, ({ id }) => id);
    const json = { items: items.map((one) => viewRun(one, Date.now())), nextCursor };
    return { json, lines: [...renderRuns(items, Date.now()), ...moreLines(nextCursor, limit)] };
  });
}

async function show({ withLedger, mode }: Given, id: string): Promise<Outcome> {
  return toOutcome(await withLedger((ledger) => findRun(ledger, id)), mode());
}

function toOutcome(run: RunReport, mode: 'observe' | 'live'): Outcome {
  return { json: viewRun(run, Date.now()), lines: renderRun(run, Date.now(), mode) };
}
