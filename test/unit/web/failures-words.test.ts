import { describe, expect, it } from 'vitest';
import { isRising, objectWords, retryLabel, totalOf, trendText } from '../../../web/src/pages/failures/words.ts';

describe('how a cause has grown', () => {
  it.each([
    { newInDay: 0, newInDayBefore: 0, text: 'None new in the last 48 h', rising: false },
    { newInDay: 3, newInDayBefore: 1, text: '3 new in the last 24 h, 1 the day before', rising: true },
    { newInDay: 0, newInDayBefore: 2, text: 'None new in the last 24 h, 2 the day before', rising: false },
    { newInDay: 1200, newInDayBefore: 0, text: '1,200 new in the last 24 h, none the day before', rising: true },
    { newInDay: 2, newInDayBefore: 2, text: '2 new in the last 24 h, 2 the day before', rising: false },
  ])('$text', ({ text, rising, ...group }) => {
    expect(trendText(group)).toBe(text);
    expect(isRising(group)).toBe(rising);
  });
});

it('names the number of records on the button of a retry', () => {
  expect(retryLabel(1)).toBe('Retry 1 record');
  expect(retryLabel(10_000)).toBe('Retry 10,000 records');
});

it('adds up all causes', () => {
  expect(totalOf([{ count: 3 }, { count: 4 }])).toBe(7);
});

it('writes both systems as they are called', () => {
  expect(objectWords('hubspot contact')).toBe('HubSpot contact');
  expect(objectWords('salesforce Lead')).toBe('Salesforce Lead');
});
