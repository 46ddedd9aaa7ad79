import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadMappings } from '../../src/mappings/load.ts';
import { mappingSchemas } from '../../src/mappings/schema.ts';

const root = join(import.meta.dirname, '../..');

/** The YAML of a page, its blocks joined: on the pages about mappings they are the parts of one file. */
function yamlOf(page: string): string {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block).join('\n');
}

describe('the examples of the documentation', () => {
  it.each([
    { page: 'docs/mappings.md', file: 'contacts.yaml' },
    { page: 'docs/gate.md', file: 'gate.yaml' },
  ])('$page shows a $file that loads and whose examples hold', ({ page, file }) => {
    const dir = mkdtempSync(join(tmpdir(), 'handoff-docs-'));
    try {
      cpSync(join(root, 'mappings'), dir, { recursive: true });
      writeFileSync(join(dir, file), yamlOf(page));

      const loaded = loadMappings(dir);

      expect(loaded.ok ? loaded.warnings : loaded.findings).toEqual([]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('the README shows a part of contacts.yaml', () => {
    expect(mappingSchemas.contacts.safeParse(parse(yamlOf('README.md'))).error).toBeUndefined();
  });
});
