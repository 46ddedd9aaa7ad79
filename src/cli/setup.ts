import { type Command, Option } from 'commander';
import type { ActionLedger } from '../ports/ledger-access.ts';
import type { SyncedProperties } from '../usecases/setup/hubspot-app.ts';
import type { SetupPorts } from '../usecases/setup/look.ts';
import { runSetup, type SetupReport } from '../usecases/setup/run-setup.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { openFolder } from './folder.ts';

/** What the composition root gives to the command. */
export type SetupDeps = {
  /** What the folders are made of; needs no credentials. */
  settings(): Promise<{
    /** `PUBLIC_URL`; null: not set. */
    publicUrl: string | null;
    /** `hubspotProperties` of the mapping, by kind; null where the kind is off. */
    properties: SyncedProperties;
    apiVersion: string;
    dataDir: string;
  }>;
  /** Logs in to both CRMs, runs the work, closes what was opened. */
  withPorts<T>(work: (ports: SetupPorts, actions: ActionLedger) => Promise<T>): Promise<T>;
  now(): number;
};

type Given = Pick<CliDependencies, 'setup' | 'audited'>;
type Options = { apply?: true; offline?: true; export?: string; appFolder?: string; json?: true };

const stateMarks = {
  exists: 'ok',
  missing: 'missing',
  outdated: 'outdated',
  wrong: 'WRONG',
  unknown: 'unknown',
} as const;
const outcomeMarks = { nothing: 'ok', done: 'created', failed: 'FAILED', skipped: 'skipped' } as const;

function stepLines(step: SetupReport['steps'][number]): readonly string[] {
  const mark = step.outcome === null ? stateMarks[step.state] : outcomeMarks[step.outcome.outcome];
  const note = step.outcome?.text ?? (step.outcome?.outcome === 'done' ? null : step.note);
  return [
    `${mark.padEnd(9)} ${step.system.padEnd(10)} ${step.where}: ${step.what}`,
    `${''.padEnd(21)}why: ${step.why}`,
    ...(note === null ? [] : [`${''.padEnd(21)}${note}`]),
  ];
}

function lastLine(report: SetupReport): string {
  const open = report.steps.filter((step) => step.state === 'missing' || step.state === 'outdated').length;
  if (report.applied)
    return report.ok
      ? 'Both CRMs have what the sync needs.'
      : 'Some steps did not succeed; running setup again goes on from here.';
  if (!report.ok) return 'Some points need a person. Nothing was changed in either CRM.';
  if (open > 0)
    return `Nothing was changed in either CRM. Run with --apply to carry out ${open} ${open === 1 ? 'step' : 'steps'}.`;
  return report.steps.length > 0 ? 'Nothing to do.' : 'No CRM was called.';
}

/** The report as a person reads it. */
export function renderSetup(report: SetupReport): readonly string[] {
  const folders = report.folders.map(({ name, files }) => {
    const written = files.filter((file) => file.outcome === 'written').length;
    return `folder    ${name}: ${files.length} files, ${written} written; see its README.md`;
  });
  const warnings = report.warnings.flatMap(({ code, text, fix }) => [
    `warning   [${code}] ${text}`,
    `${''.padEnd(10)}${fix}`,
  ]);
  const byHand = report.byHand.flatMap(({ system, what, clicks }) => [
    `by hand   ${system.padEnd(10)} ${what}`,
    `${''.padEnd(21)}${clicks}`,
  ]);
  return [...report.steps.flatMap(stepLines), ...warnings, ...folders, ...byHand, lastLine(report)];
}

async function setup(options: Options, { setup: deps, audited }: Given): Promise<Outcome> {
  const settings = await deps.settings();
  const run = (ports: SetupPorts | null) =>
    runSetup({
      ports,
      apply: options.apply === true,
      publicUrl: settings.publicUrl,
      properties: settings.properties,
      apiVersion: settings.apiVersion,
      appFolder: openFolder(options.appFolder ?? `${settings.dataDir}/hubspot-app`),
      exportFolder: options.export === undefined ? null : openFolder(options.export),
      nowMs: deps.now(),
    });
  const lookOrApply = async (ports: SetupPorts, actions: ActionLedger) =>
    options.apply === true
      ? await audited(actions, { code: 'setup_apply' }, () => run(ports), factsOf)
      : await run(ports);
  const report = options.offline === true ? await run(null) : await deps.withPorts(lookOrApply);
  return { json: report, lines: renderSetup(report), code: report.ok ? 0 : 1 };
}

function factsOf({ ok, steps }: SetupReport) {
  const ended = (wanted: string) => steps.filter(({ outcome }) => outcome?.outcome === wanted).length;
  return { details: { ok, created: ended('done'), failed: ended('failed') } };
}

/** `handoff setup`: shows what the sync needs in both CRMs, creates it with `--apply`, writes the HubSpot app folder. */
export function registerSetup(program: Command, dependencies: Given, run: Run): void {
  program
    .command('setup')
    .description('show, then create what the sync needs in both CRMs; write the HubSpot app folder')
    .option('--apply', 'create what is missing (without it nothing changes in either CRM)')
    .addOption(
      new Option('--offline', 'only write the folders; calls no CRM and needs no credentials').conflicts('apply'),
    )
    .option('--export <dir>', 'also write a metadata folder that a Salesforce admin can deploy')
    .option('--app-folder <dir>', 'where the HubSpot app folder goes (default: DATA_DIR/hubspot-app)')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      await run(() => setup(options, dependencies), options);
    });
}
