import { describe, expect, it } from 'vitest';
import {
  codeWords,
  countGroups,
  filterWords,
  foreseen,
  isOver,
  nextStep,
  pollMs,
  putBack,
  type Run,
  runTitle,
  shareDone,
  stateOf,
  titleOf,
} from '../../../../web/src/pages/runs/run-words.ts';

const run: Run = {
  id: '7',
  kind: 'backfill',
  object: 'contacts',
  state: 'running',
  phase: 'listing',
  unknown: [],
  dryRun: false,
  requestedBy: 'ann',
  stoppedReason: null,
  filter: {},
  mappingVersion: 1,
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt: null,
  movedAt: null,
  progress: {
    done: 0,
    total: null,
    created: 0,
    changed: 0,
    skipped: {},
    failed: 0,
    ratePerSecond: 0,
    secondsLeft: null,
  },
  limits: { creates: 50, changes: 50 },
  forecast: null,
  counts: [],
  backlog: 0,
  reverts: null,
  revertedBy: [],
};

describe('the title of a run', () => {
  it.each([
    [{}, 'Backfill of contacts'],
    [{ dryRun: true }, 'Dry run: backfill of contacts'],
    [{ kind: 'revert', object: null, reverts: '3' }, 'Revert of run 3'],
    [{ kind: 'revert', object: null, reverts: '3', dryRun: true }, 'Dry run: revert of run 3'],
    [{ kind: 'comparison', object: null }, 'Comparison of both CRMs'],
    [{ kind: 'unknown', object: null }, 'Run of another version'],
  ] as const)('%j is called %s', (more, title) => {
    expect(runTitle({ ...run, ...more })).toBe(title);
  });

  it('names live sync by its day in UTC', () => {
    expect(titleOf({ ...run, kind: 'live', object: null })).toBe('Live sync of 22 Nov 2026');
  });
});

describe('the state of a run', () => {
  it.each([
    ['running', 'Running', 'info', false, 2_000],
    ['paused', 'Paused', 'warning', false, false],
    ['stopped', 'Stopped by its limit', 'error', false, false],
    ['review', 'Waits for a choice', 'warning', false, false],
    ['ended', 'Done', 'ok', true, false],
    ['cancelled', 'Cancelled', 'quiet', true, false],
    ['failed', 'Failed', 'error', true, false],
    ['unknown', 'Unknown state', 'warning', false, false],
  ] as const)('%s is told as %s in the tone %s; over: %s; asked for every %s ms', (state, text, tone, over, every) => {
    const one = { ...run, state };
    expect([stateOf(one), isOver(one), pollMs(one)]).toEqual([{ text, tone }, over, every]);
  });

  it('is asked for less often of live sync, and not before anything is known', () => {
    expect([pollMs({ ...run, kind: 'live' }), pollMs(undefined)]).toEqual([15_000, false]);
  });
});

describe('what comes next', () => {
  it.each([
    [{ state: 'running' }, null],
    [{ state: 'ended' }, null],
    [{ state: 'ended', dryRun: true }, /^Nothing was written/],
    [{ state: 'ended', counts: [{ kind: 'listed', code: 'marked', count: 1, samples: [] }] }, /^Live sync had these/],
    [{ state: 'stopped' }, /approve it/],
    [{ state: 'stopped', kind: 'live' }, /^Live sync came to its safety limit/],
    [{ state: 'paused' }, /^A person holds it/],
    [{ state: 'paused', stoppedReason: 'mapping_changed' }, /^Another mapping was activated/],
    [{ state: 'review', kind: 'rebuild' }, /`handoff rebuild --policy keep`/],
    [{ state: 'failed', stoppedReason: 'ids_incomplete' }, /not all of the ids/],
    [{ state: 'failed', stoppedReason: 'list_gone' }, /List gone/],
    [{ state: 'failed' }, /Unknown cause/],
    [{ state: 'running', kind: 'unknown', unknown: ['kind merge'] }, /another version.*kind merge/i],
    [{ state: 'cancelled', kind: 'unknown', unknown: ['kind merge'] }, null],
  ] as const)('%j: %s', (more, step) => {
    const told = nextStep({
      ...run,
      ...more,
      unknown: 'unknown' in more ? [...more.unknown] : [],
      counts: 'counts' in more ? more.counts.map((count) => ({ ...count, samples: [...count.samples] })) : [],
    });
    if (step === null) expect(told).toBeNull();
    else expect(told).toMatch(step);
  });
});

describe('what a run is about', () => {
  it('tells its filter in words', () => {
    const filter = { stage: 'lead', list: '12', where: 'contact.x', hasIds: true };
    expect(filterWords({ filter })).toEqual([
      'at stage lead',
      'in HubSpot list 12',
      'where contact.x',
      'with ids that were given one by one',
    ]);
    expect(filterWords({ filter: { since: '2026-01-31T00:00:00.000Z' } })[0]).toMatch(/^changed since 31 Jan 2026/);
  });

  it('foresees with a dry run alone, by its forecast or else by what it has planned so far', () => {
    const progress = { ...run.progress, created: 1, changed: 2 };
    expect(foreseen({ ...run, progress })).toBeNull();
    expect(foreseen({ ...run, dryRun: true, progress })).toBe('1 record would be created and 2 records changed.');
  });

  it.each([
    [{ done: 0, total: null }, null],
    [{ done: 0, total: 0 }, 1],
    [{ done: 1, total: 4 }, 0.25],
    [{ done: 5, total: 4 }, 1],
  ])('of %j the share that is done is %s', (more, share) => {
    expect(shareDone({ ...run, progress: { ...run.progress, ...more } })).toBe(share);
  });
});

describe('the counts of a run', () => {
  const counts: Run['counts'] = [
    { kind: 'outcome', code: 'update', count: 1, samples: [] },
    { kind: 'put_back', code: 'hubspot', count: 2, samples: [] },
    { kind: 'put_back', code: 'salesforce', count: 3, samples: [] },
    { kind: 'put_back', code: 'deleted', count: 4, samples: [] },
    { kind: 'left', code: 'changed_since', count: 5, samples: [] },
    { kind: 'outcome', code: 'create', count: 9, samples: [] },
  ];

  it('stand in groups, the largest first', () => {
    expect(countGroups({ counts }).map(({ kind, counts: own }) => [kind, own.map(({ count }) => count)])).toEqual([
      ['outcome', [9, 1]],
      ['put_back', [4, 3, 2]],
      ['left', [5]],
    ]);
  });

  it('of a revert: fields, records it deletes, and what it leaves', () => {
    expect(putBack({ counts })).toEqual({ fields: 5, deleted: 4, left: 5 });
  });

  it.each([
    ['outcome', 'create', 'Created in Salesforce'],
    ['left', 'record_gone', 'The record was deleted since, or belongs to another one now.'],
    ['outcome', 'brand_new', 'Brand new'],
  ] as const)('of %s the code %s is told as %s', (kind, code, text) => {
    expect(codeWords({ kind, code })).toBe(text);
  });
});
