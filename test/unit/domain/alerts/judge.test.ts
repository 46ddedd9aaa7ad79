import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/domain/alerts/judge.ts';
import type { AlertFacts, KnownIncident } from '../../../../src/domain/alerts/types.ts';
import { day, facts, hour, minute, now, source, watching, wrong } from './given.ts';

const authWait = (untilMs: number) => [
  { system: 'salesforce', untilMs, code: 'salesforce_unauthorised', isAuth: true } as const,
];
const budget = (changes: Partial<AlertFacts['budgets'][number]>) => [
  { system: 'salesforce', ours: 0, allowed: null, everybody: null, limit: null, ...changes } as const,
];
const run = (changes: Partial<AlertFacts['runs'][number]>) => [
  { id: '7', kind: 'backfill', object: 'contacts', state: 'stopped', reason: 'creates', sinceMs: now, ...changes },
];
const open = (code: KnownIncident['code'], subject = ''): KnownIncident => ({
  id: '1',
  code,
  subject,
  state: 'open',
  sinceMs: now - hour,
  suspectedMs: now - hour,
  judgedMs: now - minute,
  clearMs: null,
});

/** Of the lost authorisation of Salesforce. */
function verdictOf(given: AlertFacts, known: readonly KnownIncident[]): string | undefined {
  const { conditions } = judge(given, known, watching);
  return conditions.find(({ code, subject }) => code === 'auth_lost' && subject === 'salesforce')?.verdict;
}

describe('what is wrong, by what the ledger tells', () => {
  it.each<[string, Partial<AlertFacts>, string[]]>([
    ['nothing at all', {}, []],
    [
      'a source of Salesforce that was not read in time',
      { sources: [source('salesforce.Lead.fast', { atMs: now - 2 * hour })] },
      ['sync_lag salesforce'],
    ],
    [
      'a source that is read in time',
      { sources: [source('hubspot.contacts.modified', { atMs: now - 59 * minute })] },
      [],
    ],
    ['live work that is due for eleven minutes', { oldestDueMs: now - 11 * minute }, ['work_late']],
    ['live work that is due for nine minutes', { oldestDueMs: now - 9 * minute }, []],
    [
      'ten new failures where there are usually none',
      { failures: { lastHour: 10, dayBefore: 0, commonCode: 'owner_missing' } },
      ['failures_rising'],
    ],
    ['nine new failures', { failures: { lastHour: 9, dayBefore: 0, commonCode: null } }, []],
    [
      'twenty new failures where ten an hour are usual',
      { failures: { lastHour: 20, dayBefore: 240, commonCode: null } },
      [],
    ],
    [
      'thirty new failures where ten an hour are usual',
      { failures: { lastHour: 30, dayBefore: 240, commonCode: null } },
      ['failures_rising'],
    ],
    ['a pause for a lost authorisation', { waits: authWait(now + minute) }, ['auth_lost salesforce']],
    [
      'a pause for a rate limit',
      { waits: [{ system: 'hubspot', untilMs: now + minute, code: 'hubspot_rate_limit', isAuth: false }] },
      [],
    ],
    [
      '90 % of what we allow ourselves',
      { budgets: budget({ ours: 900, allowed: 1_000 }) },
      ['budget_nearly_spent salesforce'],
    ],
    ['89 % of what we allow ourselves', { budgets: budget({ ours: 899, allowed: 1_000 }) }, []],
    [
      'others who have spent 90 % of the vendor’s limit',
      { budgets: budget({ ours: 1, everybody: 9_000, limit: 10_000 }) },
      ['budget_nearly_spent salesforce'],
    ],
    ['a budget of which nobody knows the limit', { budgets: budget({ ours: 90_000 }) }, []],
    [
      'a spent day',
      {
        budgets: budget({ ours: 1 }),
        waits: [{ system: 'salesforce', untilMs: now + hour, code: 'daily_budget_spent', isAuth: false }],
      },
      ['budget_nearly_spent salesforce'],
    ],
    ['drift', { lastComparison: { runId: '3', endedAtMs: now - hour, drift: { unequal: 2 } } }, ['drift_found']],
    [
      'drift that people have decided on',
      {
        lastComparison: {
          runId: '3',
          endedAtMs: now - hour,
          drift: { held: 2, ended: 1, recycled: 4, not_backfilled: 9 },
        },
      },
      [],
    ],
    [
      'a comparison that is overdue',
      { comparisonOverdue: { sinceMs: now - 3 * day, runId: null } },
      ['comparison_overdue'],
    ],
    [
      'a frozen field on many records',
      { frozen: [{ system: 'hubspot', field: 'phone', records: 80, sinceMs: now - hour }] },
      ['field_frozen hubspot phone'],
    ],
    ['a run that its limit has stopped', { runs: run({}) }, ['run_needs_person 7']],
    ['a run that failed', { runs: run({ state: 'failed' }) }, ['run_needs_person 7']],
    ['a rebuild in review', { runs: run({ kind: 'rebuild', object: null, state: 'review' }) }, ['run_needs_person 7']],
    [
      'two days of live sync that its limit has stopped',
      { runs: [...run({ id: '8', kind: 'live', object: null }), ...run({ id: '9', kind: 'live', object: null })] },
      ['run_needs_person live'],
    ],
    ['no worker for two minutes', { workerSeenMs: now - 2 * minute }, ['no_worker']],
    ['no worker ever', { workerSeenMs: null }, ['no_worker']],
    ['writes that are paused for an hour', { pausedSinceMs: now - hour }, []],
    ['writes that are paused for 25 hours', { pausedSinceMs: now - 25 * hour }, ['paused_long']],
  ])('%s', (_what, changes, expected) => {
    expect(wrong(facts(changes))).toStrictEqual(expected);
  });
});

describe('one cause, one incident', () => {
  const late = [source('salesforce.Lead.fast', { atMs: now - 2 * hour, movedAtMs: now - 2 * hour })];

  it.each<[string, Partial<AlertFacts>, string[]]>([
    [
      'a lost authorisation explains what is read late and waits',
      { waits: authWait(now + minute), sources: late, oldestDueMs: now - hour },
      ['auth_lost salesforce'],
    ],
    [
      'of the other CRM it does not',
      { waits: authWait(now + minute), sources: [source('hubspot.contacts.modified', { atMs: now - 2 * hour })] },
      ['auth_lost salesforce', 'sync_lag hubspot'],
    ],
    [
      'where nobody works everything is late',
      { workerSeenMs: null, sources: late, oldestDueMs: now - hour },
      ['no_worker'],
    ],
    ['what is due waits while writes are paused', { pausedSinceMs: now - hour, oldestDueMs: now - hour }, []],
    ['what is due waits for a rebuild', { rebuildHolds: true, oldestDueMs: now - hour }, []],
  ])('%s', (_what, changes, expected) => {
    expect(wrong(facts(changes))).toStrictEqual(expected);
  });

  it('a pause that has run out ends a lost authorisation only when that CRM was read after it', () => {
    const known = [open('auth_lost', 'salesforce')];
    const over = { waits: authWait(now - 5 * minute) };
    const unread = facts({ ...over, sources: [source('salesforce.Lead.fast', { movedAtMs: now - 6 * minute })] });
    const read = facts({ ...over, sources: [source('salesforce.Lead.fast', { movedAtMs: now - 4 * minute })] });

    expect([verdictOf(unread, known), verdictOf(read, known)]).toStrictEqual(['unknown', 'off']);
  });

  it('a budget stays nearly spent until it falls below 85 %', () => {
    const known = [open('budget_nearly_spent', 'salesforce')];

    expect(wrong(facts({ budgets: budget({ ours: 860, allowed: 1_000 }) }), known)).toHaveLength(1);
    expect(wrong(facts({ budgets: budget({ ours: 840, allowed: 1_000 }) }), known)).toHaveLength(0);
  });
});

describe('the business going quiet', () => {
  const always = (hours: number, weeksBefore: readonly number[], handed = 0) => ({
    handoffs: { lastMs: now - 2 * day, windows: [{ hours, now: handed, weeksBefore }] },
  });

  it.each<[string, Partial<AlertFacts>, string[]]>([
    ['four hours without one, where there were always many', always(4, [7, 6, 8, 9]), ['no_handoffs']],
    ['one in these hours', always(4, [7, 6, 8, 9], 1), []],
    ['a week before that had none', always(4, [17, 0, 18, 19]), []],
    ['too few to tell from chance', always(4, [1, 1, 1, 1]), []],
    ['a day without one, where each had four', always(24, [4, 4, 4, 4]), ['no_handoffs']],
    ['a week without one, where each had two', always(168, [2, 2, 2, 2]), ['no_handoffs']],
    ['a ledger that is younger than four weeks', always(168, [9, 9, 9, 0]), []],
    ['while it only observes', { ...always(4, [9, 9, 9, 9]), observe: true }, []],
    ['while writes are paused', { ...always(4, [9, 9, 9, 9]), pausedSinceMs: now - hour }, []],
    ['while a rebuild holds everything', { ...always(4, [9, 9, 9, 9]), rebuildHolds: true }, []],
    [
      'while an authorisation is lost',
      { ...always(4, [9, 9, 9, 9]), waits: authWait(now + minute) },
      ['auth_lost salesforce'],
    ],
    ['while nobody works', { ...always(4, [9, 9, 9, 9]), workerSeenMs: null }, ['no_worker']],
  ])('%s', (_what, changes, expected) => {
    expect(wrong(facts(changes))).toStrictEqual(expected);
  });

  it('is no silence where nobody looked, or nothing could be handed over, for a part of it', () => {
    const given = facts(always(4, [9, 9, 9, 9]));

    expect(wrong(given, [], { ...watching, silenceFromMs: now - 3 * hour })).toStrictEqual([]);
    expect(wrong(given, [], { ...watching, lookedMs: now - hour })).toStrictEqual([]);
    expect(wrong(given, [], { ...watching, heldSinceMs: now - hour })).toStrictEqual([]);
    expect(wrong(given, [], { lookedMs: null, heldSinceMs: null, silenceFromMs: null })).toStrictEqual([]);
  });

  it('a deployment of some minutes is no reason to look away for a day', () => {
    const given = facts(always(4, [9, 9, 9, 9]));

    expect(wrong(given, [], { ...watching, heldSinceMs: now - 10 * minute })).toStrictEqual(['no_handoffs']);
  });

  it('is over with the next handoff, and not before', () => {
    const known = [open('no_handoffs')];
    const before = facts({ handoffs: { lastMs: now - 2 * day, windows: [] } });
    const after = facts({ handoffs: { lastMs: now - minute, windows: [] } });

    expect([wrong(before, known), wrong(after, known)]).toStrictEqual([['no_handoffs'], []]);
  });
});
