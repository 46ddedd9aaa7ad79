import type { HubSpotObject } from '../record.ts';
import { compareFields } from './compare-fields.ts';
import { describePairs } from './pair-differences.ts';
import type { GateContent, MappingChange, MappingContent, MappingSetting } from './types.ts';

type Area = MappingChange['area'];

/** Anything with a name whose text may differ. */
type Line = { name: string; text: string };

/**
 * What a version of the mapping says otherwise than another one: gate, stages, moves, fields, pipelines and settings, in the order of the page. The
 * order of lines in a file, comments and examples are no difference. Pure.
 */
export function compareContents(before: MappingContent, after: MappingContent): MappingChange[] {
  return [
    ...compareLines('gate', gateLines(before.gate), gateLines(after.gate)),
    ...compareLines('stage', stageLines(before), stageLines(after)),
    ...compareOrder(before, after),
    ...compareLines('move', moveLines(before), moveLines(after)),
    ...compareLines('setting', toLines(before.lifecycle.settings), toLines(after.lifecycle.settings)),
    ...after.objects.flatMap((object) => {
      const known = before.objects.find(({ kind }) => kind === object.kind);
      return [
        ...compareFields(known, object),
        ...compareLines('setting', toLines(known?.settings ?? []), toLines(object.settings), object.kind),
      ];
    }),
    ...comparePipelines(before, after),
    ...compareLines('setting', toLines(before.owners.settings), toLines(after.owners.settings)),
  ];
}

/** Of limits, which are numbers. */
export function compareLimits(
  before: { createsPerRun: number; changesPerRun: number },
  after: { createsPerRun: number; changesPerRun: number },
): MappingChange[] {
  const lines = (limits: typeof before) => [
    {
      name: 'limits.creates_per_run',
      text: `A run stops before it creates more than ${limits.createsPerRun} records.`,
    },
    {
      name: 'limits.changes_per_run',
      text: `A run stops before it changes more than ${limits.changesPerRun} records.`,
    },
  ];
  return compareLines('limit', lines(before), lines(after));
}

function compareLines(
  area: Area,
  before: readonly Line[],
  after: readonly Line[],
  kind: HubSpotObject | null = null,
): MappingChange[] {
  const old = new Map(before.map((line) => [line.name, line.text]));
  const now = new Map(after.map((line) => [line.name, line.text]));
  const present = [...now].flatMap(([name, text]): MappingChange[] => {
    const known = old.get(name);
    if (known === text) return [];
    if (known === undefined)
      return [{ change: 'added', area, kind, name, before: null, after: text, text: `New: ${text}` }];
    return [{ change: 'changed', area, kind, name, before: known, after: text, text: `Now: ${text}` }];
  });
  const gone = [...old].flatMap(([name, text]): MappingChange[] =>
    now.has(name)
      ? []
      : [{ change: 'removed', area, kind, name, before: text, after: null, text: `No longer: ${text}` }],
  );
  return [...present, ...gone];
}

function toLines(settings: readonly MappingSetting[]): Line[] {
  return settings.map(({ key, text }) => ({ name: key, text }));
}

/** A required property is a condition of its own. */
function gateLines(gate: GateContent | null): Line[] {
  if (gate === null) return [];
  const conditions = gate.conditions.map(({ code, text, expression }) => ({
    name: code === 'property_missing' ? text : code,
    text: expression === null ? text : `${text} ${expression}`,
  }));
  return [...conditions, { name: 'below', text: gate.below }];
}

function stageLines({ stages }: MappingContent): Line[] {
  return stages.map(({ stage, label, owner, salesforce }) => {
    const facts = salesforce.length === 0 ? 'Salesforce says nothing of it' : salesforce.join(', or: ');
    return { name: stage, text: `Stage ${label}, owner ${owner}. ${facts}.` };
  });
}

/** Of stages that both have: further and back are what their order says. */
function compareOrder(before: MappingContent, after: MappingContent): MappingChange[] {
  const shared = (one: MappingContent, other: MappingContent) =>
    one.stages.filter(({ stage }) => other.stages.some((known) => known.stage === stage)).map(({ stage }) => stage);
  const [old, now] = [shared(before, after).join(', '), shared(after, before).join(', ')];
  if (old === now) return [];
  const text = 'The stages are in another order.';
  return [{ change: 'changed', area: 'stage', kind: null, name: 'order', before: old, after: now, text }];
}

/** Steps forward follow from the stages; a return is told once, whichever stage it starts from. */
function moveLines({ moves, stages }: MappingContent): Line[] {
  const recycles = moves.filter(({ kind }) => kind === 'recycle');
  const texts = recycles.map(
    ({ to, when }) => `${when} Goes back to ${stages.find(({ stage }) => stage === to)?.label ?? to}.`,
  );
  return [...new Set(texts)].map((text) => ({ name: text, text }));
}

function comparePipelines(before: MappingContent, after: MappingContent): MappingChange[] {
  const lines = ({ pipelines }: MappingContent) =>
    pipelines.map(({ hubspot, recordType }) => ({
      name: hubspot,
      text: `Pipeline ${hubspot}${recordType === null ? '' : ` is ${recordType} in Salesforce`}.`,
    }));
  return [
    ...compareLines('pipeline', lines(before), lines(after), 'deal'),
    ...after.pipelines.flatMap((pipeline) => {
      const known = before.pipelines.find(({ hubspot }) => hubspot === pipeline.hubspot);
      if (known === undefined) return [];
      const base = { change: 'changed', area: 'pipeline', kind: 'deal', name: pipeline.hubspot } as const;
      const there = describePairs(known.stages, pipeline.stages);
      const back = describePairs(known.stagesBack, pipeline.stagesBack);
      return [
        { ...base, ...there, text: `Pipeline ${pipeline.hubspot} has other stages.` },
        { ...base, ...back, text: `Pipeline ${pipeline.hubspot} has other stages on the way back.` },
      ].filter((change) => change.before !== change.after);
    }),
  ];
}
