import { z } from 'zod';
import type { Finding } from '../domain/finding.ts';
import { didYouMean } from './did-you-mean.ts';
import { type MappingFiles, type MappingName, mappingSchemas } from './schema.ts';
import { findingAtKey, findingAtPath, type Path, type YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** Checks the shape of one file; every fault has its place. */
export function checkShape<Name extends MappingName>(
  name: Name,
  source: YamlSource,
): { ok: true; file: MappingFiles[Name] } | { ok: false; findings: Finding[] } {
  const data = readData(source);
  if (data === null) return { ok: false, findings: [badAlias(source)] };
  // The schema of a name yields the file of that name; the compiler cannot follow a generic key.
  const schema: z.ZodType<MappingFiles[Name]> = mappingSchemas[name] as never;
  const result = schema.safeParse(data.value);
  if (result.success) return { ok: true, file: result.data };
  return { ok: false, findings: result.error.issues.flatMap((issue) => toFindings(source, name, issue)) };
}

/** An empty file is an empty map. Null: an alias leads nowhere, or to so much that it was refused. */
function readData({ document }: YamlSource): { value: unknown } | null {
  try {
    return { value: document.toJS() ?? {} };
  } catch {
    return null;
  }
}

function badAlias(source: YamlSource): Finding {
  return findingAtPath(source, [], {
    code: 'yaml_alias',
    what: 'An alias (*name) of this file cannot be followed.',
    why: 'Nothing of the file can be read.',
    fix: 'Write the value out where the alias stands.',
  });
}

function toFindings(source: YamlSource, name: MappingName, issue: Issue): Finding[] {
  const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(source, name, path, key));
  if (issue.code === 'invalid_union') return unionFindings(source, name, issue, path);
  const place = path.join('.') || 'The file';
  return [
    findingAtPath(source, path, {
      code: codeFor(source, path, issue.code === 'invalid_value' ? 'unknown_value' : 'wrong_shape'),
      what: `${place}: ${sentence(issue.message)}`,
      why: 'The mapping cannot be used until it says what it means.',
      fix: fixFor(source, issue, path),
    }),
  ];
}

function codeFor(source: YamlSource, path: Path, code: string): string {
  return source.document.getIn(path) === undefined ? 'missing_key' : code;
}

function fixFor(source: YamlSource, issue: Issue, path: Path): string {
  const written = source.document.getIn(path);
  if (written === undefined) return `Add ${path.at(-1) ?? 'it'} here.`;
  if (issue.code !== 'invalid_value') return 'Correct the value.';
  const known = issue.values.map(String);
  const near = didYouMean(String(written), known);
  return near === undefined ? `Use one of: ${known.join(', ')}.` : `Did you mean "${near}"?`;
}

/** Of a union the alternative that got farthest is the one that was meant: an object's inner fault, or a misspelt word. */
function unionFindings(
  source: YamlSource,
  name: MappingName,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
): Finding[] {
  const inner = issue.errors.flat();
  const deeper = inner.filter((each) => each.path.length > 0 || each.code === 'unrecognized_keys');
  if (deeper.length > 0) {
    return deeper.flatMap((each) => toFindings(source, name, { ...each, path: [...issue.path, ...each.path] }));
  }
  const word = inner.find((each) => each.code === 'invalid_value');
  return [
    findingAtPath(source, path, {
      code: codeFor(source, path, path.at(-1) === 'rule' ? 'unknown_rule' : 'wrong_shape'),
      what: `${path.join('.')}: ${sentence(issue.message)}`,
      why: 'The mapping cannot be used until it says what it means.',
      fix: word === undefined ? 'Correct the value.' : fixFor(source, word, path),
    }),
  ];
}

function unknownKey(source: YamlSource, name: MappingName, path: Path, key: string): Finding {
  const known = knownKeys(name, path);
  const near = didYouMean(key, known);
  return findingAtKey(source, path, key, {
    code: 'unknown_key',
    what: `${path.length === 0 ? 'The file' : path.join('.')} has an unknown key "${key}".`,
    why: 'A misspelt key would silently do nothing.',
    fix: near === undefined ? `Remove it, or use one of: ${known.join(', ')}.` : `Did you mean "${near}"?`,
  });
}

/** The keys that the schema knows at a path, read from the generated JSON Schema. */
function knownKeys(name: MappingName, path: Path): string[] {
  let here: unknown = z.toJSONSchema(mappingSchemas[name], { io: 'input' });
  for (const part of path) here = child(here, part);
  return alternatives(here).flatMap((schema) => Object.keys(schema.properties ?? {}));
}

type SchemaPart = { properties?: Record<string, unknown>; items?: unknown; anyOf?: unknown[] };

function alternatives(schema: unknown): SchemaPart[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const part: SchemaPart = schema;
  return [part, ...(part.anyOf ?? []).flatMap(alternatives)];
}

function child(schema: unknown, part: string | number): unknown {
  const found = alternatives(schema).map((each) => (typeof part === 'number' ? each.items : each.properties?.[part]));
  return found.find((each) => each !== undefined);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
