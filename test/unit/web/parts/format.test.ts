import { describe, expect, it } from 'vitest';
import { formatAgo, formatCode, formatCount, formatSpan, formatUnits } from '../../../../web/src/parts/format.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

describe('how the page writes numbers and times', () => {
  it.each([
    { seconds: 0, text: '0 s' },
    { seconds: 45, text: '45 s' },
    { seconds: 200, text: '3 min 20 s' },
    { seconds: 3 * minute, text: '3 min' },
    { seconds: 15 * minute + 20, text: '15 min' },
    { seconds: 5 * day + 4 * hour, text: '5 d 4 h' },
    { seconds: 2_000 * day, text: '2,000 d' },
    { seconds: -3, text: '0 s' },
  ])('$seconds seconds are $text', ({ seconds, text }) => {
    expect(formatSpan(seconds)).toBe(text);
  });

  it.each([
    { ago: 3, text: 'just now' },
    { ago: -3, text: 'just now' },
    { ago: 59, text: '59 s ago' },
    { ago: 90, text: '1 min ago' },
    { ago: 26 * hour, text: '1 d ago' },
    { ago: -2 * hour, text: 'in 2 h' },
    { ago: 31 * day, text: '22 Oct 2026' },
  ])('a moment $ago seconds ago is $text', ({ ago, text }) => {
    expect(formatAgo(new Date(now - ago * 1000).toISOString(), now)).toBe(text);
  });

  it('a number comes with its unit in the right form', () => {
    expect(formatCount(12_345)).toBe('12,345');
    expect(formatUnits(1, 'record')).toBe('1 record');
    expect(formatUnits(0, 'record')).toBe('0 records');
    expect(formatUnits(1_200, 'company', 'companies')).toBe('1,200 companies');
  });

  it('a code without a label is told by its own words', () => {
    expect(formatCode('salesforce_duplicate_rule')).toBe('Salesforce duplicate rule');
  });
});
