import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { advise, judgeHealth } from '../../../../src/domain/overview/advise.ts';
import type { Advice, Situation } from '../../../../src/domain/overview/types.ts';
import { hour, minute, now, run, situation } from './situation.ts';

const source = {
  source: 'salesforce.Lead.fast',
  label: 'Salesforce changes of Leads',
  system: 'salesforce',
  atMs: now - 20 * minute,
  everyMs: 30_000,
  isLate: true,
} as const;
const wait = (system: 'hubspot' | 'salesforce', code: string) => ({ waits: [{ system, code, untilMs: now + hour }] });
const cause = (code: string, count: number, newInDay = 0, newInDayBefore = 0) => ({
  code,
  count,
  newInDay,
  newInDayBefore,
});
const dead = [{ role: 'worker', works: true, seenAtMs: now - 16_000, mappingVersion: 3 }];

type Row = {
  what: string;
  given: Partial<Situation>;
  code: Advice['code'];
  severity: Advice['severity'];
  text: string;
  link?: string | null;
};

describe('advise', () => {
  it.each<Row>([
    {
      what: 'no worker was heard of for 16 seconds',
      given: { processes: dead },
      code: 'no_worker',
      severity: 'error',
      text: 'No worker process is running since 2026-11-22 09:29 UTC, so nothing is synced.',
    },
    {
      what: 'only the part that answers requests is there',
      given: { processes: [{ role: 'http', works: false, seenAtMs: now, mappingVersion: 3 }] },
      code: 'no_worker',
      severity: 'error',
      text: 'No worker process is running, so nothing is synced.',
    },
    {
      what: 'a person has paused all writes',
      given: { paused: { by: 'ann', reason: 'Merging accounts.', sinceMs: now - hour } },
      code: 'paused',
      severity: 'error',
      text: 'All writes to both CRMs are paused by ann since 2026-11-22 08:30 UTC: Merging accounts.',
    },
    {
      what: 'a rebuild waits for its policy',
      given: { rebuild: { runId: '4', state: 'review' } },
      code: 'rebuild_holds',
      severity: 'error',
      text: 'Nothing is written to either CRM: rebuild 4 waits for its policy.',
      link: '/runs/4',
    },
    {
      what: 'HubSpot refuses the token',
      given: wait('hubspot', 'hubspot_unauthorised'),
      code: 'auth_lost',
      severity: 'error',
      text: 'HubSpot does not let Handoff in (hubspot unauthorised), so nothing is read or written there.',
    },
    {
      what: 'the day is spent',
      given: wait('salesforce', 'daily_budget_spent'),
      code: 'budget_spent',
      severity: 'error',
      text: "The day's budget of calls to Salesforce is spent; work goes on at 2026-11-22 10:30 UTC.",
    },
    {
      what: 'a vendor asks for a pause',
      given: wait('hubspot', 'hubspot_rate_limit'),
      code: 'vendor_wait',
      severity: 'warning',
      text: 'HubSpot asked for a pause (hubspot rate limit); work goes on at 2026-11-22 10:30 UTC.',
    },
    {
      what: 'a source is late',
      given: {
        sources: [source, { ...source, source: 'b', label: 'Salesforce changes of Contacts', atMs: now - 12 * minute }],
      },
      code: 'source_late',
      severity: 'warning',
      text: 'Not read for 20 minutes: Salesforce changes of Leads, Salesforce changes of Contacts.',
    },
    {
      what: 'a source is late by more than an hour',
      given: { sources: [{ ...source, atMs: now - 3 * hour }] },
      code: 'source_late',
      severity: 'error',
      text: 'Not read for 3 hours: Salesforce changes of Leads.',
    },
    {
      what: 'live work waits',
      given: { pending: { oldestLiveDueMs: now - 11 * minute } },
      code: 'waiting_long',
      severity: 'warning',
      text: 'A record that changed has waited 11 minutes for its turn.',
    },
    {
      what: 'live work waits for more than an hour',
      given: { pending: { oldestLiveDueMs: now - 2 * hour } },
      code: 'waiting_long',
      severity: 'error',
      text: 'A record that changed has waited 2 hours for its turn.',
    },
    {
      what: 'our share of the day is nearly spent',
      given: { budgets: [{ system: 'salesforce', ours: 4_000, everybody: 4_100, limit: 10_000, allowed: 5_000 }] },
      code: 'budget_low',
      severity: 'warning',
      text: 'Handoff has used 4,000 of 5,000 calls to Salesforce that it may make in 24 hours.',
    },
    {
      what: 'others have nearly spent the day',
      given: { budgets: [{ system: 'salesforce', ours: 10, everybody: 9_000, limit: 10_000, allowed: 5_000 }] },
      code: 'budget_low',
      severity: 'warning',
      text: 'All applications together have used 9,000 of 10,000 calls to Salesforce in 24 hours.',
    },
    {
      what: 'live sync was stopped',
      given: { runs: [{ ...run, kind: 'live', state: 'stopped' }] },
      code: 'run_stopped',
      severity: 'error',
      text: 'Live sync (run 7) was stopped by its safety limit.',
      link: '/runs/7',
    },
    {
      what: 'a backfill was stopped',
      given: { runs: [{ ...run, state: 'stopped' }] },
      code: 'run_stopped',
      severity: 'warning',
      text: 'The backfill (run 7) was stopped by its safety limit.',
      link: '/runs/7',
    },
    {
      what: 'a person has paused a run',
      given: { runs: [{ ...run, state: 'paused', stoppedReason: 'paused_by_person' }] },
      code: 'run_paused',
      severity: 'info',
      text: 'The backfill (run 7) is paused.',
      link: '/runs/7',
    },
    {
      what: 'a run waits as the mapping changed',
      given: { runs: [{ ...run, state: 'paused', stoppedReason: 'mapping_changed' }] },
      code: 'run_paused',
      severity: 'warning',
      text: 'The backfill (run 7) is paused, for another mapping was activated meanwhile.',
      link: '/runs/7',
    },
    {
      what: 'a run is in review',
      given: { runs: [{ ...run, kind: 'apply', state: 'review' }] },
      code: 'run_review',
      severity: 'warning',
      text: 'The application of a mapping (run 7) waits for a decision.',
      link: '/runs/7',
    },
    {
      what: 'the last comparison found a lot',
      given: {
        lastComparison: { runId: '5', endedAtMs: now, drift: { unequal: 1_200, gone: 3, frozen: 9, ended: 1 } },
      },
      code: 'drift_found',
      severity: 'warning',
      text: 'The last comparison found 1,203 records that differed: unequal 1,200, gone 3.',
      link: '/runs/5',
    },
    {
      what: 'the last comparison found little',
      given: { lastComparison: { runId: '5', endedAtMs: now, drift: { missing: 1 } } },
      code: 'drift_found',
      severity: 'info',
      text: 'The last comparison found 1 record that differed: missing 1.',
      link: '/runs/5',
    },
    {
      what: 'no comparison ends',
      given: { comparisonOverdue: { sinceMs: now - 72 * hour, runId: '3' } },
      code: 'comparison_overdue',
      severity: 'warning',
      text: 'No comparison of both CRMs has ended since 2026-11-19 09:30 UTC.',
      link: '/runs/3',
    },
    {
      what: 'an outage is made up for',
      given: { catchingUp: { sinceMs: now - hour } },
      code: 'catching_up',
      severity: 'warning',
      text: 'Changes since 2026-11-22 08:30 UTC are being made up for after an outage.',
    },
    {
      what: 'records fail',
      given: { causes: [cause('field_too_long', 8, 2), cause('several_persons', 4, 1)] },
      code: 'failures',
      severity: 'warning',
      text: '12 records could not be synced, most often for: field too long (8).',
      link: '/failures?code=field_too_long',
    },
    {
      what: 'failures rise',
      given: { causes: [cause('a', 500, 2, 5), cause('b', 40, 30, 2)] },
      code: 'new_failures',
      severity: 'warning',
      text: '32 records failed for the first time in the last 24 hours, 7 in the 24 hours before, most often for: b (30).',
      link: '/failures?code=b',
    },
    {
      what: 'very many fail at once',
      given: { causes: [cause('a', 100, 100)] },
      code: 'new_failures',
      severity: 'error',
      text: '100 records failed for the first time in the last 24 hours, 0 in the 24 hours before, most often for: a (100).',
      link: '/failures?code=a',
    },
    {
      what: 'fields are frozen',
      given: { frozenFields: 2 },
      code: 'frozen_fields',
      severity: 'warning',
      text: '2 fields are frozen: Handoff and somebody else kept changing the same value.',
    },
    {
      what: 'the mapping does not fit',
      given: { check: { atMs: now, errors: 3, changes: 0, changedAtMs: null } },
      code: 'check_errors',
      severity: 'error',
      text: 'The mapping does not fit what both CRMs have: 3 errors at 2026-11-22 09:30 UTC.',
      link: '/mappings/active',
    },
    {
      what: 'a CRM was changed',
      given: { check: { atMs: now, errors: 0, changes: 1, changedAtMs: now - hour } },
      code: 'schema_changed',
      severity: 'warning',
      text: '1 change to fields or stages that the mapping uses was seen in a CRM.',
      link: '/mappings/active',
    },
    {
      what: 'a process works under another version',
      given: {
        processes: [...situation().processes, { role: 'worker', works: true, seenAtMs: now, mappingVersion: 2 }],
      },
      code: 'process_behind',
      severity: 'warning',
      text: '1 process does not work under version 3 of the mapping, which is active.',
    },
    {
      what: 'a mapping is proposed',
      given: { proposed: { version: 4, atMs: now, by: 'ann' } },
      code: 'mapping_proposed',
      severity: 'info',
      text: 'Version 4 of the mapping waits to be activated, proposed by ann.',
      link: '/mappings/4',
    },
    {
      what: 'it only observes',
      given: { mode: 'observe' },
      code: 'observe_mode',
      severity: 'info',
      text: 'Handoff only observes: it records what it would write, and writes nothing to either CRM.',
      link: '/activity',
    },
  ])('$what: $code', ({ given, code, severity, text, link = null }) => {
    const advice = advise(situation(given));

    expect(advice).toHaveLength(1);
    expect(advice[0]).toMatchObject({ code, severity, text, link });
    expect(advice[0]?.fix).toMatch(/^[A-Z].*\.$/);
  });

  it.each<{ what: string; given: Partial<Situation> }>([
    { what: 'all is well', given: {} },
    { what: 'nothing was ever compared or checked', given: { lastComparison: null, check: null } },
    { what: 'records have just become due', given: { pending: { oldestLiveDueMs: now - 9 * minute } } },
    { what: 'a run is running', given: { runs: [run, { ...run, kind: 'live' }] } },
    {
      what: 'drift that people know of',
      given: { lastComparison: { runId: '5', endedAtMs: now, drift: { held: 90, below_gate_present: 7 } } },
    },
    {
      what: 'a dead process of another version',
      given: {
        processes: [
          ...situation().processes,
          { role: 'worker', works: true, seenAtMs: now - minute, mappingVersion: 2 },
        ],
      },
    },
    {
      what: 'a budget without a limit',
      given: { budgets: [{ system: 'hubspot', ours: 9_000_000, everybody: null, limit: null, allowed: null }] },
    },
  ])('nothing where $what', ({ given }) => {
    expect(advise(situation(given))).toEqual([]);
  });

  it('errors come before warnings, and what stops most before the rest', () => {
    const advice = advise(
      situation({
        mode: 'observe',
        processes: dead,
        paused: { by: null, reason: null, sinceMs: now },
        ...wait('hubspot', 'hubspot_rate_limit'),
        pending: { oldestLiveDueMs: now - 5 * hour },
        runs: [
          { ...run, kind: 'live', state: 'stopped' },
          { ...run, state: 'paused' },
        ],
        causes: [cause('a', 1)],
        frozenFields: 1,
        check: { atMs: now, errors: 1, changes: 1, changedAtMs: now },
      }),
    );

    expect(advice.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'error no_worker',
      'error paused',
      'error run_stopped',
      'error check_errors',
      'warning vendor_wait',
      'warning failures',
      'warning frozen_fields',
      'warning schema_changed',
      'info run_paused',
      'info observe_mode',
    ]);
  });

  it('docs/overview.md explains each code that a file of the domain gives, and no other', () => {
    const folder = join(import.meta.dirname, '../../../../src/domain/overview');
    const types = readFileSync(join(folder, 'types.ts'), 'utf8').split('type AdviceCode =')[1]?.split(';')[0] ?? '';
    const codes = [...types.matchAll(/'(\w+)'/g)].map(([, code]) => code);
    const page =
      readFileSync(join(import.meta.dirname, '../../../../docs/overview.md'), 'utf8').split('## Advice')[1] ?? '';
    const explained = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);

    expect(codes.length).toBeGreaterThan(20);
    expect(explained.toSorted()).toEqual(codes.toSorted());
  });
});

describe('judgeHealth', () => {
  it.each<{ what: string; given: Partial<Situation>; level: string; sentence: string }>([
    {
      what: 'all is well',
      given: {},
      level: 'ok',
      sentence: 'All is well: 12 handoffs and 1,340 changed fields today (UTC).',
    },
    {
      what: 'there is only news',
      given: { mode: 'observe' },
      level: 'ok',
      sentence: 'All is well: 12 handoffs and 1,340 changed fields today (UTC).',
    },
    {
      what: 'one thing is wrong',
      given: { frozenFields: 1 },
      level: 'warning',
      sentence: '1 field is frozen: Handoff and somebody else kept changing the same value.',
    },
    {
      what: 'several things are wrong',
      given: { processes: [], frozenFields: 1, causes: [cause('a', 1)], mode: 'observe' },
      level: 'error',
      sentence: 'No worker process is running, so nothing is synced. 2 more things need a look.',
    },
  ])('$what: $level', ({ given, level, sentence }) => {
    const whole = situation(given);

    expect(judgeHealth(whole, advise(whole))).toEqual({ level, sentence });
  });
});
