import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/traps.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (H|S|B)\d+ \|/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

/** `folder/file` and a part of the test's name, as it stands in the source. */
const cited = rows.flatMap(([id = '', , , tests = '']) =>
  [...tests.matchAll(/`([\w/-]+)` ([^`]+?)(?=<br>|$)/g)].map(([, file = '', name = '']) => ({ id, file, name })),
);

describe('docs/traps.md', () => {
  it('lists all fifteen traps of each vendor, each with a test or with the part of the product it belongs to', () => {
    const ids = rows.map(([id]) => id);
    for (const vendor of ['H', 'S']) {
      const wanted = Array.from({ length: 15 }, (_, index) => `${vendor}${index + 1}`);
      expect(ids.filter((id) => id?.startsWith(vendor))).toEqual(wanted);
    }
    const empty = rows.filter(
      ([id, , , tests = '']) => !tests.startsWith('later:') && !cited.some((one) => one.id === id),
    );
    expect(empty).toEqual([]);
  });

  it('leaves to later only what belongs to companies and deals', () => {
    const later = rows.filter(([, , , tests = '']) => tests.startsWith('later:'));
    expect(later.map(([id, , , tests]) => [id, tests])).toEqual([['H12', 'later: deals and companies (issue 4)']]);
  });

  it('numbers its bad input without a gap', () => {
    const ids = rows.flatMap(([id]) => (id?.startsWith('B') ? [id] : []));
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => `B${index + 1}`));
    expect(ids.length).toBeGreaterThanOrEqual(28);
  });

  it.each(cited)('$id: $file has "$name"', ({ file, name }) => {
    const path = join(root, 'test', `${file}.test.ts`);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(name);
  });
});
