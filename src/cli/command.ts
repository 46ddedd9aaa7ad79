import { Command, CommanderError } from 'commander';
import { toSyncError } from '../errors.ts';
import type { CliDependencies } from './dependencies.ts';
import { toReport } from './faults.ts';

/** What a command hands back: what it found, how a person reads it, and whether all is well (default: yes). */
export type Outcome = { json: unknown; lines: readonly string[]; code?: number };

export type Run = (work: () => Promise<Outcome>, options: { json?: boolean }) => Promise<void>;

/** Builds the function that every command runs through: prints lines or one JSON document, and keeps the exit code. */
export function createRun(
  { print, tell }: Pick<CliDependencies, 'print' | 'tell'>,
  setExitCode: (code: number) => void,
): Run {
  return async (work, { json = false }) => {
    try {
      const outcome = await work();
      if (json) print(JSON.stringify(outcome.json));
      else for (const line of outcome.lines) print(line);
      setExitCode(outcome.code ?? 0);
    } catch (thrown) {
      const { document, lines } = toReport(thrown);
      if (json) print(JSON.stringify(document));
      for (const line of lines) tell(line);
      setExitCode(codeOf(thrown));
    }
  };
}

/** What only the CRM or the compiler of expressions can tell to be wrong usage. */
const wrongUsage: ReadonlySet<string> = new Set(['bad_filter']);

function codeOf(thrown: unknown): number {
  return wrongUsage.has(toSyncError(thrown).code) ? 2 : 1;
}

/** A program that neither exits nor prints past the dependencies. */
export function createCommand({ print, tell }: Pick<CliDependencies, 'print' | 'tell'>): Command {
  return new Command('handoff')
    .exitOverride()
    .configureOutput({ writeOut: (text) => print(text.trimEnd()), writeErr: (text) => tell(text.trimEnd()) })
    .showHelpAfterError('(see handoff --help)');
}

/** The exit code for what commander threw: 0 after help and version, 2 for wrong usage. Null: it is not commander's. */
export function codeOfUsage(thrown: unknown): number | null {
  if (!(thrown instanceof CommanderError)) return null;
  return thrown.exitCode === 0 ? 0 : 2;
}
