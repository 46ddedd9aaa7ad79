import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import { idNames } from '../../../src/domain/record.ts';
import { SyncError } from '../../../src/errors.ts';
import { loadMappings } from '../../../src/mappings/load.ts';
import { createSchemaCheck } from '../../../src/service/schema-check.ts';
import { fieldLines } from '../../../src/usecases/field-lines.ts';
import type { RecordSchemasPorts } from '../../../src/usecases/record-schemas.ts';
import { field, property } from '../live-schemas.ts';

type Properties = Awaited<ReturnType<RecordSchemasPorts['hubspot']['properties']>>;

const away = async () => {
  throw new SyncError('retryable', 'hubspot_unreachable', 'Away.');
};
const off = { company: { isOn: false }, deal: { isOn: false } } as never;

/** The shipped companies.yaml with two CRMs that have nothing at all, so that every line is wrong. */
function shipped() {
  const folder = mkdtempSync(join(tmpdir(), 'handoff-schema-check-'));
  try {
    cpSync(join(import.meta.dirname, '../../../mappings'), folder, { recursive: true });
    const deals = readFileSync(join(folder, 'deals.yaml'), 'utf8');
    writeFileSync(join(folder, 'deals.yaml'), deals.replace(/^sync: true$/m, 'sync: false'));
    const loaded = loadMappings(folder);
    if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
    return loaded.mapping;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All that companies.yaml asks for. */
function fieldsOf(mapping: CompiledMapping) {
  const lines = fieldLines(mapping, 'company').flatMap(({ salesforce }) => salesforce.Account ?? []);
  return [...new Set([...lines, idNames.company.field])].map((name) => field(name, { externalId: true, unique: true }));
}

const propertiesOf = ({ company }: CompiledMapping) =>
  company.hubspotProperties.map((name) => property(name, { hasUniqueValue: true }));

function given(mapping: CompiledMapping, properties: () => Promise<Properties>) {
  let now = 0;
  const [errors, warnings]: [object[], object[]] = [[], []];
  const log = { warn: (facts: object) => void warnings.push(facts), error: (facts: object) => void errors.push(facts) };
  const ports = {
    hubspot: { properties },
    salesforce: { describe: async () => fieldsOf(mapping) },
  } as unknown as RecordSchemasPorts;
  const check = createSchemaCheck({ ports, mapping, clock: { now: () => now }, log });
  const later = (ms: number) => {
    now += ms;
  };
  return { check, errors, warnings, later };
}

const minute = 60_000;

it('checks once at the first question, logs each error by its line, and looks again when it may have been mended', async () => {
  const { check, errors, later } = given(shipped(), async () => []);

  expect(check()).toBeNull();
  await vi.waitFor(() => expect(check()).toEqual({ ok: false, detail: expect.stringContaining('lines do not fit') }));
  const count = errors.length;
  expect(errors).toContainEqual({
    code: 'unknown_property',
    file: expect.stringMatching(/companies.yaml$/),
    line: expect.any(Number),
  });
  later(11 * minute);
  check();
  await vi.waitFor(() => expect(errors).toHaveLength(2 * count));
});

it('does not take a CRM that does not answer for a mapping that does not fit, and asks again', async () => {
  const { check, errors, warnings, later } = given(shipped(), away);

  check();
  await vi.waitFor(() => expect(check()).toEqual({ ok: false, detail: 'not compared yet: hubspot_unreachable' }));
  expect([errors, warnings]).toEqual([[], [{ code: 'hubspot_unreachable' }]]);
  later(11 * minute);
  check();
  await vi.waitFor(() => expect(warnings).toHaveLength(2));
});

it('looks again a day later where all fits, and keeps what it knew where a CRM does not answer then', async () => {
  const mapping = shipped();
  const properties = vi.fn(async () => propertiesOf(mapping));
  const { check, warnings, later } = given(mapping, properties);

  check();
  await vi.waitFor(() => expect(check()).toEqual({ ok: true, detail: 'fits what the CRMs have' }));
  later(23 * 60 * minute);
  check();
  expect(properties).toHaveBeenCalledTimes(1);
  properties.mockImplementationOnce(away);
  later(60 * minute);
  check();
  await vi.waitFor(() => expect(warnings).toContainEqual({ code: 'hubspot_unreachable' }));
  expect(check()).toMatchObject({ ok: true });
  properties.mockImplementationOnce(async () => []);
  later(10 * minute);
  check();
  await vi.waitFor(() => expect(check()).toMatchObject({ ok: false }));
});

it('asks nobody where both kinds are off', () => {
  const { check, errors } = given(off, away);

  expect([check(), check(), errors]).toEqual([null, null, []]);
});
