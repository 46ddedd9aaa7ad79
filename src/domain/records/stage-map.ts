import type { PipelineMapping, PipelinesMapping } from '../mapping/record-types.ts';
import type { FieldValue, FieldValues } from '../record.ts';
import type { DealFacts } from './types.ts';

/** What decides about pipelines and stages. */
export type StageContext = { pipelines: PipelinesMapping; facts: DealFacts };

/** Where something stands, or the sentence that says why that is not known, with what is known. */
export type Found<Place> = { kind: 'found'; place: Place } | { kind: 'unknown'; text: string };

type Properties = Readonly<Record<string, string | null>>;

/** The pipeline and StageName that a deal's pipeline and stage stand for. */
export function placeOfDeal(
  { pipelines, facts }: StageContext,
  { pipeline: id, dealstage: stage }: Properties,
): Found<{ pipeline: PipelineMapping; stageName: string }> {
  if (!id || !stage) return unknown('The deal has no pipeline or no stage.');
  const live = facts.pipelines.get(id);
  if (live === undefined) return unknown(`The deal's pipeline ${id} no longer exists in HubSpot.`);
  const pipeline = pipelines.list.find(({ hubspot }) => hubspot === id);
  if (pipeline === undefined) {
    return unknown(
      `deals.yaml does not know the pipeline ${named(id, live.label)}; it knows ${knownPipelines(pipelines)}.`,
    );
  }
  const stageName = pipeline.stages.get(stage);
  const label = live.stages.get(stage)?.label;
  if (label === undefined) {
    return unknown(
      `The stage ${stage} is not in the pipeline ${named(id, live.label)}, which has ${listStages(live)}.`,
    );
  }
  if (stageName === undefined) {
    const known = listed([...pipeline.stages.keys()]);
    return unknown(
      `deals.yaml does not know the stage ${named(stage, label)} of the pipeline ${id}; it knows ${known}.`,
    );
  }
  if (!isUsable(facts, stageName))
    return unknown(`Salesforce has no active stage ${stageName}; it has ${activeStages(facts)}.`);
  return { kind: 'found', place: { pipeline, stageName } };
}

/**
 * The pipeline and stage that an Opportunity's stage stands for. Of several pipelines that could be meant the deal's own goes first; a stage of
 * the deal that stands for the StageName already is kept.
 */
export function placeOfOpportunity(
  context: StageContext,
  fields: FieldValues,
  { pipeline: current, dealstage }: Properties,
): Found<{ pipeline: string; stage: string }> {
  const { pipelines, facts } = context;
  const stageName = String(fields.StageName ?? '');
  const candidates = candidatesOf(context, fields);
  if (candidates.length === 0) {
    const value = pipelineValue(context, fields) ?? 'nothing';
    return unknown(
      `No pipeline in deals.yaml stands for ${value} in ${pipelines.field}; it knows ${knownPipelines(pipelines)}.`,
    );
  }
  const inOrder = [...candidates].sort((one, other) => rank(one, current) - rank(other, current));
  const pipeline = inOrder.find(({ stagesBack }) => stagesBack.has(stageName));
  const back = pipeline?.stagesBack.get(stageName);
  if (pipeline === undefined || back === undefined) {
    const known = listed(candidates.flatMap(({ stagesBack }) => [...stagesBack.keys()]));
    return unknown(`deals.yaml does not know the StageName ${stageName || '(none)'}; it knows ${known}.`);
  }
  const stays = pipeline.hubspot === current && dealstage != null && pipeline.stages.get(dealstage) === stageName;
  const stage = stays ? dealstage : back;
  const live = facts.pipelines.get(pipeline.hubspot);
  if (live === undefined) return unknown(`The pipeline ${pipeline.hubspot} no longer exists in HubSpot.`);
  if (!live.stages.has(stage)) {
    return unknown(
      `The stage ${stage} is not in the pipeline ${named(pipeline.hubspot, live.label)}, which has ${listStages(live)}.`,
    );
  }
  return { kind: 'found', place: { pipeline: pipeline.hubspot, stage } };
}

/** What the pipeline field of an Opportunity says: of a record type its developer name. */
export function pipelineValue({ pipelines, facts }: StageContext, fields: FieldValues): string | null {
  const held = pipelines.field === null ? null : (fields[pipelines.field] ?? null);
  if (held === null || pipelines.field !== 'RecordTypeId') return held === null ? null : String(held);
  return [...facts.recordTypes].find(([, id]) => id.slice(0, 15) === String(held).slice(0, 15))?.[0] ?? String(held);
}

/** What the pipeline field of an Opportunity shall hold for a pipeline; null: nothing is said of it. */
export function heldFor({ pipelines, facts }: StageContext, pipeline: PipelineMapping): Found<FieldValue> {
  if (pipeline.salesforce === null || pipelines.field !== 'RecordTypeId')
    return { kind: 'found', place: pipeline.salesforce };
  const id = facts.recordTypes.get(pipeline.salesforce);
  if (id !== undefined) return { kind: 'found', place: id };
  return unknown(
    `The record type ${pipeline.salesforce} of Opportunity is not there, not active, or our user may not use it; it may use ${listed([...facts.recordTypes.keys()])}.`,
  );
}

/** Whether a stage of either side is left alone on purpose, and which. */
export function ignoredBy(context: StageContext, properties: Properties, fields: FieldValues | null): string | null {
  const { ignoredPipelines, ignoredStages, ignoredValues, ignoredStageNames } = context.pipelines;
  const { pipeline, dealstage } = properties;
  if (pipeline != null && ignoredPipelines.has(pipeline)) return `the pipeline ${pipeline}`;
  if (dealstage != null && ignoredStages.has(dealstage)) return `the stage ${dealstage}`;
  if (fields === null) return null;
  const value = pipelineValue(context, fields);
  if (value !== null && ignoredValues.has(value)) return `${value} in ${context.pipelines.field}`;
  const stageName = String(fields.StageName ?? '');
  return ignoredStageNames.has(stageName) ? `the StageName ${stageName}` : null;
}

function candidatesOf(context: StageContext, fields: FieldValues): readonly PipelineMapping[] {
  const { field, list } = context.pipelines;
  if (field === null) return list;
  const value = pipelineValue(context, fields);
  const stated = value === null ? [] : list.filter(({ salesforce }) => salesforce === value);
  return stated.length > 0 ? stated : list.filter(({ salesforce }) => salesforce === null);
}

function rank({ hubspot }: PipelineMapping, current: string | null | undefined): number {
  return hubspot === current ? 0 : 1;
}

/** Where the org did not tell its stages, it is asked. */
function isUsable({ stages }: DealFacts, stageName: string): boolean {
  return stages.size === 0 || (stages.get(stageName)?.isActive ?? false);
}

function activeStages({ stages }: DealFacts): string {
  return listed([...stages].flatMap(([name, { isActive }]) => (isActive ? [name] : [])));
}

function listStages({ stages }: { stages: ReadonlyMap<string, { label: string }> }): string {
  return listed([...stages].map(([id, { label }]) => named(id, label)));
}

function knownPipelines({ list }: PipelinesMapping): string {
  return listed(list.map(({ hubspot }) => hubspot));
}

function named(id: string, label: string): string {
  return label === '' || label === id ? id : `${id} (${label})`;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...new Set(names)].join(', ');
}

function unknown(text: string): { kind: 'unknown'; text: string } {
  return { kind: 'unknown', text };
}
