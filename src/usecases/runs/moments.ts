const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** A date alone is the beginning of that day in UTC; a time without a zone is one of UTC, too. */
const isoForm = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** The form that `readMoment` takes, for a message. */
export const momentForms = 'a date such as 2026-11-01 or 2026-11-01T08:00:00Z, or a time ago such as 7d, 12h, 30m';

/** A moment as a person writes it: a date, or how long ago. @returns epoch milliseconds; null: it is none */
export function readMoment(text: string, nowMs: number): number | null {
  const ago = /^(\d{1,5})([mhdw])$/.exec(text.trim());
  if (ago !== null) return nowMs - Number(ago[1]) * (unitsMs[ago[2] ?? ''] ?? 0);
  const iso = text.trim();
  if (!isoForm.test(iso)) return null;
  const hasZone = iso.length === 10 || /(?:Z|[+-]\d{2}:\d{2})$/.test(iso);
  const atMs = Date.parse(hasZone ? iso : `${iso}Z`);
  // The parser takes the 31st of a month that has none for the first of the next one.
  const isReal = !Number.isNaN(atMs) && !Number.isNaN(Date.parse(iso.slice(0, 10)));
  return isReal && isDay(iso) ? atMs : null;
}

function isDay(iso: string): boolean {
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso.slice(0, 10));
}
