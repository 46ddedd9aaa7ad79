import type { Place } from '../../domain/finding.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { pluralOf } from '../../domain/record.ts';
import type { CheckResult, SchemaChange } from '../../ports/ledger-schemas.ts';
import { objectsOf, toFinding } from '../live-schemas.ts';
import { type Change, compareSnapshots, type Labels, type SchemaDifference } from './compare-snapshots.ts';
import { nowhere } from './finding-at.ts';
import { keyOfObject, keyOfType, kindsOf, type LiveSchemas, namesUsed, takeSnapshot } from './take-snapshot.ts';

/** How long a change is told. What it breaks is a finding of its own for as long as it does. */
const keptMs = 7 * 24 * 60 * 60_000;

/**
 * What both CRMs are like now, and what has become different since the last check, the newest first; those of the last week that were seen
 * before are among them. The first check has nothing to tell. Pure.
 */
export function changesSince(
  last: Pick<CheckResult, 'snapshot' | 'changes'> | null,
  live: LiveSchemas,
  mapping: CompiledMapping,
  nowMs: number,
): Pick<CheckResult, 'snapshot' | 'changes'> & { fresh: readonly SchemaChange[] } {
  const snapshot = takeSnapshot(live, mapping);
  if (last === null) return { snapshot, changes: [], fresh: [] };
  const used = namesUsed(live, mapping);
  const differences = compareSnapshots({ before: last.snapshot, now: snapshot, used, labels: labelsOf(live) });
  const fresh = differences
    .filter((difference) => concerns(difference, mapping))
    .map((difference) => ({ ...toChange(difference, mapping), atMs: nowMs }));
  const kept = last.changes.filter(({ atMs }) => atMs > nowMs - keptMs);
  return { snapshot, fresh, changes: [...fresh, ...kept] };
}

function labelsOf(live: LiveSchemas): Labels {
  const toLabels = (fields: readonly { name: string; label: string }[]) =>
    new Map(fields.map(({ name, label }) => [name, label]));
  return new Map(
    kindsOf(live).flatMap((schemas) => [
      [keyOfType(schemas.kind), toLabels(schemas.properties)] as const,
      ...objectsOf(schemas).map(({ object, known }) => [keyOfObject(object), toLabels(known)] as const),
    ]),
  );
}

/** Record types matter where they tell pipelines apart; a pipeline or stage that is left alone on purpose does not. */
function concerns({ object, value, field }: SchemaDifference, { deal }: CompiledMapping): boolean {
  const { pipelines } = deal;
  if (object === 'salesforce.RecordType') return pipelines.field === 'RecordTypeId';
  if (object === 'salesforce.StageName') return value === null || !pipelines.ignoredStageNames.has(value);
  if (object !== 'hubspot.pipelines' || field !== null) return true;
  const id = (value ?? '').split(' (')[0] ?? '';
  return !pipelines.ignoredPipelines.has(id) && !pipelines.ignoredStages.has(id);
}

/** What each kind of change is in words; what to do about it. docs/errors.md shows them. */
export const words: Readonly<Record<Change, string>> = {
  removed: 'is gone, or our user may not see it any more',
  renamed: 'has another name',
  retyped: 'has another type',
  shortened: 'is shorter',
  deactivated: 'was switched off',
  added: 'is new',
  required: 'is required now',
};

export const fixes: Readonly<Record<Change, string>> = {
  removed: 'Bring it back, or take it out of the mapping.',
  renamed: 'Use the new name in the mapping where it names this.',
  retyped: 'Look at the line: run handoff check, and handoff plan for what it would write.',
  shortened: 'Make it longer again, or see to it that nothing longer is sent (too_long).',
  deactivated: 'Switch it on again, or map to another one.',
  added: 'Decide what it means: name it in the mapping, or leave it out on purpose (unmapped, not_synced).',
  required: 'Map something to it, or give it a default.',
};

const systems: Readonly<Record<string, string>> = { hubspot: 'HubSpot', salesforce: 'Salesforce' };

function toChange(difference: SchemaDifference, mapping: CompiledMapping) {
  const { change, object, field, value, detail } = difference;
  const [system = '', name = ''] = object.split('.');
  const of =
    field === null
      ? `${name} ${value}`
      : value === null
        ? `${name}.${field}`
        : `the value ${value} of ${name}.${field}`;
  return toFinding(placeOf(difference, mapping), {
    severity: 'warning',
    code: `schema_changed_${change}`,
    what: `${systems[system] ?? system}: ${of} ${words[change]}${detail === '' ? '' : ` (${detail})`}.`,
    why: 'The mapping uses it, and records that meet it may become failures.',
    fix: fixes[change],
  });
}

const fileOf = {
  'hubspot.contacts': 'contact',
  'salesforce.Lead': 'contact',
  'salesforce.Contact': 'contact',
  'hubspot.companies': 'company',
  'salesforce.Account': 'company',
  'hubspot.deals': 'deal',
  'salesforce.Opportunity': 'deal',
} as const satisfies Record<string, keyof CompiledMapping>;

/** The line that names it. */
function placeOf({ object, field }: SchemaDifference, mapping: CompiledMapping): Place {
  if (field === null) return mapping.placeOf('deals', ['pipelines', 'list']);
  const kind = Object.entries(fileOf).find(([name]) => name === object)?.[1];
  if (kind === undefined) return nowhere;
  const index = mapping[kind].fields.findIndex(
    ({ hubspot, salesforce }) =>
      (object.startsWith('hubspot.') && hubspot === field) ||
      Object.entries(salesforce).some(([of, name]) => `salesforce.${of}` === object && name === field),
  );
  if (index >= 0) return mapping.placeOf(pluralOf[kind], ['fields', index]);
  return (object.startsWith('hubspot.') ? mapping[kind].namedAt.get(field) : undefined) ?? nowhere;
}
