import { expect, it } from 'vitest';
import { readMoment } from '../../../src/usecases/runs/moments.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

it.each([
  ['2026-11-01', '2026-11-01T00:00:00Z'],
  ['2026-11-01T08:30', '2026-11-01T08:30:00Z'],
  ['2026-11-01T08:30:00Z', '2026-11-01T08:30:00Z'],
  ['2026-11-01T08:30:00+02:00', '2026-11-01T06:30:00Z'],
  ['7d', '2026-11-15T12:00:00Z'],
  ['12h', '2026-11-22T00:00:00Z'],
  ['30m', '2026-11-22T11:30:00Z'],
  ['1w', '2026-11-15T12:00:00Z'],
])('reads %s', (text, expected) => {
  expect(readMoment(text, now)).toBe(Date.parse(expected));
});

it.each(['', 'yesterday', '7', 'd7', '-7d', '2026-13-01', '2026-02-30', '2026-11', '01.11.2026', '2026-11-01T25:00'])(
  'takes %j for no moment',
  (text) => {
    expect(readMoment(text, now)).toBeNull();
  },
);
