import { describe, expect, it } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import { checkOfRound, checkPoll } from '../../../src/service/poll-check.ts';
import { sourcesOf } from '../../../src/usecases/poll-salesforce/sources.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const sources = sourcesOf({ company: { isOn: false } });
const times = { now, pollEveryMs: 30_000, sources };
const mark = (source: string, agoMs: number) => ({ source, atMs: now - agoMs, cursor: null });
const fault = new SyncError('needs-human', 'salesforce_unknown_field', 'A field is hidden.');
const failedRound = (agoMs: number) => ({ ok: false, detail: 'x', atMs: now - agoMs });
const marked = { contacts: 0, companies: 0, deals: 0, persons: 0, counterparts: 0 };
const round = { calls: 1, read: 0, marked, failing: new Map<string, SyncError>() };

describe('what a round comes to', () => {
  it.each([
    ['all was read', round, true, 'read'],
    [
      'one object was not',
      { ...round, failing: new Map([['Contact', fault]]) },
      false,
      'Contact (salesforce_unknown_field)',
    ],
    [
      'opportunities are hidden',
      { ...round, failing: new Map([['OpportunityContactRole', fault]]) },
      false,
      'opportunities are hidden from the integration user',
    ],
    ['Salesforce did not answer', fault, false, 'salesforce_unknown_field'],
  ])('%s', (_what, given, ok, part) => {
    expect(checkOfRound(given, now)).toMatchObject({ ok, atMs: now, detail: expect.stringContaining(part) });
  });
});

describe('whether Salesforce is read', () => {
  it.each([
    ['nobody has begun', null, [], null],
    ['just now', null, [mark('salesforce.Lead.fast', 20_000)], true],
    ['not for ten rounds', null, [mark('salesforce.Lead.fast', 310_000)], false],
    [
      'one object lags behind',
      null,
      [mark('salesforce.Lead.fast', 0), mark('salesforce.Contact.fast', 900_000)],
      false,
    ],
    [
      'the second look lags behind, as it should',
      null,
      [mark('salesforce.Lead.fast', 0), mark('salesforce.Lead.wide', 900_000)],
      true,
    ],
    ['our own round failed', failedRound(20_000), [mark('salesforce.Lead.fast', 30_000)], false],
    [
      'our own round failed, another process read since',
      failedRound(90_000),
      [mark('salesforce.Lead.fast', 5_000)],
      true,
    ],
    [
      'our own round failed, another process read one object since',
      failedRound(90_000),
      [mark('salesforce.Lead.fast', 5_000), mark('salesforce.Contact.fast', 95_000)],
      false,
    ],
    [
      'a source that is no longer read',
      null,
      [mark('salesforce.Lead.fast', 0), mark('salesforce.Gone.fast', 900_000)],
      true,
    ],
    ['another source is old', null, [mark('hubspot.contacts.modified', 900_000)], null],
  ])('%s', (_what, own, marks, ok) => {
    expect(checkPoll(own, marks, times)?.ok ?? null).toBe(ok);
  });

  it('a long interval is given its time', () => {
    const marks = [mark('salesforce.Lead.fast', 3_600_000)];
    expect(checkPoll(null, marks, { ...times, pollEveryMs: 3_600_000 })?.ok).toBe(true);
  });
});
