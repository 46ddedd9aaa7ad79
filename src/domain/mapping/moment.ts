import type { FieldValue } from '../record.ts';

const dateShape = /^(\d{4}-\d{2}-\d{2})$/;
const momentShape = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)$/i;
const millisecondsShape = /^-?\d{1,15}$/;
const dayMs = 86_400_000;

/**
 * A date as `YYYY-MM-DD`. HubSpot holds dates as texts of that form or as the milliseconds of midnight UTC, Salesforce as texts.
 * @returns null for what is no date
 */
export function dateOf(value: FieldValue): string | null {
  const text = String(value).trim();
  if (dateShape.test(text)) return isDay(text) ? text : null;
  const ms = millisecondsOf(text);
  return ms !== null && ms % dayMs === 0 ? (isoOf(ms)?.slice(0, 10) ?? null) : null;
}

/**
 * A moment as ISO 8601 in UTC, to the millisecond, without a fraction where that is zero. Taken with any offset, also `+0000` as Salesforce
 * writes it, and as milliseconds. A time without a zone is no moment.
 * @returns null for what is no moment
 */
export function momentOf(value: FieldValue): string | null {
  const ms = millisecondsOf(String(value).trim());
  return ms === null ? null : isoOf(ms);
}

function millisecondsOf(text: string): number | null {
  if (millisecondsShape.test(text)) return Number(text);
  const match = momentShape.exec(text);
  if (match === null) return null;
  const [, day = '', time = '', seconds = '00', fraction = '', zone = 'Z'] = match;
  if (!isDay(day)) return null;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const ms = Date.parse(`${day}T${time}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  return Number.isNaN(ms) ? null : ms;
}

/** The parser takes 30 February for a day in March. */
function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(ms) && isoOf(ms)?.slice(0, 10) === text;
}

function isoOf(ms: number): string | null {
  const moment = new Date(ms);
  if (Number.isNaN(moment.getTime())) return null;
  const iso = moment.toISOString();
  // Years beyond 9999 have another form, which neither CRM knows.
  return /^\d{4}-/.test(iso) ? iso.replace('.000Z', 'Z') : null;
}
