import { expect, it } from 'vitest';
import { pendingWords } from '../../../../web/src/pages/records/pending-words.ts';

const due = { dueAt: '2026-11-22T10:00:00.000Z', attempts: 0, waitCode: null };

it.each([
  { pending: due, words: null },
  { pending: { ...due, attempts: 1 }, words: 'It was tried once before.' },
  {
    pending: { ...due, attempts: 3, waitCode: 'rate_limited' },
    words: 'It was put off: rate_limited. It was tried 3 times before.',
  },
  { pending: { ...due, dueAt: null }, words: 'It is held as long as the run that marked it is paused.' },
])('a look that is due and has not happened: $words', ({ pending, words }) => {
  expect(pendingWords(pending)).toBe(words);
});
