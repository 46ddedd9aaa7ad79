const counts = new Intl.NumberFormat('en-GB');
const exact = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const utcDays = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });
const percents = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });

/** A moment as the API tells it (ISO 8601), or epoch milliseconds. */
export type When = string | number;

/** `12,345`. */
export function formatCount(value: number): string {
  return counts.format(value);
}

/** `1 record`, `3 records`; `units` where the plural is not simply one `s` more. */
export function formatUnits(value: number, unit: string, units = `${unit}s`): string {
  return `${counts.format(value)} ${value === 1 ? unit : units}`;
}

/** A share of one as `12.5%`. */
export function formatShare(value: number): string {
  return percents.format(value);
}

/** `22 Nov 2026, 10:31:05 CET`: the reader's own time zone, named. */
export function formatMoment(at: When): string {
  return exact.format(new Date(at));
}

/** `22 Nov 2026`, a day of UTC. */
export function formatUtcDay(at: When): string {
  return utcDays.format(new Date(at));
}

/** `22 Nov 2026`, in the reader's time zone. */
function formatDay(at: When): string {
  return days.format(new Date(at));
}

/** `10:31`; say beside it which zone this is. */
export function formatClock(at: When): string {
  return clock.format(new Date(at));
}

/** `CET`: the reader's time zone. */
export function zoneName(): string {
  return zone.formatToParts(new Date()).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

const steps: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** Seconds in at most two units: `45 s`, `3 min 20 s`, `2 d 4 h`; from ten of a unit on that unit alone. */
export function formatSpan(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const index = steps.findIndex(([, size]) => whole >= size);
  const [unit, size] = steps[index] ?? ['s', 1];
  const first = Math.floor(whole / size);
  const next = steps[index + 1];
  if (next === undefined || first >= 10) return `${counts.format(first)} ${unit}`;
  const second = Math.floor((whole - first * size) / next[1]);
  return second === 0 ? `${first} ${unit}` : `${first} ${unit} ${second} ${next[0]}`;
}

/** `just now`, `5 min ago`, `in 2 h`; after 30 days the day itself. */
export function formatAgo(at: When, nowMs: number): string {
  const seconds = (nowMs - new Date(at).getTime()) / 1000;
  const far = Math.abs(seconds);
  if (far < 10) return 'just now';
  if (far > 30 * 86_400) return formatDay(at);
  const [unit, size] = steps.find(([, length]) => far >= length) ?? ['s', 1];
  const span = `${Math.floor(far / size)} ${unit}`;
  return seconds > 0 ? `${span} ago` : `in ${span}`;
}

/** `salesqualifiedlead_entered` → `Salesqualifiedlead entered`: the last resort for a code that has no label. */
export function formatCode(code: string): string {
  const words = code.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
