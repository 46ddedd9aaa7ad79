import { expect, it } from 'vitest';
import { periodText } from '../../../web/src/pages/funnel/period-words.ts';

it.each([
  ['2026-11-01T00:00:00.000Z', '2026-11-21T00:00:00.000Z', 'from 1 Nov 2026 to 20 Nov 2026 (UTC)'],
  ['2026-08-24T15:30:00.000Z', '2026-11-22T15:30:00.000Z', 'from 24 Aug 2026 to 22 Nov 2026 (UTC)'],
])('a period from %s to %s names days of UTC, both included', (from, to, text) => {
  expect(periodText({ from, to })).toBe(text);
});
