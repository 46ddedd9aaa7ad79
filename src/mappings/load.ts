import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { compileMapping, type Sources } from './compile.ts';
import { didYouMean } from './did-you-mean.ts';
import { runExamples } from './examples.ts';
import type { MappingFiles, MappingName } from './schema.ts';
import { checkShape } from './shape.ts';
import { parseYaml, syntaxFindings, type YamlSource } from './yaml-source.ts';

const names: readonly MappingName[] = ['lifecycle', 'gate', 'contacts', 'owners', 'companies', 'deals'];

/** Without their file, companies and deals are not synced. */
const optional: ReadonlySet<MappingName> = new Set(['companies', 'deals']);

export type LoadedMappings =
  | { ok: true; mapping: CompiledMapping; warnings: readonly Finding[] }
  | { ok: false; findings: readonly Finding[] };

/**
 * Reads, checks and compiles `mappings/*.yaml`; called once at start and by `handoff check`. Tells all faults at once, each with its
 * place; nothing is thrown for a faulty or missing file.
 *
 * @param dir the folder; findings name files as `<dir>/<name>`
 */
export function loadMappings(dir: string): LoadedMappings {
  const findings: Finding[] = [];
  const sources = readSources(dir, findings);
  findings.push(...unknownFiles(dir));
  const files = checkShapes(sources, findings);
  const mapping = compileMapping(hashOf(sources), sources, files, findings);
  if (mapping !== null && !hasErrors(findings)) findings.push(...runExamples(sources, files, mapping));
  return mapping === null || hasErrors(findings) ? { ok: false, findings } : { ok: true, mapping, warnings: findings };
}

function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function readSources(dir: string, findings: Finding[]): Sources {
  const read = names.flatMap((name) => {
    const source = readSource(dir, name, findings);
    return source === null ? [] : [[name, source]];
  });
  return Object.fromEntries(read);
}

function readSource(dir: string, name: MappingName, findings: Finding[]): YamlSource | null {
  const file = join(dir, `${name}.yaml`);
  try {
    const source = parseYaml(file, readFileSync(file, 'utf8'));
    findings.push(...syntaxFindings(source));
    return source.document.errors.length === 0 ? source : null;
  } catch (error) {
    if (optional.has(name) && isMissing(error)) return null;
    findings.push({
      ...{ severity: 'error', code: 'file_missing', file, line: 1, column: 1 },
      what: `${name}.yaml cannot be read.`,
      why: optional.has(name) ? 'Nobody knows what it says.' : 'Without it nobody can be handed over.',
      fix: `Put ${name}.yaml into ${dir}, or set MAPPINGS_DIR to the folder that holds it.`,
    });
    return null;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function checkShapes(sources: Sources, findings: Finding[]): Partial<MappingFiles> {
  return {
    lifecycle: checked('lifecycle', sources, findings),
    gate: checked('gate', sources, findings),
    contacts: checked('contacts', sources, findings),
    owners: checked('owners', sources, findings),
    companies: checked('companies', sources, findings),
    deals: checked('deals', sources, findings),
  };
}

function checked<Name extends MappingName>(
  name: Name,
  sources: Sources,
  findings: Finding[],
): MappingFiles[Name] | undefined {
  const source = sources[name];
  if (source === undefined) return undefined;
  const result = checkShape(name, source);
  if (result.ok) return result.file;
  findings.push(...result.findings);
  return undefined;
}

/** The identity of a mapping version: the same contents have the same hash wherever they lie. */
function hashOf(sources: Sources): string {
  const hash = createHash('sha256');
  for (const name of names) {
    const text = sources[name]?.text;
    if (text !== undefined || !optional.has(name)) hash.update(`${name}\0${text}\0`);
  }
  return hash.digest('hex');
}

function unknownFiles(dir: string): Finding[] {
  const known = names.map((name) => `${name}.yaml`);
  return listYaml(dir)
    .filter((file) => !known.includes(file))
    .map((file) => {
      const near = didYouMean(file, known);
      return {
        ...{ severity: 'warning', code: 'unknown_file', file: join(dir, file), line: 1, column: 1 },
        what: `${file} is not a mapping file.`,
        why: 'Nothing reads it.',
        fix: near === undefined ? 'Remove it.' : `Did you mean "${near}"?`,
      };
    });
}

function listYaml(dir: string): string[] {
  try {
    return readdirSync(dir).filter((file) => /\.ya?ml$/.test(file));
  } catch {
    return [];
  }
}
