const DAY_MS = 86_400_000;

/** Milliseconds since the last midnight of the zone, by its wall clock. */
function sinceMidnightMs(atMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const seconds = (parts.get('hour') ?? 0) * 3600 + (parts.get('minute') ?? 0) * 60 + (parts.get('second') ?? 0);
  return seconds * 1000 + (atMs % 1000);
}

/**
 * The next midnight of a time zone, epoch milliseconds. On the two days a year that are not 24 hours long it may be an hour off, which
 * costs a needless question or an hour's wait. An unknown zone answers a day from now.
 */
export function nextMidnightMs(nowMs: number, timeZone: string): number {
  try {
    return nowMs + DAY_MS - sinceMidnightMs(nowMs, timeZone);
  } catch {
    return nowMs + DAY_MS;
  }
}
