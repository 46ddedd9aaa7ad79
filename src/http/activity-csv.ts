import type { ActivityEntry } from '../usecases/activity/activity-log.ts';
import { isoTime } from './times.ts';

/** The columns of the export, in words. */
export const csvHeader = [
  'Time (UTC)',
  'Kind',
  'Who',
  'What happened',
  'Outcome',
  'System',
  'Object',
  'Record id',
  'HubSpot record',
  'Run',
  'Field',
  'Before',
  'After',
  'Rule',
  'Both had changed, kept',
  'Entry',
] as const;

const kindWords: Readonly<Record<ActivityEntry['kind'], string>> = {
  action: 'Action of a person',
  write: 'Record written',
  stage: 'Stage moved',
};

/** What stands where a privacy deletion took a value away. */
const erasedText = '(erased)';

/** An entry as lines of the export: one per changed field, and one where there is none. */
export function toCsvLines(entry: ActivityEntry): readonly (readonly string[])[] {
  const { id, atMs, kind, actor, text, outcome, object, recordId, runId, pair } = entry;
  const before = [
    isoTime(atMs),
    kindWords[kind],
    actor,
    text,
    outcome,
    systemWord(entry.system),
    object ?? '',
    recordId ?? '',
    pair === null ? '' : `${pair.kind} ${pair.recordId}`,
    runId ?? '',
  ];
  if (entry.changes.length === 0) return [[...before, '', '', '', '', '', id]];
  return entry.changes.map((change) => [
    ...before,
    change.field,
    change.erased ? erasedText : valueText(change.before),
    change.erased ? erasedText : valueText(change.after),
    change.rule,
    change.conflict === null ? '' : systemWord(change.conflict),
    id,
  ]);
}

function systemWord(system: ActivityEntry['system']): string {
  if (system === null) return '';
  return system === 'hubspot' ? 'HubSpot' : 'Salesforce';
}

/** Values of the CRMs are texts, numbers and booleans; anything else as JSON. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
