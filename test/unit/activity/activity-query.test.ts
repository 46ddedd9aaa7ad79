import { describe, expect, it } from 'vitest';
import { lineId, readCursor, toFilter, writeCursor } from '../../../src/usecases/activity/activity-query.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

describe('what a person filters by', () => {
  it.each([
    { from: '2026-11-01', fromMs: Date.parse('2026-11-01T00:00:00Z') },
    { from: '7d', fromMs: Date.parse('2026-11-15T12:00:00Z') },
    { to: '2026-11-21', toMs: Date.parse('2026-11-22T00:00:00Z') },
    { to: '2026-11-21T08:00:00Z', toMs: Date.parse('2026-11-21T08:00:00Z') },
    { to: '1h', toMs: Date.parse('2026-11-22T11:00:00Z') },
  ])('reads $from $to', ({ from, to, ...expected }) => {
    expect(toFilter({ from, to, kind: 'write', actor: undefined }, now)).toStrictEqual({ kind: 'write', ...expected });
  });

  it.each([{ from: 'yesterday' }, { to: '2026-02-31' }, { from: '' }])('refuses %o', (query) => {
    expect(() => toFilter(query, now)).toThrow(/takes a date such as/);
  });
});

describe('a place in the log as a cursor', () => {
  it.each([
    { micros: '1763800000000001', kind: 'write', id: '12' },
    { micros: '0', kind: 'action', id: '1' },
    { micros: '1763800000000001', kind: 'stage', id: '999999999999999999' },
  ] as const)('goes there and back: %o', (position) => {
    expect(readCursor(writeCursor(position))).toStrictEqual(position);
    expect(lineId(position)).toBe(`${position.kind[0]}${position.id}`);
  });

  it.each([
    '',
    'x',
    '1.w',
    '1.x5',
    '-1.w5',
    '1.w5 ',
    '99999999999999999.w1',
    '9999999999999999.w1',
    '1.w9999999999999999999',
  ])('refuses %j', (cursor) => {
    expect(() => readCursor(cursor)).toThrow(/cursor/);
  });
});
