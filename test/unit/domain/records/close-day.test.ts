import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAfter, dayIn, startOfDay } from '../../../../src/domain/records/close-day.ts';

describe('a close date is a day in the time zone of the HubSpot account', () => {
  it.each([
    ['Europe/Vienna', '2026-03-28T23:00:00Z', '2026-03-29', 'midnight before clocks go forward'],
    ['Europe/Vienna', '2026-03-29T21:59:59Z', '2026-03-29', 'the last second of that day'],
    ['Europe/Vienna', '2026-03-29T22:00:00Z', '2026-03-30', 'the next midnight, an hour earlier in UTC'],
    ['Europe/Vienna', '2026-10-24T22:00:00Z', '2026-10-25', 'midnight before clocks go back'],
    ['Europe/Vienna', '2026-10-25T22:59:59.999Z', '2026-10-25', 'a day of 25 hours'],
    ['America/Los_Angeles', '2026-12-31T00:00:00Z', '2026-12-30', 'midnight UTC is the day before in the Americas'],
    ['America/Los_Angeles', '2026-12-31T08:00:00Z', '2026-12-31', 'midnight on the coast'],
    ['Pacific/Kiritimati', '2026-12-30T10:00:00Z', '2026-12-31', 'fourteen hours ahead'],
    ['Pacific/Kiritimati', '2026-12-30T09:59:59Z', '2026-12-30', 'a second before'],
    ['Asia/Kolkata', '2026-12-30T18:30:00Z', '2026-12-31', 'half an hour off'],
    ['Asia/Kolkata', '1798741800000', '2027-01-01', 'milliseconds, as HubSpot writes them at times'],
    ['Europe/Vienna', '2026-12-31', '2026-12-31', 'a bare day'],
    ['Europe/Vienna', 'soon', null, 'no date'],
    ['Europe/Vienna', '2026-02-30', null, 'no day'],
    ['Mars/Olympus', '2026-12-31T00:00:00Z', null, 'no zone'],
  ])('%s: %s is on %s (%s)', (zone, moment, day, _because) => {
    expect(dayIn(zone, moment)).toBe(day);
  });

  it.each([
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z', 'midnight is skipped: the first moment that there is'],
    ['Europe/Vienna', '2026-03-29', '2026-03-28T23:00:00Z', 'the day on which clocks go forward'],
    ['America/Los_Angeles', '2026-12-31', '2026-12-31T08:00:00Z', 'behind UTC'],
    ['Europe/Vienna', '2026-13-01', null, 'no day'],
    ['Mars/Olympus', '2026-12-31', null, 'no zone'],
    ['Europe/Vienna', null, null, 'nothing'],
  ])('%s: %s begins at %s (%s)', (zone, day, moment, _because) => {
    expect(startOfDay(zone, day)).toBe(moment);
  });

  it.each(['Europe/Vienna', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kolkata', 'America/Santiago'])(
    'a day becomes a moment and that day again, in %s',
    (zone) => {
      const days = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
      fc.assert(
        fc.property(days, (date) => {
          const day = date.toISOString().slice(0, 10);
          expect(dayIn(zone, startOfDay(zone, day))).toBe(day);
        }),
        { numRuns: 400 },
      );
    },
  );

  it('counts days from the day that it is in the zone, not in UTC', () => {
    const lateInVienna = Date.parse('2026-12-30T23:30:00Z');

    expect(dayAfter('Europe/Vienna', lateInVienna, 30)).toBe('2027-01-30');
    expect(dayAfter('America/Los_Angeles', lateInVienna, 30)).toBe('2027-01-29');
  });
});
