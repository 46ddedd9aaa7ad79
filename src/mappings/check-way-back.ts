import type { Finding } from '../domain/finding.ts';
import type { Expression } from '../domain/mapping/expression.ts';
import { isBlank } from '../domain/mapping/normalise.ts';
import type { FieldRule } from '../domain/mapping/types.ts';
import { stageProperty } from '../domain/record.ts';
import type { FieldComplaint } from './check-fields.ts';
import { bothRules } from './field-entry.ts';
import type { FieldEntry } from './schema.ts';
import { findingAtPath, type YamlSource } from './yaml-source.ts';

/** The rules by which Salesforce's value may reach HubSpot. */
const flowingBack: ReadonlySet<FieldRule> = new Set(['salesforce', 'newest', 'fill_blank']);

/** What would go wrong on the way from Salesforce back to HubSpot: maps that cannot be read backwards, expressions without an inverse. */
export function checkWayBack(
  source: YamlSource,
  fields: readonly FieldEntry[],
  backs: readonly (Expression | null)[],
): Finding[] {
  return fields.flatMap((entry, index) =>
    [
      ambiguous(entry),
      withoutWayBack(entry),
      backOverOthers(entry, backs[index] ?? null),
      backWithoutValues(entry),
      unusedBack(entry),
      unusedFallback(entry),
      stageAsField(entry),
    ].flatMap((complaint) =>
      complaint === null ? [] : findingAtPath(source, ['fields', index, complaint.key], complaint),
    ),
  );
}

/** The rule before the handoff and the one from then on. */
export function rulesOf({ rule }: FieldEntry): FieldRule[] {
  const { before, after } = bothRules(rule);
  return [before, after];
}

/** Whether Salesforce's value may reach HubSpot. */
export function flowsBack(entry: FieldEntry): boolean {
  return !entry.one_way && rulesOf(entry).some((rule) => flowingBack.has(rule));
}

/** Salesforce values that several HubSpot values become, and that `values_back` does not name. */
function ambiguous(entry: FieldEntry): FieldComplaint | null {
  if (!flowsBack(entry)) return null;
  const targets = Object.values(entry.values ?? {})
    .filter((value) => !isBlank(value))
    .map(String);
  const repeated = targets.filter((value, index) => targets.indexOf(value) !== index);
  const open = [...new Set(repeated)].filter((value) => entry.values_back?.[value] === undefined);
  if (open.length === 0) return null;
  return {
    key: 'values',
    code: 'ambiguous_way_back',
    what: `Several values of ${entry.hubspot} become the same in Salesforce, and values_back does not say which one comes back for: ${open.join(', ')}.`,
    why: "The rule lets Salesforce's value into HubSpot, and nobody knows which one to write there.",
    fix: `Name each under values_back, such as "${open[0]}": ${firstFor(entry, open[0])}; or set one_way: true.`,
  };
}

function firstFor(entry: FieldEntry, value: string | undefined): string | undefined {
  return Object.entries(entry.values ?? {}).find(([, each]) => String(each) === value)?.[0];
}

function withoutWayBack(entry: FieldEntry): FieldComplaint | null {
  if (entry.transform === undefined || entry.transform_back !== undefined || !flowsBack(entry)) return null;
  return {
    key: 'transform',
    severity: 'warning',
    code: 'no_way_back',
    what: `${entry.hubspot} is computed by a transform, and no transform_back leads back.`,
    why: "The rule lets Salesforce's value into HubSpot, but the field flows one way only: an edit in Salesforce stays there.",
    fix: 'Add transform_back, or say one_way: true.',
  };
}

function backOverOthers(entry: FieldEntry, back: Expression | null): FieldComplaint | null {
  if (back === null || back.reads.length === 0) return null;
  return {
    key: 'transform_back',
    code: 'transform_back_reads_others',
    what: `transform_back of ${entry.hubspot} reads ${back.reads.join(', ')}.`,
    why: "On the way back only Salesforce's value of this field is known.",
    fix: 'Read only `value`.',
  };
}

function backWithoutValues(entry: FieldEntry): FieldComplaint | null {
  if (entry.values_back === undefined || entry.values !== undefined) return null;
  return {
    key: 'values_back',
    code: 'values_back_without_values',
    what: `${entry.hubspot} has values_back, but no values.`,
    why: 'HubSpot would get other values than it sends, and both sides could never agree.',
    fix: 'Add values for the way to Salesforce, or remove values_back.',
  };
}

function unusedBack(entry: FieldEntry): FieldComplaint | null {
  const key = entry.values_back === undefined ? 'transform_back' : 'values_back';
  if (entry[key] === undefined || flowsBack(entry)) return null;
  return {
    key,
    severity: 'warning',
    code: 'way_back_unused',
    what: `${entry.hubspot} has ${key}, but Salesforce's value never comes back.`,
    why: entry.one_way ? 'one_way: true keeps it away from HubSpot.' : 'Its rule lets HubSpot or nobody win.',
    fix: `Remove ${key}, or use a rule that lets Salesforce's value into HubSpot.`,
  };
}

function unusedFallback(entry: FieldEntry): FieldComplaint | null {
  if (entry.fallback === undefined || rulesOf(entry).includes('newest')) return null;
  return {
    key: 'fallback',
    severity: 'warning',
    code: 'fallback_unused',
    what: `${entry.hubspot} has a fallback, but not the rule newest.`,
    why: 'Only newest can fail to tell who wrote last.',
    fix: 'Remove fallback.',
  };
}

function stageAsField(entry: FieldEntry): FieldComplaint | null {
  if (entry.hubspot !== stageProperty || !flowsBack(entry)) return null;
  return {
    key: 'rule',
    code: 'stage_flows_back',
    what: `${stageProperty} would be written to HubSpot as a field.`,
    why: 'Its stage is moved by lifecycle.yaml; a second writer would fight with it.',
    fix: 'Use the rule hubspot, to show the stage in Salesforce only.',
  };
}
