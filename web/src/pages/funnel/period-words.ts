import { formatUtcDay } from '../../parts/format.ts';

/** A period in days of UTC, both included. `to` is the first moment behind it. Pure. */
export function periodText({ from, to }: { from: string; to: string }): string {
  const last = new Date(Math.max(Date.parse(from), Date.parse(to) - 1));
  return `from ${formatUtcDay(from)} to ${formatUtcDay(last.toISOString())} (UTC)`;
}
