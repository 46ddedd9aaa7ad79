import { describe, expect, it } from 'vitest';
import { countText, lengthText } from '../../../../src/domain/health/words.ts';
import { lookAtBudgets } from '../../../../src/domain/overview/look-at-budgets.ts';
import { labelOf, lookAtSources } from '../../../../src/domain/overview/look-at-sources.ts';
import { minute, now } from './situation.ts';

describe('labelOf', () => {
  it.each([
    ['hubspot.contacts.modified', 'HubSpot sweep of contacts'],
    ['hubspot.deals.modified', 'HubSpot sweep of deals'],
    ['salesforce.Lead.fast', 'Salesforce changes of Leads'],
    ['salesforce.OpportunityContactRole.fast', 'Salesforce changes of Opportunity contact roles'],
    ['salesforce.Account.deleted', 'Salesforce deletions of Accounts'],
    ['salesforce.Thing__c.fast', 'Salesforce changes of Thing__c'],
  ])('%s is "%s"', (source, label) => {
    expect(labelOf(source)).toBe(label);
  });
});

describe('lookAtSources', () => {
  const names = {
    sweeps: ['hubspot.contacts.modified'],
    changes: ['salesforce.Lead.fast'],
    deletions: ['salesforce.Lead.deleted'],
  };
  const times = { now, sweepEveryMs: 15 * minute, pollEveryMs: 30_000 };

  it.each([
    { source: 'salesforce.Lead.fast', agoMs: 5 * minute, isLate: false },
    { source: 'salesforce.Lead.fast', agoMs: 5 * minute + 1, isLate: true },
    { source: 'salesforce.Lead.deleted', agoMs: 10 * minute, isLate: false },
    { source: 'salesforce.Lead.deleted', agoMs: 10 * minute + 1, isLate: true },
    { source: 'hubspot.contacts.modified', agoMs: 45 * minute, isLate: false },
    { source: 'hubspot.contacts.modified', agoMs: 45 * minute + 1, isLate: true },
  ])('$source read up to $agoMs ms ago: late is $isLate', ({ source, agoMs, isLate }) => {
    expect(lookAtSources([{ source, atMs: now - agoMs }], names, times)).toMatchObject([{ source, isLate }]);
  });

  it('leaves out what was never read, and watermarks that are no source', () => {
    expect(lookAtSources([{ source: 'salesforce.Lead.wide', atMs: 0 }], names, times)).toEqual([]);
  });
});

describe('lookAtBudgets', () => {
  const day = (bucket: string, calls: number, vendorUsed: number | null = null, vendorLimit: number | null = null) => ({
    bucket,
    calls,
    vendorUsed,
    vendorLimit,
  });

  it.each([
    {
      what: 'a share of the limit that Salesforce told',
      salesforce: { share: 0.5 },
      calls: [day('salesforce', 30, 400, 15_001)],
      expected: { system: 'salesforce', ours: 30, everybody: 400, limit: 15_001, allowed: 7_500 },
    },
    {
      what: 'a share of a limit that nobody has told yet',
      salesforce: { share: 0.5 },
      calls: [],
      expected: { system: 'salesforce', ours: 0, everybody: null, limit: null, allowed: null },
    },
    {
      what: 'a number of calls',
      salesforce: { calls: 900 },
      calls: [day('salesforce', 30)],
      expected: { system: 'salesforce', ours: 30, everybody: null, limit: null, allowed: 900 },
    },
    {
      what: 'HubSpot with its search',
      salesforce: { calls: 900 },
      calls: [day('hubspot', 30), day('hubspot-search', 12)],
      expected: { system: 'hubspot', ours: 42, everybody: null, limit: null, allowed: null },
    },
  ])('$what', ({ salesforce, calls, expected }) => {
    expect(lookAtBudgets(calls, { hubspot: null, salesforce })).toContainEqual(expected);
  });
});

it.each([
  [0, '0 seconds'],
  [1_500, '1 second'],
  [119_999, '119 seconds'],
  [120_000, '2 minutes'],
  [119 * minute, '119 minutes'],
  [120 * minute, '2 hours'],
  [48 * 60 * minute, '2 days'],
])('%i ms are "%s"', (lengthMs, text) => {
  expect(lengthText(lengthMs)).toBe(text);
});

it.each([
  [1, '1 record'],
  [0, '0 records'],
  [1_234_567, '1,234,567 records'],
])('%i is "%s"', (count, text) => {
  expect(countText(count, 'record')).toBe(text);
});
