import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/traps.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (H|S|D|B)\d+ \|/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

/** `folder/file` and a part of the test's name, as it stands in the source. */
const cited = rows.flatMap(([id = '', , , tests = '']) =>
  [...tests.matchAll(/`([\w/-]+)` ([^`]+?)(?=<br>|$)/g)].map(([, file = '', name = '']) => ({ id, file, name })),
);

describe('docs/traps.md', () => {
  it.each(['H', 'S', 'D'])('lists all fifteen traps of %s, each with a test', (kind) => {
    const ids = rows.flatMap(([id]) => (id?.startsWith(kind) ? [id] : []));
    expect(ids).toEqual(Array.from({ length: 15 }, (_, index) => `${kind}${index + 1}`));
  });

  it('leaves nothing without a test', () => {
    const empty = rows.filter(([id]) => !cited.some((one) => one.id === id));
    expect(empty).toEqual([]);
  });

  it('numbers its bad input without a gap', () => {
    const ids = rows.flatMap(([id]) => (id?.startsWith('B') ? [id] : []));
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => `B${index + 1}`));
    expect(ids.length).toBeGreaterThanOrEqual(34);
  });

  it.each(cited)('$id: $file has "$name"', ({ file, name }) => {
    const path = join(root, 'test', `${file}.test.ts`);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(name);
  });
});
