import { Temporal } from 'temporal-polyfill';
import { dateOf, momentOf } from '../mapping/moment.ts';
import type { FieldValue } from '../record.ts';

/**
 * The day of a close date in a time zone, `YYYY-MM-DD`. HubSpot keeps a moment, and shows its day in the zone of whoever looks; a bare date is
 * that day anywhere.
 *
 * @param timeZone IANA name
 * @returns null for what is no moment, or an unknown zone
 */
export function dayIn(timeZone: string, value: FieldValue): string | null {
  const text = String(value ?? '').trim();
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return dateOf(text);
  const moment = momentOf(text);
  return moment === null
    ? null
    : inZone(() => Temporal.Instant.from(moment).toZonedDateTimeISO(timeZone).toPlainDate().toString());
}

/**
 * The moment at which a day begins in a time zone, ISO 8601 in UTC. Where midnight is skipped as clocks go forward it is the first moment that
 * there is; where it comes twice, the first.
 *
 * @returns null for what is no day, or an unknown zone
 */
export function startOfDay(timeZone: string, value: FieldValue): string | null {
  const day = dateOf(value);
  if (day === null) return null;
  const start = inZone(() => Temporal.PlainDate.from(day).toZonedDateTime({ timeZone }).toInstant().toString());
  return start === null ? null : momentOf(start);
}

/** The day that lies `days` after the one that it is now in the zone. */
export function dayAfter(timeZone: string, nowMs: number, days: number): string | null {
  return inZone(() =>
    Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate().add({ days }).toString(),
  );
}

/** Temporal throws for a zone that it does not know and for days beyond its calendar. */
function inZone(compute: () => string): string | null {
  try {
    const text = compute();
    return /^\d{4}-/.test(text) ? text : null;
  } catch (cause) {
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}
