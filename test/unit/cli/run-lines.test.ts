import { describe, expect, it } from 'vitest';
import { renderRun } from '../../../src/cli/run-lines.ts';
import type { RunReport } from '../../../src/ports/ledger-runs.ts';

const run: RunReport = {
  id: '7',
  kind: 'backfill',
  object: 'contacts',
  state: 'ended',
  phase: 'draining',
  options: {},
  unknown: [],
  isDryRun: false,
  requestedBy: 'tester',
  stoppedReason: null,
  mappingVersion: 1,
  startedAtMs: 0,
  endedAtMs: 9_000,
  movedAtMs: 9_000,
  total: 5,
  creates: 0,
  changes: 0,
  createsLimit: 100,
  changesLimit: 100,
  forecast: null,
  counts: [{ kind: 'outcome', code: 'create', count: 5, samples: [] }],
  backlog: 0,
  reverts: null,
  revertedBy: [],
};

describe('the summary of a run', () => {
  it('says in observe mode that nothing was written, whatever its outcomes are called', () => {
    expect(renderRun(run, 10_000, 'observe').join('\n')).toContain('NOTHING WAS WRITTEN');
  });

  it.each([
    ['what is worked off is written', run, 'live'],
    ['the run has written before somebody changed the mode', { ...run, creates: 5 }, 'observe'],
    ['it is a dry run, which says so', { ...run, isDryRun: true }, 'observe'],
    ['nothing was looked at', { ...run, counts: [] }, 'observe'],
  ] as const)('does not say so where %s', (_why, report, mode) => {
    expect(renderRun(report, 10_000, mode).join('\n')).not.toContain('NOTHING WAS WRITTEN');
  });
});
