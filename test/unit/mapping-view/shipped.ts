import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { MappingContent } from '../../../src/domain/mapping-view/types.ts';
import { readContent } from '../../../src/mappings/content/read-content.ts';

const folder = resolve(import.meta.dirname, '../../../mappings');
const names = ['contacts', 'gate', 'lifecycle', 'owners', 'companies', 'deals'] as const;

/** Dotted paths and values by file, such as `{ gate: { below: 'continue' } }`; undefined: the line is taken out. */
export type Edits = Partial<Record<(typeof names)[number], Record<string, unknown>>>;

/** The shipped files with these edits, as a version keeps them. */
export function shippedTexts(edits: Edits = {}): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const document = parseDocument(readFileSync(resolve(folder, `${name}.yaml`), 'utf8'));
      for (const [path, value] of Object.entries(edits[name] ?? {})) {
        const keys = path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
        if (value === undefined) document.deleteIn(keys);
        else document.setIn(keys, value);
      }
      return [name, document.toString()];
    }),
  );
}

/** The same in words. */
export function contentWith(edits: Edits = {}): MappingContent {
  return readContent(shippedTexts(edits)).content;
}
