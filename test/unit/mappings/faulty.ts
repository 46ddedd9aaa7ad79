import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import { loadMappings } from '../../../src/mappings/load.ts';

const names = ['contacts', 'gate', 'lifecycle', 'owners', 'companies', 'deals'] as const;
type Name = (typeof names)[number];

type Changed = Partial<Record<Name | 'extra', string | null>>;

/** Loads the shipped mappings with some files replaced, or left out where null. Paths in findings are cut to the file's name. */
export function load(changed: Changed) {
  return inFolder(changed, (dir) => {
    const loaded = loadMappings(dir);
    const findings = loaded.ok ? loaded.warnings : loaded.findings;
    return {
      ok: loaded.ok,
      findings: findings.map((finding) => ({ ...finding, file: finding.file.slice(dir.length + 1) })),
    };
  });
}

/** The same, for files without faults. */
export function compiled(changed: Changed): CompiledMapping {
  return inFolder(changed, (dir) => {
    const loaded = loadMappings(dir);
    if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
    return loaded.mapping;
  });
}

function inFolder<Result>(changed: Changed, work: (dir: string) => Result): Result {
  const dir = mkdtempSync(join(tmpdir(), 'handoff-mappings-'));
  try {
    for (const name of names) {
      const text = changed[name] === undefined ? readFileSync(`mappings/${name}.yaml`, 'utf8') : changed[name];
      if (text !== null) writeFileSync(join(dir, `${name}.yaml`), text);
    }
    if (changed.extra) writeFileSync(join(dir, changed.extra), '');
    return work(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A shipped file with one piece of its text exchanged. */
export function shippedWith(name: Name, from: string, to: string): string {
  const text = readFileSync(`mappings/${name}.yaml`, 'utf8');
  if (!text.includes(from)) throw new Error(`${name}.yaml does not hold "${from}"`);
  return text.replace(from, to);
}

/** A shipped file that is switched on or off. */
export function switched(name: 'companies' | 'deals', how: 'on' | 'off'): string {
  return readFileSync(`mappings/${name}.yaml`, 'utf8').replace(/^sync: \w+$/m, `sync: ${how === 'on'}`);
}

/** The place that a faulty text marks with `^` on the line below: line and column from 1, and the text without that line. */
export function marked(text: string): { text: string; line: number; column: number } {
  const lines = text.replace(/^\n/, '').split('\n');
  const index = lines.findIndex((line) => /^ *\^$/.test(line));
  if (index < 0) throw new Error('no mark');
  const column = (lines[index]?.indexOf('^') ?? 0) + 1;
  return { text: lines.toSpliced(index, 1).join('\n'), line: index, column };
}
