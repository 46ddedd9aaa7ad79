import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadFilesOrThrow } from '../../../src/service/mapping.ts';
import { proposeMapping } from '../../../src/service/mappings.ts';
import type { MappingDesk } from '../../../src/usecases/preview/mapping-desk.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mappings-'));
  cpSync('mappings', folder, { recursive: true });
  appendFileSync(join(folder, 'gate.yaml'), '\n  broken: [\n foo: "x\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('tells each place of a broken file once, with its line and the command that says more', async () => {
  const told: { sentence: string; file: unknown; line: unknown; code: unknown }[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: ({ file, line, code }: Readonly<Record<string, unknown>>, sentence: string) =>
      void told.push({ sentence, file: basename(String(file)), line, code }),
  };
  const desk = { propose: async () => loadFilesOrThrow(folder) } as unknown as MappingDesk;

  await proposeMapping(desk, log);

  const places = told.map(({ file, line, code }) => `${file}:${line} ${code}`);
  expect(places.length).toBeGreaterThan(1);
  expect(new Set(places).size, places.join(', ')).toBe(places.length);
  for (const { sentence, file, line } of told) {
    expect(sentence).toContain('the old mapping stays: see handoff check --offline');
    expect([file, line]).toEqual(['gate.yaml', expect.any(Number)]);
  }
});
