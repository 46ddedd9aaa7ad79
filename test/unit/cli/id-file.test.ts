import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readIdFile, scanIdFile } from '../../../src/cli/id-file.ts';
import type { BackfillObject } from '../../../src/domain/runs/types.ts';

const folder = mkdtempSync(join(tmpdir(), 'handoff-ids-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(text: string): string {
  const path = join(folder, 'ids.csv');
  writeFileSync(path, text);
  return path;
}

async function idsOf(path: string, object: BackfillObject = 'contacts'): Promise<string[]> {
  const ids: string[] = [];
  for await (const portion of readIdFile(path, object)) ids.push(...portion);
  return ids;
}

describe('a file of ids', () => {
  it.each([
    ['one a line', '1\n2\n3\n'],
    ['without a line end at last', '1\n2\n3'],
    ['with the line ends of Windows', '1\r\n2\r\n3\r\n'],
    ['with blank lines', '\n1\n\n  \n2\n3\n\n'],
    ['with a header', 'Record ID\n1\n2\n3\n'],
    ['with a byte order mark', '\uFEFFRecord ID\n1\n2\n3\n'],
    ['as the first column of a table', '"Record ID","First Name"\n"1","Ann"\n2,Bob\n3;Cid\n'],
  ])('is read %s', async (_name, text) => {
    expect(await idsOf(fileOf(text))).toEqual(['1', '2', '3']);
    expect((await scanIdFile(fileOf(text), 'contacts')).count).toBe(3);
  });

  it('completes the short ids of Salesforce', async () => {
    expect(await idsOf(fileOf('Lead ID\n00Q000000000001\n00Q000000000001EAA\n'), 'leads')).toEqual([
      '00Q000000000001EAA',
      '00Q000000000001EAA',
    ]);
  });

  it('names the first ten lines that hold no id, and how many more there are', async () => {
    const path = fileOf(`1\n${'ann@example.com\n'.repeat(12)}2\n`);
    const refused = await scanIdFile(path, 'contacts').catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'id_file_faulty' });
    const { faults } = refused as { faults: string[] };
    expect(faults).toHaveLength(12);
    expect(faults[0]).toContain('ids.csv:2: ');
    expect(faults[10]).toContain('2 more lines');
    expect(faults[11]).toContain('an id is a number');
    // The values may be personal data.
    expect(faults.join()).not.toContain('ann@');
  });

  it.each([
    ['', 'id_file_empty'],
    ['\n\n', 'id_file_empty'],
    ['Record ID\n', 'id_file_empty'],
    ['Record ID\nName\n', 'id_file_faulty'],
  ])('that holds %j is refused', async (text, code) => {
    await expect(scanIdFile(fileOf(text), 'contacts')).rejects.toMatchObject({ code });
  });

  it('that is not there is refused', async () => {
    await expect(scanIdFile(join(folder, 'nothing.csv'), 'contacts')).rejects.toMatchObject({
      code: 'id_file_unreadable',
    });
  });

  it('of a million lines needs no memory for them', async () => {
    const path = join(folder, 'million.csv');
    const handle = openSync(path, 'w');
    for (let part = 0; part < 100; part += 1) {
      writeSync(
        handle,
        Array.from({ length: 10_000 }, (_, line) => `${100_000_000 + part * 10_000 + line}\n`).join(''),
      );
    }
    closeSync(handle);
    const { count, sample } = await scanIdFile(path, 'contacts');
    expect(count).toBe(1_000_000);
    expect(sample).toHaveLength(400);
    let [most, all] = [0, 0];
    for await (const portion of readIdFile(path, 'contacts')) {
      most = Math.max(most, portion.length);
      all += portion.length;
    }
    expect({ most, all }).toEqual({ most: 5_000, all: 1_000_000 });
  }, 60_000);
});
