import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { compileContacts } from './compile-contacts.ts';
import { compileGate } from './compile-gate.ts';
import { compileLifecycle } from './compile-lifecycle.ts';
import { didYouMean } from './did-you-mean.ts';
import { runExamples } from './examples.ts';
import type { MappingFiles, MappingName } from './schema.ts';
import { checkShape } from './shape.ts';
import { parseYaml, syntaxFindings, type YamlSource } from './yaml-source.ts';

const names: readonly MappingName[] = ['lifecycle', 'gate', 'contacts', 'owners'];

/** Read by parts of the product that come later; known, so that nobody is warned about them. */
const laterFiles = ['deals.yaml', 'companies.yaml'];

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
  const files = sources === null ? null : checkShapes(sources, findings);
  const compiled = sources === null || files === null ? null : compile(sources, files, findings);
  if (compiled === null || hasErrors(findings)) return { ok: false, findings };
  findings.push(...runExamples(compiled.sources, compiled.files, compiled.mapping));
  return hasErrors(findings) ? { ok: false, findings } : { ok: true, mapping: compiled.mapping, warnings: findings };
}

type Sources = Readonly<Record<MappingName, YamlSource>>;

function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function readSources(dir: string, findings: Finding[]): Sources | null {
  const read = Object.fromEntries(names.map((name) => [name, readSource(dir, name, findings)]));
  const { contacts, gate, lifecycle, owners } = read;
  return contacts && gate && lifecycle && owners ? { contacts, gate, lifecycle, owners } : null;
}

function readSource(dir: string, name: MappingName, findings: Finding[]): YamlSource | null {
  const file = join(dir, `${name}.yaml`);
  try {
    const source = parseYaml(file, readFileSync(file, 'utf8'));
    findings.push(...syntaxFindings(source));
    return source.document.errors.length === 0 ? source : null;
  } catch {
    findings.push({
      ...{ severity: 'error', code: 'file_missing', file, line: 1, column: 1 },
      what: `${name}.yaml cannot be read.`,
      why: 'Without it nobody can be handed over.',
      fix: `Put ${name}.yaml into ${dir}, or set MAPPINGS_DIR to the folder that holds it.`,
    });
    return null;
  }
}

function checkShapes(sources: Sources, findings: Finding[]): MappingFiles | null {
  const contacts = checkShape('contacts', sources.contacts);
  const gate = checkShape('gate', sources.gate);
  const lifecycle = checkShape('lifecycle', sources.lifecycle);
  const owners = checkShape('owners', sources.owners);
  for (const result of [lifecycle, gate, contacts, owners]) if (!result.ok) findings.push(...result.findings);
  if (!contacts.ok || !gate.ok || !lifecycle.ok || !owners.ok) return null;
  return { contacts: contacts.file, gate: gate.file, lifecycle: lifecycle.file, owners: owners.file };
}

function compile(sources: Sources, files: MappingFiles, findings: Finding[]) {
  const stages = compileLifecycle(sources.lifecycle, files.lifecycle, findings);
  const { gate, reads } = compileGate(sources.gate, files.gate, stages, findings);
  const contact = compileContacts(sources.contacts, files.contacts, files.owners, reads, findings);
  const { creates_per_run, changes_per_run } = files.gate.limits;
  const mapping: CompiledMapping = {
    hash: hashOf(sources),
    contact,
    gate,
    lifecycle: { stages },
    limits: { createsPerRun: creates_per_run, changesPerRun: changes_per_run },
  };
  return { sources, files, mapping };
}

/** The identity of a mapping version: the same contents have the same hash wherever they lie. */
function hashOf(sources: Sources): string {
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\0${sources[name].text}\0`);
  return hash.digest('hex');
}

function unknownFiles(dir: string): Finding[] {
  const known = [...names.map((name) => `${name}.yaml`), ...laterFiles];
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
