import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar } from 'yaml';
import type { Finding, Place } from '../domain/finding.ts';

/** A way into a document: keys and indexes. */
export type Path = readonly (string | number)[];

/** What a finding says, without its place. */
export type Complaint = Pick<Finding, 'code' | 'what' | 'why' | 'fix'> & { severity?: Finding['severity'] };

/** One mapping file as text and as a tree that knows where each value stands. */
export type YamlSource = {
  file: string;
  text: string;
  document: Document;
  lines: LineCounter;
};

export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  return { file, text, lines, document: parseDocument(text, { lineCounter: lines, prettyErrors: false }) };
}

/** What YAML itself refuses: each fault with its place. */
export function syntaxFindings(source: YamlSource): Finding[] {
  return source.document.errors.map((error) =>
    findingAt(source, error.pos[0], {
      code: 'yaml_syntax',
      what: `The file is not valid YAML: ${error.message}.`,
      why: 'Nothing of it can be read.',
      fix: 'Check indentation, quotes and brackets at this place.',
    }),
  );
}

/** A finding at the value of a path, or at the nearest thing above it that exists. */
export function findingAtPath(source: YamlSource, path: Path, complaint: Complaint): Finding {
  return findingAt(source, offsetOf(source, path), complaint);
}

/** A finding at the key itself, for keys that should not be there. */
export function findingAtKey(source: YamlSource, path: Path, key: string, complaint: Complaint): Finding {
  const parent = path.length === 0 ? source.document.contents : source.document.getIn(path, true);
  const pair = isMap(parent)
    ? parent.items.find(({ key: node }) => isScalar(node) && String(node.value) === key)
    : undefined;
  const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  return findingAt(source, offset ?? offsetOf(source, path), complaint);
}

/** A finding inside the text of a scalar, such as the caret of an expression. `inside` counts characters of the value, from 0. */
export function findingInside(source: YamlSource, path: Path, inside: number, complaint: Complaint): Finding {
  const node = source.document.getIn(path, true);
  const start = offsetOf(source, path);
  if (!isScalar(node)) return findingAt(source, start, complaint);
  return findingAt(source, offsetInside(source.text, start, node, inside), complaint);
}

function offsetInside(text: string, start: number, node: Scalar, inside: number): number {
  if (node.type === Scalar.PLAIN) return start + inside;
  if (node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE) return start + 1 + inside;
  // A block: the text begins on the line after | or >, and the indent of its first line is not part of it.
  const before = String(node.value).slice(0, inside).split('\n');
  let lineStart = text.indexOf('\n', start) + 1;
  const indent = /^ */.exec(text.slice(lineStart))?.[0].length ?? 0;
  for (let skipped = 1; skipped < before.length; skipped++) lineStart = text.indexOf('\n', lineStart) + 1;
  return lineStart + indent + (before.at(-1)?.length ?? 0);
}

function offsetOf(source: YamlSource, path: Path): number {
  let node: unknown = source.document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const part of path) {
    node = childOf(node, part);
    if (node === undefined) break;
    offset = rangeStart(node) ?? offset;
  }
  return offset;
}

/** A key is compared as text: `1: Yes` is the entry "1" of a value map. */
function childOf(node: unknown, part: string | number): unknown {
  if (isSeq(node)) return node.items[Number(part)];
  if (!isMap(node)) return undefined;
  return node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part))?.value ?? undefined;
}

function rangeStart(node: unknown): number | undefined {
  return typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range?.[0] : undefined;
}

function findingAt(source: YamlSource, offset: number, { severity = 'error', ...complaint }: Complaint): Finding {
  return { severity, ...complaint, ...placeAt(source, offset) };
}

/** Line and column count from 1. */
function placeAt(source: YamlSource, offset: number): Place {
  const { line, col } = source.lines.linePos(offset);
  return { file: source.file, line: Math.max(1, line), column: Math.max(1, col) };
}

/** The place of the value of a path, or of the nearest thing above it that exists. */
export function placeOf(source: YamlSource, path: Path): Place {
  return placeAt(source, offsetOf(source, path));
}
