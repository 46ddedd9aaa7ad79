import type { SystemName } from '../record.ts';
import type { SourceLook } from './types.ts';

/** Names of watermarks by what they are of. Those that are read once more from far back are no sources of their own. */
export type SourceNames = {
  /** Of HubSpot, swept. */
  sweeps: readonly string[];
  /** Of Salesforce, polled: changes, and deletions. */
  changes: readonly string[];
  deletions: readonly string[];
};

export type SourceTimes = { now: number; sweepEveryMs: number; pollEveryMs: number };

/** A restart and a slow round are not late. */
const leastSweepLateMs = 30 * 60_000;
const leastPollLateMs = 2 * 60_000;
const leastDeletedLateMs = 10 * 60_000;

const hubspotObjects: Readonly<Record<string, string>> = {
  contacts: 'contacts',
  companies: 'companies',
  deals: 'deals',
};
const salesforceObjects: Readonly<Record<string, string>> = {
  Lead: 'Leads',
  Contact: 'Contacts',
  Account: 'Accounts',
  Opportunity: 'Opportunities',
  OpportunityContactRole: 'Opportunity contact roles',
};

/** What a watermark is of, in plain words. */
export function labelOf(source: string): string {
  const [system, object = '', kind] = source.split('.');
  if (system === 'hubspot') return `HubSpot sweep of ${hubspotObjects[object] ?? object}`;
  const of = salesforceObjects[object] ?? object;
  return kind === 'deleted' ? `Salesforce deletions of ${of}` : `Salesforce changes of ${of}`;
}

/** How far each source was read, in the order of the names, and which is later than it should be. What was never read is left out. */
export function lookAtSources(
  watermarks: readonly { source: string; atMs: number }[],
  { sweeps, changes, deletions }: SourceNames,
  { now, sweepEveryMs, pollEveryMs }: SourceTimes,
): readonly SourceLook[] {
  const look = (system: SystemName, names: readonly string[], everyMs: number, lateAfterMs: number) =>
    names.flatMap((source) => {
      const mark = watermarks.find((each) => each.source === source);
      if (mark === undefined) return [];
      return [
        { source, label: labelOf(source), system, atMs: mark.atMs, everyMs, isLate: now - mark.atMs > lateAfterMs },
      ];
    });
  return [
    ...look('salesforce', changes, pollEveryMs, Math.max(leastPollLateMs, 10 * pollEveryMs)),
    ...look('salesforce', deletions, pollEveryMs, Math.max(leastDeletedLateMs, 10 * pollEveryMs)),
    ...look('hubspot', sweeps, sweepEveryMs, Math.max(leastSweepLateMs, 3 * sweepEveryMs)),
  ];
}
