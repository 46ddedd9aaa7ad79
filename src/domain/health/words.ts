import type { SystemName } from '../record.ts';

/** The systems' names as people write them. */
export const systemNames: Readonly<Record<SystemName, string>> = { hubspot: 'HubSpot', salesforce: 'Salesforce' };

/** What to do first where a system does not let us in, one sentence. */
export function signInFix(system: SystemName): string {
  const which =
    system === 'hubspot'
      ? 'HUBSPOT_ACCESS_TOKEN and the scopes of the app'
      : 'the SALESFORCE_ settings and the rights of the user';
  return `Check ${which}, then restart the service.`;
}

/** `2026-11-22 09:30 UTC`. @param atMs epoch milliseconds */
export function clockText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `12 minutes`, `3 hours`, `2 days`: the largest unit of which there are two, so that nothing is told as "1". */
export function lengthText(lengthMs: number): string {
  const minutes = Math.floor(lengthMs / 60_000);
  if (minutes < 2) return countText(Math.max(0, Math.floor(lengthMs / 1_000)), 'second');
  if (minutes < 120) return countText(minutes, 'minute');
  return minutes < 48 * 60
    ? countText(Math.floor(minutes / 60), 'hour')
    : countText(Math.floor(minutes / 1_440), 'day');
}

/** `1 record`, `1,200 records`. @param plural where it is not formed with an `s` */
export function countText(count: number, unit: string, plural = `${unit}s`): string {
  return `${numberText(count)} ${count === 1 ? unit : plural}`;
}

/** `1,200`. */
export function numberText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A code as words: `field_too_long` is "field too long". */
export function codeText(code: string): string {
  return code.replaceAll('_', ' ');
}
