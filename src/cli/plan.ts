import { type Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { viewPlan } from '../http/plan-views.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import type { PlanChange } from '../usecases/preview/compare-previews.ts';
import { momentForms, readMoment } from '../usecases/runs/moments.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { renderPlan } from './plan-lines.ts';

type PlanDeps = Pick<CliDependencies, 'print' | 'withMappings'>;

type Options = {
  mappings?: string;
  sample?: number;
  since?: number;
  object?: HubSpotType;
  json?: boolean;
  csv?: boolean;
};

/** `handoff plan`: what a changed mapping would do to live records, before it is activated. */
export function registerPlan(program: Command, dependencies: PlanDeps, run: Run): void {
  program
    .command('plan')
    .description('what a changed mapping would do to live records; writes nothing')
    .option('--mappings <folder>', 'the changed files; default MAPPINGS_DIR')
    .option('--sample <number>', 'only so many records of each kind, spread over all', toSample)
    .option('--since <time>', `only records that changed since then: ${momentForms}`, toMoment)
    .addOption(new Option('--object <object>', 'only these').choices(['contacts', 'companies', 'deals']))
    .addOption(new Option('--json', 'print one JSON document').conflicts('csv'))
    .option('--csv', 'print one line per change')
    .action(async (options: Options) => {
      await run(() => plan(dependencies, options), options);
    });
}

async function plan({ print, withMappings }: PlanDeps, options: Options): Promise<Outcome> {
  const { mappings = null, sample, since, object, csv = false } = options;
  const wanted = {
    folder: mappings,
    ...(sample === undefined ? {} : { sample }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(object === undefined ? {} : { types: [object] }),
  };
  if (csv) print(header);
  const report = await withMappings(
    async (desk) => await desk.plan(wanted, csv ? (change) => print(toCsv(change)) : undefined),
  );
  const isWhole = report.objects.every(({ unread }) => unread.count === 0);
  return { json: viewPlan(report), lines: csv ? [] : renderPlan(report), code: isWhole ? 0 : 1 };
}

const header = 'object,record id,system,field,rule,before,after';

/** A change that is not made any more has a `-` before its rule: `after` is what was to be written. */
function toCsv({ object, recordId, system, field, rule, kind, before, after, instead }: PlanChange): string {
  const isDropped = kind === 'dropped';
  const cells = [object, recordId, system, field, isDropped ? `-${rule}` : rule, before, isDropped ? instead : after];
  return stringify([cells.map((cell) => asText(cell === null ? '' : String(cell)))]).trimEnd();
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe; a number is none, nor is a rule behind a `-`. */
function asText(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) && !/^-(\d+(\.\d+)?|[a-z_]+)$/.test(cell) ? `'${cell}` : cell;
}

function toSample(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= 2_000) return number;
  throw new InvalidArgumentError('It must be a whole number from 1 to 2000; without --sample all records are planned.');
}

function toMoment(text: string): number {
  const atMs = readMoment(text, Date.now());
  if (atMs !== null) return atMs;
  throw new InvalidArgumentError(`It must be ${momentForms}.`);
}
