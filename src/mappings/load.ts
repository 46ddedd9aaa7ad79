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

/** The texts of the mapping files by their names without `.yaml`, as a mapping version keeps them. */
export type MappingTexts = Readonly<Record<string, string>>;

export type LoadedMappings =
  | { ok: true; mapping: CompiledMapping; files: MappingTexts; warnings: readonly Finding[] }
  | { ok: false; findings: readonly Finding[] };

/**
 * Reads, checks and compiles `mappings/*.yaml`; called at start, by SIGHUP and by `handoff check`. Tells all faults at once, each with its
 * place; nothing is thrown for a faulty or missing file.
 *
 * @param dir the folder; findings name files as `<dir>/<name>`
 */
export function loadMappings(dir: string): LoadedMappings {
  return load((name) => readText(join(dir, `${name}.yaml`)), dir, unknownFiles(dir));
}

/**
 * The same for files that were kept in the ledger.
 * @param where what findings name as their folder
 */
export function loadMappingTexts(files: MappingTexts, where: string): LoadedMappings {
  return load((name) => (name in files ? (files[name] ?? null) : null), where, []);
}

/** A file's text; null: it is not there; otherwise it cannot be read. */
type Text = string | null | { unreadable: true };

function load(textOf: (name: MappingName) => Text, dir: string, before: readonly Finding[]): LoadedMappings {
  const findings: Finding[] = [];
  const sources = readSources(textOf, dir, findings);
  findings.push(...before);
  const shaped = checkShapes(sources, findings);
  const mapping = compileMapping(hashOf(sources), sources, shaped, findings);
  if (mapping !== null && !hasErrors(findings)) findings.push(...runExamples(sources, shaped, mapping));
  if (mapping === null || hasErrors(findings)) return { ok: false, findings };
  const files = Object.fromEntries(Object.entries(sources).map(([name, { text }]) => [name, text]));
  return { ok: true, mapping, files, warnings: findings };
}

function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function readText(file: string): Text {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return isMissing(error) ? null : { unreadable: true };
  }
}

function readSources(textOf: (name: MappingName) => Text, dir: string, findings: Finding[]): Sources {
  const read = names.flatMap((name) => {
    const source = readSource(textOf(name), dir, name, findings);
    return source === null ? [] : [[name, source]];
  });
  return Object.fromEntries(read);
}

function readSource(text: Text, dir: string, name: MappingName, findings: Finding[]): YamlSource | null {
  const file = join(dir, `${name}.yaml`);
  if (typeof text === 'string') {
    const source = parseYaml(file, text);
    findings.push(...syntaxFindings(source));
    return source.document.errors.length === 0 ? source : null;
  }
  if (optional.has(name) && text === null) return null;
  findings.push({
    ...{ severity: 'error', code: 'file_missing', file, line: 1, column: 1 },
    what: `${name}.yaml cannot be read.`,
    why: optional.has(name) ? 'Nobody knows what it says.' : 'Without it nobody can be handed over.',
    fix: `Put ${name}.yaml into ${dir}, or set MAPPINGS_DIR to the folder that holds it.`,
  });
  return null;
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
