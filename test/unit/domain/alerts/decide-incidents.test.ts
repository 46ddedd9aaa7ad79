import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '../../../../src/domain/alerts/types.ts';
import { createRounds, facts, hour, minute, now, source } from './given.ts';

/** Rounds, a minute apart; each tells what is wrong at its time, counted from then. */
function play(rounds: readonly ((atMs: number) => Partial<AlertFacts>)[]) {
  const played = createRounds();
  for (const [index, changes] of rounds.entries()) {
    const nowMs = now + index * minute;
    played.round(facts({ nowMs, workerSeenMs: nowMs, sources: [], ...changes(nowMs) }));
  }
  return played;
}

const well = () => ({});
const late = (atMs: number) => ({ oldestDueMs: atMs - hour });
const lost = (atMs: number) => ({
  waits: [{ system: 'hubspot', untilMs: atMs + minute, code: 'hubspot_unauthorised', isAuth: true }] as const,
});
const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);
const tellings = ({ told }: ReturnType<typeof play>) => told.map(({ tells, key }) => `${tells} ${key.trim()}`);

describe('incidents: told once when they begin and once when they end', () => {
  it('tells a lost authorisation at once, and its end after a minute without it', () => {
    const played = play([...times(3, lost), ...times(5, well)]);

    expect(tellings(played)).toStrictEqual(['opening auth_lost hubspot', 'ending auth_lost hubspot']);
    expect(played.told.map(({ atMs }) => (atMs - now) / minute)).toStrictEqual([0, 4]);
  });

  it('tells what has lasted for two minutes, and forgets what has not', () => {
    expect(tellings(play([late, late, well, well]))).toStrictEqual([]);
    expect(tellings(play([late, late, late, late]))).toStrictEqual(['opening work_late']);
  });

  it('is open still while it is over only now and then', () => {
    const played = play([...times(3, late), ...times(10, [well, well, well, late]).flat()]);

    expect(tellings(played)).toStrictEqual(['opening work_late']);
  });

  it('changes nothing while something else keeps it from being judged', () => {
    const both = (atMs: number) => ({ ...late(atMs), ...lost(atMs) });
    const played = play([...times(3, late), ...times(30, both)]);

    expect(played.open().toSorted()).toStrictEqual(['auth_lost hubspot', 'work_late']);
    expect(played.told.filter(({ tells }) => tells === 'ending')).toStrictEqual([]);
  });

  it('begins to count anew where nobody looked for a while', () => {
    const played = createRounds();
    const lateAt = (nowMs: number) => facts({ nowMs, workerSeenMs: nowMs, sources: [], oldestDueMs: nowMs - hour });
    played.round(lateAt(now));
    played.round(lateAt(now + hour));

    expect(tellings(played)).toStrictEqual([]);
  });

  it('a run that is gone, or a field that was thawed, is over', () => {
    const frozen = () => ({ frozen: [{ system: 'hubspot', field: 'phone', records: 1, sinceMs: now } as const] });
    const played = play([...times(2, frozen), ...times(4, well)]);

    expect(tellings(played)).toStrictEqual(['opening field_frozen hubspot phone', 'ending field_frozen hubspot phone']);
  });

  it('another severity is no other incident', () => {
    const share = (ours: number) => () => ({
      budgets: [{ system: 'salesforce', ours, allowed: 100, everybody: null, limit: null } as const],
    });

    expect(tellings(play([share(91), share(101), share(92)]))).toStrictEqual([
      'opening budget_nearly_spent salesforce',
    ]);
  });
});

const anyFacts: fc.Arbitrary<Partial<AlertFacts>> = fc.record({
  oldestDueMs: fc.constantFrom(null, now - hour),
  failures: fc.record({
    lastHour: fc.integer({ min: 0, max: 40 }),
    dayBefore: fc.integer({ min: 0, max: 400 }),
    commonCode: fc.constant(null),
  }),
  pausedSinceMs: fc.constantFrom(null, now - hour, now - 48 * hour),
  budgets: fc
    .integer({ min: 0, max: 110 })
    .map((ours) => [{ system: 'salesforce' as const, ours, allowed: 100, everybody: null, limit: null }]),
  waits: fc.constantFrom<AlertFacts['waits']>(
    [],
    [{ system: 'hubspot', untilMs: now + 999 * hour, code: 'hubspot_unauthorised', isAuth: true }],
    [{ system: 'salesforce', untilMs: now - hour, code: 'salesforce_unauthorised', isAuth: true }],
  ),
  sources: fc.constantFrom([], [source('salesforce.Lead.fast', { atMs: now - 2 * hour, lateAfterMs: minute })]),
  workerSeenMs: fc.constantFrom(null, now + 999 * hour),
  runs: fc.subarray([
    { id: '1', kind: 'backfill', object: 'deals', state: 'stopped', reason: null, sinceMs: now },
    { id: '2', kind: 'comparison', object: null, state: 'failed', reason: 'x', sinceMs: now },
  ]),
});

describe('incidents: whatever happens', () => {
  it('the same facts, round after round, begin each incident once and end none', () => {
    fc.assert(
      fc.property(anyFacts, (changes) => {
        const { told } = play(times(30, () => changes));
        const keys = told.map(({ key }) => key);

        expect(told.filter(({ tells }) => tells === 'ending')).toStrictEqual([]);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 60 },
    );
  });

  it('each incident begins once, ends at most once, and at most one of a kind is open', () => {
    fc.assert(
      fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 60 }), (rounds) => {
        const { told } = play(rounds.map((changes) => () => changes));
        const open = new Set<string>();
        for (const { tells, key, id } of told) {
          expect(open.has(key)).toBe(tells === 'ending');
          if (tells === 'opening') open.add(key);
          else open.delete(key);
          expect(told.filter((other) => other.id === id && other.tells === tells)).toHaveLength(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('once all is well for half an hour nothing is open but what a person must judge', () => {
    fc.assert(
      fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 20 }), (rounds) => {
        const played = play([...rounds.map((changes) => () => changes), ...times(30, well)]);

        expect(played.open()).toStrictEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
