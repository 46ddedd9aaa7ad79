import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { SyncError } from '../errors.ts';
import { loadMappings } from '../mappings/load.ts';
import type { Log } from '../ports/log.ts';

/** The mapping files hold faults; `faults` has a line for each. */
class MappingError extends SyncError {
  readonly faults: readonly string[];

  constructor(findings: readonly Finding[]) {
    super('needs-human', 'faulty_mappings', 'The mapping files hold faults.', {
      advice: 'See handoff check --offline.',
    });
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
  const loaded = loadMappings(folder);
  if (!loaded.ok) throw new MappingError(loaded.findings);
  for (const { code, file, line } of loaded.warnings)
    log?.warn({ code, file, line }, 'the mapping has a warning, see handoff check --offline');
  return loaded.mapping;
}

/** Every finding about the mapping files; errors and warnings. */
export function checkMappings(folder: string): readonly Finding[] {
  const loaded = loadMappings(folder);
  return loaded.ok ? loaded.warnings : loaded.findings;
}
