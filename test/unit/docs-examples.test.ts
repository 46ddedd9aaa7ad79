import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { loadMappings } from '../../src/mappings/load.ts';
import { mappingSchemas } from '../../src/mappings/schema.ts';

const root = join(import.meta.dirname, '../..');

/** The YAML of a page that belongs to a file, its blocks joined; a block that begins with the name of another file is that one's. */
function yamlOf(page: string, file: string): string {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
  return blocks.filter((block) => (/^# (\w+\.yaml)\n/.exec(block)?.[1] ?? mainFiles[page]) === file).join('\n');
}

/** The file that a page is about. */
const mainFiles: Readonly<Record<string, string>> = {
  'docs/mappings.md': 'contacts.yaml',
  'docs/gate.md': 'gate.yaml',
  'README.md': 'contacts.yaml',
};

const recycles = z.strictObject({ recycle: z.array(z.record(z.string(), z.unknown())) });

describe('the examples of the documentation', () => {
  it.each([
    { page: 'docs/mappings.md', file: 'contacts.yaml' },
    { page: 'docs/mappings.md', file: 'owners.yaml' },
    { page: 'docs/gate.md', file: 'gate.yaml' },
  ])('$page shows a $file that loads and whose examples hold', ({ page, file }) => {
    const dir = mkdtempSync(join(tmpdir(), 'handoff-docs-'));
    try {
      cpSync(join(root, 'mappings'), dir, { recursive: true });
      writeFileSync(join(dir, file), yamlOf(page, file));

      expect(yamlOf(page, file)).not.toBe('');
      const loaded = loadMappings(dir);

      expect(loaded.ok ? loaded.warnings : loaded.findings).toEqual([]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('docs/lifecycle.md shows a recycle by lost deals that loads beside the shipped ones', () => {
    const dir = mkdtempSync(join(tmpdir(), 'handoff-docs-'));
    try {
      cpSync(join(root, 'mappings'), dir, { recursive: true });
      const shipped = parse(readFileSync(join(dir, 'lifecycle.yaml'), 'utf8'));
      const [block = ''] = /```yaml\n.*?```/s.exec(readFileSync(join(root, 'docs/lifecycle.md'), 'utf8')) ?? [];
      const { recycle } = recycles.parse(parse(block.replaceAll(/```(yaml)?/g, '')));
      const joined = { ...shipped, recycle: [...shipped.recycle, ...recycle] };
      writeFileSync(join(dir, 'lifecycle.yaml'), stringify(joined));

      const loaded = loadMappings(dir);

      expect(recycle).toMatchObject([{ opportunity: 'lost' }]);
      expect(loaded.ok ? loaded.warnings : loaded.findings).toEqual([]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('the README shows a part of contacts.yaml', () => {
    expect(mappingSchemas.contacts.safeParse(parse(yamlOf('README.md', 'contacts.yaml'))).error).toBeUndefined();
  });
});
