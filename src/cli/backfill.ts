import { Argument, type Command } from 'commander';
import type { BackfillObject, RunFilter } from '../domain/runs/types.ts';
import { SyncError } from '../errors.ts';
import { viewRun } from '../http/run-views.ts';
import { backfillObjects } from '../usecases/runs/backfill/objects.ts';
import { type PreparedBackfill, prepareBackfill, startBackfill } from '../usecases/runs/backfill/start-backfill.ts';
import { findRun } from '../usecases/runs/control-runs.ts';
import { momentForms, readMoment } from '../usecases/runs/moments.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { followRun } from './follow.ts';
import { readIdFile, scanIdFile } from './id-file.ts';
import { renderForecast } from './run-lines.ts';
import type { RunSession } from './run-session.ts';

type Options = {
  since?: string;
  until?: string;
  stage?: string;
  list?: string;
  ids?: string;
  where?: string;
  dryRun?: boolean;
  detach?: boolean;
  yes?: boolean;
  json?: boolean;
};

type Given = Pick<CliDependencies, 'print' | 'tell' | 'user' | 'mode' | 'runs'>;
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
    if (options.detach === true && !(await session.hasWorkers())) throw noWorker();
    const isDryRun = options.dryRun === true;
    const prepared = await prepareBackfill(session.runs, { object, filter, ids, isDryRun });
    if (prepared.forecast?.records === 0) return nothingMatches(object, prepared);
    for (const line of forewarn(dependencies, prepared)) (options.json ? dependencies.tell : dependencies.print)(line);
    if (!(await mayStart(dependencies, options))) {
      return { json: { run: null, forecast: prepared.forecast }, lines: ['Nothing was started.'] };
    }
    return await start(dependencies, session, prepared, options);
  });
}

async function start(
  dependencies: Given,
  session: RunSession,
  prepared: PreparedBackfill,
  { ids: file, detach }: Options,
): Promise<Outcome> {
  const { object } = prepared.request;
  const ids = file === undefined ? null : readIdFile(file, object);
  const runId = await startBackfill(session.runs, prepared, dependencies.user(), ids);
  if (detach !== true) {
    dependencies.tell(`Run ${runId} has begun.`);
    return await followRun({ ...dependencies.runs, tell: dependencies.tell }, session, runId);
  }
  const run = await findRun(session.runs.ledger, runId);
  const lines = [`Run ${runId} has begun. handoff runs --id ${runId} shows how far it is.`];
  return { json: viewRun(run, Date.now()), lines };
}

/** A dry run changes nothing, so nobody is asked. */
async function mayStart({ runs: { confirm } }: Given, { yes, json, dryRun }: Options): Promise<boolean> {
  if (confirm === null || yes === true || json === true || dryRun === true) return true;
  return await confirm('Start? [y/N] ');
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

function nothingMatches(object: BackfillObject, { forecast }: PreparedBackfill): Outcome {
  return { json: { run: null, forecast }, lines: [`None of the ${object} matches the filter: nothing was started.`] };
}

function noWorker(): SyncError {
  return new SyncError('needs-human', 'no_worker', 'No worker lives that could work the run off.', {
    advice: 'Start the service (handoff start), or leave out --detach: then this command does the work.',
  });
}
