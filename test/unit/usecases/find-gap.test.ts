import { describe, expect, it } from 'vitest';
import { findGap, watchedSources } from '../../../src/usecases/catch-up/find-gap.ts';
import { comparisonTime } from '../../../src/usecases/compare-both/comparison-time.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const watched = watchedSources({
  sweeps: ['hubspot.contacts.modified'],
  changes: ['salesforce.Lead.fast'],
  deletions: ['salesforce.Lead.deleted'],
  sweepEveryMs: 15 * minute,
  pollEveryMs: 30_000,
});
const marks = (ages: Record<string, number>) =>
  Object.entries(ages).map(([source, ageMs]) => ({ source, atMs: now - ageMs }));

describe('an outage, by the age of the watermarks', () => {
  it.each([
    ['nothing was ever read', {}, null],
    ['everything is fresh', { 'hubspot.contacts.modified': 16 * minute, 'salesforce.Lead.fast': minute }, null],
    [
      'a restart took ten minutes',
      { 'hubspot.contacts.modified': 40 * minute, 'salesforce.Lead.fast': 9 * minute },
      null,
    ],
    [
      'we were away for two hours',
      { 'hubspot.contacts.modified': 2 * hour, 'salesforce.Lead.fast': 2 * hour },
      { sinceMs: now - 2 * hour, sources: ['hubspot.contacts.modified', 'salesforce.Lead.fast'], isLost: false },
    ],
    [
      'Salesforce was away for a week, which its stamps tell whole',
      {
        'hubspot.contacts.modified': minute,
        'salesforce.Lead.fast': 168 * hour,
        'salesforce.Lead.deleted': 168 * hour,
      },
      { sinceMs: now - 168 * hour, sources: ['salesforce.Lead.fast', 'salesforce.Lead.deleted'], isLost: false },
    ],
    [
      'HubSpot sends no webhook again after a day',
      { 'hubspot.contacts.modified': 25 * hour, 'salesforce.Lead.fast': minute },
      { sinceMs: now - 25 * hour, sources: ['hubspot.contacts.modified'], isLost: true },
    ],
    [
      'Salesforce forgets deletions after 15 days',
      { 'salesforce.Lead.fast': minute, 'salesforce.Lead.deleted': 16 * 24 * hour },
      { sinceMs: now - 16 * 24 * hour, sources: ['salesforce.Lead.deleted'], isLost: true },
    ],
  ])('%s', (_what, ages, gap) => {
    expect(findGap(marks(ages), watched, now)).toEqual(gap);
  });

  it('is none for a service that is told to look seldom', () => {
    const seldom = watchedSources({
      sweeps: ['hubspot.contacts.modified'],
      changes: ['salesforce.Lead.fast'],
      deletions: [],
      sweepEveryMs: 6 * hour,
      pollEveryMs: hour,
    });
    expect(
      findGap(marks({ 'hubspot.contacts.modified': 7 * hour, 'salesforce.Lead.fast': 5 * hour }), seldom, now),
    ).toBeNull();
  });
});

describe('the time of the daily comparison', () => {
  const at = { hour: 3, minute: 30 };
  it.each([
    ['2026-11-22T03:29:00Z', null],
    ['2026-11-22T03:30:00Z', '2026-11-22T03:30:00Z'],
    ['2026-11-22T09:29:00Z', '2026-11-22T03:30:00Z'],
    ['2026-11-22T12:00:00Z', null],
    ['2026-11-22T00:10:00Z', null],
  ])('at %s: %s', (time, due) => {
    expect(comparisonTime(Date.parse(time), at)).toBe(due === null ? null : Date.parse(due));
  });

  it('goes beyond midnight', () => {
    const late = { hour: 23, minute: 0 };
    expect(comparisonTime(Date.parse('2026-11-22T02:00:00Z'), late)).toBe(Date.parse('2026-11-21T23:00:00Z'));
  });

  it('is never where it is off', () => {
    expect(comparisonTime(now, null)).toBeNull();
  });
});
