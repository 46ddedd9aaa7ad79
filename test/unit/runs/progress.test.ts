import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/ports/ledger-runs.ts';
import { progressOf } from '../../../src/usecases/runs/progress.ts';

const run: RunReport = {
  id: '7',
  kind: 'backfill',
  object: 'contacts',
  state: 'running',
  phase: 'listing',
  options: {},
  unknown: [],
  isDryRun: false,
  requestedBy: 'tester',
  stoppedReason: null,
  mappingVersion: 1,
  startedAtMs: 0,
  endedAtMs: null,
  movedAtMs: null,
  total: 1_000,
  creates: 20,
  changes: 5,
  createsLimit: 100,
  changesLimit: 100,
  forecast: null,
  counts: [
    { kind: 'listed', code: 'below_gate', count: 160, samples: [] },
    { kind: 'listed', code: 'marked', count: 40, samples: [] },
    { kind: 'outcome', code: 'create', count: 20, samples: [] },
    { kind: 'outcome', code: 'unchanged', count: 4, samples: [] },
    { kind: 'outcome', code: 'failed', count: 1, samples: [] },
  ],
  backlog: 10,
  reverts: null,
  revertedBy: [],
};

describe('the progress of a run', () => {
  it('counts what is listed and worked off, and says how long the rest takes', () => {
    expect(progressOf(run, 19_000)).toEqual({
      done: 190,
      total: 1_000,
      created: 20,
      changed: 5,
      skipped: { below_gate: 160, unchanged: 4 },
      failed: 1,
      ratePerSecond: 10,
      secondsLeft: 81,
    });
  });

  it('knows how many there are once all are listed', () => {
    expect(progressOf({ ...run, phase: 'draining' }, 19_000)).toMatchObject({ total: 200, secondsLeft: 1 });
  });

  it('never shows fewer in all than were done', () => {
    expect(progressOf({ ...run, total: 100 }, 19_000).total).toBe(200);
  });

  it('does not say how long a run takes that does not go on', () => {
    expect(progressOf({ ...run, state: 'paused', movedAtMs: 19_000 }, 999_000)).toMatchObject({
      secondsLeft: null,
      ratePerSecond: 10,
    });
  });

  it('has nothing left once it has ended', () => {
    expect(progressOf({ ...run, state: 'ended', backlog: 0, endedAtMs: 20_000 }, 999_000)).toMatchObject({
      done: 200,
      total: 200,
      secondsLeft: 0,
      ratePerSecond: 10,
    });
  });

  it.each([
    ['comparison', 'hubspot.contact'],
    ['rebuild', 'contact.by_property'],
  ] as const)('takes what a %s has read for no records that were skipped, and guesses no end', (kind, code) => {
    const counts = [
      { kind: 'listed', code, count: 1_200, samples: [] },
      { kind: 'outcome', code: 'unchanged', count: 3, samples: [] },
    ] as const;
    const listing = { ...run, kind, object: null, counts };
    expect(progressOf(listing, 19_000)).toMatchObject({ total: null, secondsLeft: null, skipped: { unchanged: 3 } });
    expect(progressOf({ ...listing, phase: 'draining' }, 19_000)).toMatchObject({ done: 1_190, total: 1_200 });
  });

  it('tells of a dry run what would be', () => {
    const forecast = {
      ...{ isExact: true, records: 200, sampled: 200, creates: 33, changes: 4, durationMs: 0 },
      calls: { hubspot: 0, salesforce: 0 },
      callsLeft: { hubspot: null, salesforce: null },
    };
    expect(progressOf({ ...run, isDryRun: true, creates: 0, changes: 0, forecast }, 1_000)).toMatchObject({
      created: 33,
      changed: 4,
    });
  });
});
