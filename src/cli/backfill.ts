import { Argument, type Command } from 'commander';
import type { BackfillObject, RunFilter } from '../domain/runs/types.ts';
import { backfillObjects } from '../usecases/runs/backfill/objects.ts';
import { type PreparedBackfill, prepareBackfill, startBackfill } from '../usecases/runs/backfill/start-backfill.ts';
import { momentForms, readMoment } from '../usecases/runs/moments.ts';
import { type CliAction, ofRun } from './audited.ts';
import { assertWorker, type BeginOptions, goOnWith, mayBegin, nothingBegun } from './begin-run.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { readIdFile, scanIdFile } from './id-file.ts';
import { renderForecast } from './run-lines.ts';
import type { RunSession } from './run-session.ts';

type Options = BeginOptions & {
  since?: string;
  until?: string;
  stage?: string;
  list?: string;
  ids?: string;
  where?: string;
};

type Given = Pick<CliDependencies, 'print' | 'tell' | 'user' | 'audited' | 'mode' | 'runs'>;
type Wanted = { object: BackfillObject; filter: RunFilter; options: Options };

/** `handoff backfill`: brings records that were there before into the sync, after saying what it would come to. */
export function registerBackfill(program: Command, dependencies: Given, run: Run): void {
  const command = program.command('backfill');
  command
    .description('look at records that were there before: all, or those that a filter wants')
    .addArgument(new Argument('<object>', 'what to look at').choices(backfillObjects))
    .option('--since <time>', 'changed since: a date, or a time ago such as 7d')
    .option('--until <time>', 'changed before')
    .option('--stage <stage>', 'at this lifecycle stage, deal stage or status, by its internal value')
    .option('--list <id>', 'in this list (segment) of HubSpot')
    .option('--ids <file>', 'the records whose ids the file holds, one a line')
    .option('--where <expression>', 'for which an expression holds, such as contact.country == "Austria"')
    .option('--dry-run', 'plan everything and write nothing')
    .option('--detach', 'leave it to the service, and end at once')
    .option('--yes', 'start without asking')
    .option('--json', 'print one JSON document')
    .action(async (object: BackfillObject, options: Options) => {
      const wanted = { object, filter: toFilter(command, options), options };
      await run(async () => await backfill(dependencies, wanted), options);
    });
}

function toFilter(command: Command, { since, until, stage, list, where }: Options): RunFilter {
  const moment = (option: string, text: string) => {
    const atMs = readMoment(text, Date.now());
    if (atMs !== null) return atMs;
    return command.error(`error: option '--${option}': it must be ${momentForms}`, { exitCode: 2 });
  };
  if (list !== undefined && !/^\d{1,20}$/.test(list)) {
    command.error(`error: option '--list': the id of a list is a number`, { exitCode: 2 });
  }
  return {
    ...(since === undefined ? {} : { sinceMs: moment('since', since) }),
    ...(until === undefined ? {} : { untilMs: moment('until', until) }),
    ...(stage === undefined ? {} : { stage }),
    ...(list === undefined ? {} : { listId: list }),
    ...(where === undefined ? {} : { where }),
  };
}

async function backfill(dependencies: Given, wanted: Wanted): Promise<Outcome> {
  const { object, filter, options } = wanted;
  // Before anything is opened: a file that cannot be used is told at once.
  const ids = options.ids === undefined ? null : await scanIdFile(options.ids, object);
  return await dependencies.runs.withRuns(async (session) => {
    await assertWorker(session, options);
    const isDryRun = options.dryRun === true;
    const prepared = await prepareBackfill(session.runs, { object, filter, ids, isDryRun });
    const { forecast } = prepared;
    if (forecast?.records === 0) {
      return nothingBegun([`None of the ${object} matches the filter: nothing was started.`], { forecast });
    }
    for (const line of forewarn(dependencies, prepared)) (options.json ? dependencies.tell : dependencies.print)(line);
    if (!(await mayBegin(dependencies.runs, 'Start?', options))) {
      return nothingBegun(['Nothing was started.'], { forecast });
    }
    return await start(dependencies, session, prepared, options);
  });
}

async function start(
  dependencies: Given,
  session: RunSession,
  prepared: PreparedBackfill,
  options: Options,
): Promise<Outcome> {
  const ids = options.ids === undefined ? null : readIdFile(options.ids, prepared.request.object);
  const work = async () => await startBackfill(session.runs, prepared, dependencies.user(), ids);
  const runId = await dependencies.audited(session.actions, toAction(prepared, options), work, ofRun);
  return await goOnWith(dependencies, session, runId, options);
}

/** What was asked for, without the words of the expression: they may hold values. */
function toAction({ request: { object, isDryRun } }: PreparedBackfill, options: Options): CliAction {
  const { since, until, stage, list, ids, where } = options;
  const named = Object.entries({ since, until, stage, list }).filter(([, value]) => value !== undefined);
  const given = Object.entries({ ids, where }).filter(([, value]) => value !== undefined);
  const details = { ...Object.fromEntries(named), ...Object.fromEntries(given.map(([name]) => [name, true])) };
  return { code: 'backfill_start', details: { object, dryRun: isDryRun, ...details } };
}

function forewarn({ mode }: Given, { forecast, limits, request }: PreparedBackfill): readonly string[] {
  const watching =
    mode() === 'observe' && !request.isDryRun
      ? [
          'SYNC_MODE=observe: NOTHING WILL BE WRITTEN to either CRM. The run decides about each record and leaves it as it is; a dry run tells more.',
        ]
      : [];
  return [...(forecast === null ? [] : renderForecast(forecast, limits)), ...watching];
}
