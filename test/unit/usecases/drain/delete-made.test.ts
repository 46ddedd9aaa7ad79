import { expect, it } from 'vitest';
import type { RecordResult } from '../../../../src/ports/ledger-result.ts';
import { deleteMade } from '../../../../src/usecases/drain/delete-made.ts';
import { givenClaimed } from './given.ts';

const of = { system: 'hubspot', object: 'contact' } as const;
const counterpart = { object: 'Lead', id: '00Q1' } as const;
const claimed = givenClaimed({ priority: 4 });

/** Of a record that was read so long ago: what was deleted, and what was committed. */
async function deleted(ageMs: number, isBackground: boolean) {
  const now = 1_000_000;
  const ids: string[] = [];
  const results: RecordResult[] = [];
  const { signal } = new AbortController();
  const claim = { token: 'token', leaseMs: 1, records: [claimed] };
  const spend = { priority: 4, prepaid: 0 } as const;
  const batch = { claim, leasedUntilMs: now + 1e6, readAtMs: now - ageMs, spend, signal, isBackground };
  await deleteMade(
    {
      ledger: {
        reserve: async (_token, _version, reservations) =>
          reservations.map(({ contactId }) => ({ contactId, ok: true, pairId: '3', intentId: '7' })),
        commit: async (_token, _version, given) => {
          results.push(...given);
          return { intentIds: new Map(), stale: [], poisoned: [] };
        },
        renew: async () => new Set(['1']),
      },
      salesforce: {
        deleteRecords: async (wanted) => {
          ids.push(...wanted);
          return new Map(wanted.map((id) => [id, null]));
        },
      },
      clock: { now: () => now, random: () => 0, sleep: async () => undefined },
      mappingVersion: 1,
    },
    batch,
    of,
    [{ claimed, hubspotIds: ['1'], counterpart, readAtMs: now - ageMs }],
  );
  return { ids, settle: results[0]?.settle };
}

it.each([
  { ageMs: 4_000, isBackground: false, isDeleted: true },
  { ageMs: 6_000, isBackground: false, isDeleted: false },
  { ageMs: 29_000, isBackground: true, isDeleted: true },
  { ageMs: 31_000, isBackground: true, isDeleted: false },
])('read $ageMs ms ago, in background work $isBackground: goes $isDeleted', async (given) => {
  const { ids, settle } = await deleted(given.ageMs, given.isBackground);
  expect(ids).toEqual(given.isDeleted ? ['00Q1'] : []);
  expect(settle).toMatchObject({ code: given.isDeleted ? 'revert_goes_on' : 'data_grew_old' });
});
