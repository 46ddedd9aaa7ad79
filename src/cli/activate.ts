import { type Command, InvalidArgumentError } from 'commander';
import { viewActivation } from '../http/plan-views.ts';
import type { ActivationReport } from '../usecases/preview/mapping-desk.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count } from './table.ts';

/** `handoff activate [version] [--apply]`: the mapping that was proposed, or an older one, becomes the active one. */
export function registerActivate(program: Command, { withMappings, user, audited }: CliDependencies, run: Run): void {
  program
    .command('activate')
    .description('make a proposed mapping the active one; runs that are on are paused')
    .argument('[version]', 'its number; default: the one that was proposed last', toVersion)
    .option('--apply', 'begin a run that applies it to all existing pairs')
    .option('--json', 'print one JSON document')
    .action(async (version: number | undefined, options: { apply?: boolean; json?: boolean }) => {
      const wanted = { apply: options.apply === true, ...(version === undefined ? {} : { version }) };
      await run(async () => {
        const report = await withMappings(async (desk, actions) => {
          const work = async () => await desk.activate(wanted, user());
          return await audited(
            actions,
            { code: 'mapping_activate', details: { apply: wanted.apply } },
            work,
            (done) => ({
              target: { kind: 'mapping', id: String(done.version) },
            }),
          );
        });
        return { json: viewActivation(report), lines: renderActivation(report) };
      }, options);
    });
}

function renderActivation(report: ActivationReport): readonly string[] {
  const { version, before, pausedRuns, endedRuns, releasedFields, marked, runId } = report;
  const run = runId === null ? [] : [`Run ${runId} applies it to the existing pairs: handoff runs --id ${runId}.`];
  if (version === before && endedRuns.length === 0)
    return [`Mapping version ${version} is the active one already.`, ...run];
  const paused =
    pausedRuns.length === 0 ? [] : [`Paused, to be resumed or cancelled: ${pausedRuns.map(runOf).join(', ')}.`];
  const ended =
    endedRuns.length === 0 ? [] : [`Ended, as they were about another version: ${endedRuns.map(runOf).join(', ')}.`];
  const released =
    releasedFields === 0 ? [] : [`${count(releasedFields, 'field')} that a revert had put back will be synced again.`];
  const again = marked === 0 ? [] : [`${count(marked, 'failed record')} will be looked at again.`];
  const was = before === null ? '' : ` (it was ${before})`;
  return [`Mapping version ${version} is active${was}.`, ...paused, ...ended, ...released, ...again, ...run];
}

function runOf(id: string): string {
  return `run ${id}`;
}

function toVersion(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version > 0 && version <= 1_000_000_000) return version;
  throw new InvalidArgumentError('It must be the number of a version.');
}
