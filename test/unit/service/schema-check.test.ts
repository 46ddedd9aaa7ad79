import { expect, it, vi } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import { createSchemaCheck } from '../../../src/service/schema-check.ts';
import type { RecordSchemasPorts } from '../../../src/usecases/record-schemas.ts';

const away = async () => {
  throw new SyncError('retryable', 'hubspot_unreachable', 'Away.');
};
const ports = {
  hubspot: { properties: away },
  salesforce: { describe: async () => [] },
} as unknown as RecordSchemasPorts;
const on = { company: { isOn: true }, deal: { isOn: false } } as never;
const off = { company: { isOn: false }, deal: { isOn: false } } as never;

function given(mapping: never) {
  let now = 0;
  const errors: object[] = [];
  const log = { warn: () => {}, error: (facts: object) => void errors.push(facts) };
  const check = createSchemaCheck({ ports, mapping, clock: { now: () => now }, log });
  const later = (ms: number) => {
    now += ms;
  };
  return { check, errors, later };
}

it('checks once at the first question, logs each error, and looks again when it may have been mended', async () => {
  const { check, errors, later } = given(on);

  expect(check()).toBeNull();
  await vi.waitFor(() => expect(check()).toEqual({ ok: false, detail: expect.stringContaining('1 of its lines') }));
  expect(errors).toEqual([{ code: 'hubspot_unreachable', file: '', line: 0 }]);
  later(11 * 60_000);
  check();
  await vi.waitFor(() => expect(errors).toHaveLength(2));
});

it('asks nobody where both kinds are off', () => {
  const { check, errors } = given(off);

  expect([check(), check(), errors]).toEqual([null, null, []]);
});
