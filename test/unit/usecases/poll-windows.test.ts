import { describe, expect, it } from 'vitest';
import { createSeenRows, rowOfPerson, rowOfRole } from '../../../src/usecases/poll-salesforce/seen-rows.ts';
import {
  fastOverlapMs,
  liesAhead,
  nextMark,
  safetyMs,
  wideEveryMs,
  wideOverlapMs,
  windowOf,
} from '../../../src/usecases/poll-salesforce/windows.ts';
import { person } from '../domain/given.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const now = Date.parse('2026-11-22T10:00:00Z');
const mark = (atMs: number) => ({ source: 'salesforce.Lead.fast', atMs, cursor: null });

describe('which window a round reads', () => {
  it('the first one reads nothing that was before', () => {
    expect(windowOf({ fast: null, wide: null, deleted: null }, now)).toEqual({
      isFirst: true,
      isWide: false,
      fromMs: now,
      deletedSinceMs: null,
    });
  });

  it.each([
    ['close behind the mark', 0, 0, false, fastOverlapMs],
    ['still close just before the wide one is due', 0, wideEveryMs - 1, false, fastOverlapMs],
    ['far back from the wide mark when it is due', 0, wideEveryMs, true, wideEveryMs + wideOverlapMs],
    ['far back after an outage of three hours', 3 * 60 * minuteMs, wideEveryMs, true, wideEveryMs + wideOverlapMs],
  ])('%s', (_what, agoMs, wideBehindMs, isWide, backMs) => {
    const fast = mark(now - agoMs);
    const window = windowOf({ fast, wide: mark(fast.atMs - wideBehindMs), deleted: null }, now);

    expect(window).toMatchObject({ isFirst: false, isWide, fromMs: fast.atMs - backMs });
  });

  it('no clock of ours decides when the wide window is due', () => {
    const marks = { fast: mark(now), wide: mark(now - wideEveryMs), deleted: null };

    expect([now - dayMs, now, now + dayMs].map((ours) => windowOf(marks, ours).isWide)).toEqual([true, true, true]);
  });

  it('deletions are asked for since the last look at them, at most as far back as Salesforce knows them', () => {
    const fast = mark(now);
    const since = (deletedAtMs: number) =>
      windowOf({ fast, wide: fast, deleted: mark(deletedAtMs) }, now).deletedSinceMs ?? 0;

    expect(now - since(now)).toBeGreaterThan(minuteMs);
    expect(now - since(now - 40 * dayMs)).toBeLessThan(15 * dayMs);
  });
});

describe('where a mark goes', () => {
  it.each([
    ['behind the server’s clock', mark(now - minuteMs), now, now - safetyMs],
    ['never backward', mark(now), now - 1_000, now],
    ['to the server’s clock at the first start', null, now, now - safetyMs],
  ])('%s', (_what, from, readUntilMs, atMs) => {
    expect(nextMark('salesforce.Lead.fast', from, readUntilMs)).toEqual(mark(atMs));
  });

  it.each([
    [null, false],
    [mark(now), false],
    [mark(now + 30_000), false],
    [mark(now + 2 * minuteMs), true],
    [mark(now + dayMs), true],
  ])('%o lies in the future: %s', (given, ahead) => {
    expect(liesAhead(given, now)).toBe(ahead);
  });
});

describe('rows that are read again', () => {
  const lead = person('Lead', { modifiedAtMs: now - minuteMs });
  const row = rowOfPerson(lead);

  it('are known as long as they are the same', () => {
    const seen = createSeenRows();
    seen.add([row], now);

    expect(seen.has(row)).toBe(true);
    expect(seen.has(rowOfPerson({ ...lead, fields: { ...lead.fields, Title: 'CEO' } }))).toBe(false);
    expect(seen.has(rowOfPerson({ ...lead, modifiedAtMs: now }))).toBe(false);
    expect(seen.has(rowOfPerson({ ...lead, isDeleted: true }))).toBe(false);
  });

  it('are known by what moved: a role by its own stamp, and by that of its opportunity', () => {
    const seen = createSeenRows();
    const held = { contactId: '0031', opportunityId: '0061', role: null, isPrimary: false, isDeleted: false };
    const role = { id: '00K1', ...held, atMs: now - minuteMs };
    seen.add([rowOfRole('OpportunityContactRole', role)], now);

    expect(seen.has(rowOfRole('OpportunityContactRole', role))).toBe(true);
    expect(seen.has(rowOfRole('Opportunity', role))).toBe(false);
    expect(seen.has(rowOfRole('OpportunityContactRole', { ...role, atMs: now - 5_000 }))).toBe(false);
  });

  it('are not remembered within the second of their stamp, in which they may change again', () => {
    const seen = createSeenRows();
    const fresh = rowOfPerson({ ...lead, modifiedAtMs: now - 1_000 });
    seen.add([fresh], now);

    expect(seen.has(fresh)).toBe(false);
  });

  it('are remembered as long as wide windows read them, and forgotten after two that did not', () => {
    const seen = createSeenRows();
    seen.add([row], now);
    const read = [1, 2, 3].map(() => {
      seen.age();
      return seen.has(row);
    });
    seen.age();
    seen.age();

    expect([read, seen.has(row)]).toEqual([[true, true, true], false]);
  });
});
