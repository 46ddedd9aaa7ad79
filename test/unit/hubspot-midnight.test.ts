import { describe, expect, it } from 'vitest';
import { nextMidnightMs } from '../../src/hubspot/midnight.ts';

describe('midnight of the account, when HubSpot counts anew', () => {
  it.each([
    { now: '2026-11-22T04:00:00.250Z', timeZone: 'UTC', midnight: '2026-11-23T00:00:00.000Z' },
    { now: '2026-11-22T04:00:00.000Z', timeZone: 'America/New_York', midnight: '2026-11-22T05:00:00.000Z' },
    { now: '2026-11-22T16:00:00.000Z', timeZone: 'Asia/Tokyo', midnight: '2026-11-23T15:00:00.000Z' },
    { now: '2026-11-22T18:15:00.000Z', timeZone: 'Asia/Kathmandu', midnight: '2026-11-23T18:15:00.000Z' },
    { now: '2026-11-22T04:00:00.000Z', timeZone: 'Nowhere/Atall', midnight: '2026-11-23T04:00:00.000Z' },
  ])('$now in $timeZone: $midnight', ({ now, timeZone, midnight }) => {
    expect(new Date(nextMidnightMs(Date.parse(now), timeZone)).toISOString()).toBe(midnight);
  });
});
