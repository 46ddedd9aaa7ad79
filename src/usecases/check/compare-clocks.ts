import type { Finding } from '../../domain/finding.ts';
import type { SystemName } from '../../domain/record.ts';
import { toFinding } from '../live-schemas.ts';
import { nowhere } from './finding-at.ts';

const tellFromMs = 60_000;
/** HubSpot's signatures hold for five minutes, and a login by JWT for three. */
const failsFromMs = 5 * 60_000;

const names: Readonly<Record<SystemName, string>> = { hubspot: 'HubSpot', salesforce: 'Salesforce' };

/** Clocks that differ from ours, by the `Date` of their answers. @param ahead milliseconds by system */
export function compareClocks(ahead: ReadonlyMap<SystemName, number>): Finding[] {
  return [...ahead].flatMap(([system, aheadMs]) => {
    const distanceMs = Math.abs(aheadMs);
    if (distanceMs <= tellFromMs) return [];
    const seconds = Math.round(distanceMs / 1_000);
    return toFinding(nowhere, {
      severity: distanceMs > failsFromMs ? 'error' : 'warning',
      code: 'clock_skew',
      what: `The clock of this machine is ${seconds} seconds ${aheadMs > 0 ? 'behind' : 'ahead of'} that of ${names[system]}.`,
      why: 'Beyond five minutes webhooks are refused as too old or of the future, and logins to Salesforce may fail.',
      fix: 'Let the machine set its clock by NTP.',
    });
  });
}
