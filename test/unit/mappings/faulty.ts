import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMappings } from '../../../src/mappings/load.ts';

const names = ['contacts', 'gate', 'lifecycle', 'owners'] as const;
type Name = (typeof names)[number];

/** Loads the shipped mappings with some files replaced, or left out where null. Paths in findings are cut to the file's name. */
export function load(changed: Partial<Record<Name | 'extra', string | null>>) {
  const dir = mkdtempSync(join(tmpdir(), 'handoff-mappings-'));
  try {
    for (const name of names) {
      const text = changed[name] === undefined ? readFileSync(`mappings/${name}.yaml`, 'utf8') : changed[name];
      if (text !== null) writeFileSync(join(dir, `${name}.yaml`), text);
    }
    if (changed.extra) writeFileSync(join(dir, changed.extra), '');
    const loaded = loadMappings(dir);
    const findings = loaded.ok ? loaded.warnings : loaded.findings;
    return {
      ok: loaded.ok,
      findings: findings.map((finding) => ({ ...finding, file: finding.file.slice(dir.length + 1) })),
    };
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
