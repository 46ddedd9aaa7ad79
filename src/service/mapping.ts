import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { SyncError } from '../errors.ts';
import { type LoadedMappings, loadMappings, loadMappingTexts, type MappingTexts } from '../mappings/load.ts';
import type { Log } from '../ports/log.ts';
import type { LoadedFiles } from '../usecases/preview/mapping-desk.ts';

/** The mapping files hold faults; `faults` has a line for each. */
export class MappingError extends SyncError {
  readonly faults: readonly string[];
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super('needs-human', 'faulty_mappings', 'The mapping files hold faults.', {
      advice: 'See handoff check --offline.',
    });
    this.findings = findings;
    this.faults = findings.map(
      ({ file, line, column, severity, what, fix }) => `${file}:${line}:${column} ${severity}: ${what} ${fix}`,
    );
  }
}

/**
 * Reads the mapping; its warnings go to the log.
 * @throws MappingError with every finding at once
 */
export function loadMappingOrThrow(folder: string, log?: Pick<Log, 'warn'>): CompiledMapping {
  return loadFilesOrThrow(folder, log).mapping;
}

/** The same with the files' texts. @throws MappingError with every finding at once */
export function loadFilesOrThrow(folder: string, log?: Pick<Log, 'warn'>): LoadedFiles {
  const loaded = loadMappings(folder);
  if (loaded.ok) {
    for (const { code, file, line } of loaded.warnings)
      log?.warn({ code, file, line }, 'the mapping has a warning, see handoff check --offline');
  }
  return orThrow(loaded);
}

/** Files that the ledger kept under a version. @throws MappingError: this build cannot work under them */
export function compileFilesOrThrow(files: MappingTexts, version: number): LoadedFiles {
  return orThrow(loadMappingTexts(files, `mapping version ${version}`));
}

function orThrow(loaded: LoadedMappings): LoadedFiles {
  if (!loaded.ok) throw new MappingError(loaded.findings);
  return { mapping: loaded.mapping, files: loaded.files };
}

/** Every finding about the mapping files; errors and warnings. */
export function checkMappings(folder: string): readonly Finding[] {
  const loaded = loadMappings(folder);
  return loaded.ok ? loaded.warnings : loaded.findings;
}
