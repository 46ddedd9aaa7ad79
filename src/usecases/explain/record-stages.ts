import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { type FieldValue, type HubSpotRecord, type SalesforceRecord, stageProperty } from '../../domain/record.ts';
import { pipelineValue } from '../../domain/records/stage-map.ts';
import type { DealFacts, DealState, RecordPlan } from '../../domain/records/types.ts';
import type { KindNames } from '../drain-records/kinds.ts';

/** Where both sides have a deal, or HubSpot has a company. Labels as HubSpot shows them; null: not told. */
export type RecordStages = {
  hubspot: { pipeline: string | null; pipelineLabel: string | null; stage: string | null; stageLabel: string | null };
  /** Null: there is no Opportunity. `pipeline`: of a record type its developer name. */
  salesforce: { pipeline: string | null; stage: string | null; isClosed: boolean | null; isWon: boolean | null } | null;
  /** What the deal has come to; null: not known, or a company. */
  state: DealState | null;
};

type Given = {
  record: HubSpotRecord;
  counterpart: SalesforceRecord | null;
  facts: DealFacts | null;
  plan: RecordPlan | null;
};

/** The stage of both sides. Pure. */
export function stagesOf(
  { deal, lifecycle }: CompiledMapping,
  { kind }: KindNames,
  { record: { properties }, counterpart, facts, plan }: Given,
): RecordStages {
  if (kind === 'company') {
    const stage = properties[stageProperty] ?? null;
    const stageLabel = lifecycle.stages.find((one) => one.hubspot === stage)?.label ?? null;
    const hubspot = { pipeline: null, pipelineLabel: null, stage, stageLabel };
    return { hubspot, salesforce: null, state: null };
  }
  const { pipeline = null, dealstage: stage = null } = properties;
  const live = facts?.pipelines.get(pipeline ?? '');
  const stageLabel = live?.stages.get(stage ?? '')?.label ?? null;
  return {
    hubspot: { pipeline, pipelineLabel: live?.label ?? null, stage, stageLabel },
    salesforce: counterpart === null ? null : toSalesforce(deal, facts, counterpart),
    state: plan?.dealState ?? null,
  };
}

function toSalesforce(
  { pipelines }: CompiledMapping['deal'],
  facts: DealFacts | null,
  { fields }: SalesforceRecord,
): NonNullable<RecordStages['salesforce']> {
  const { IsClosed, IsWon, StageName } = fields;
  return {
    pipeline: facts === null ? null : pipelineValue({ pipelines, facts }, fields),
    stage: StageName == null ? null : String(StageName),
    isClosed: flagOf(IsClosed),
    isWon: flagOf(IsWon),
  };
}

function flagOf(value: FieldValue | undefined): boolean | null {
  return typeof value === 'boolean' ? value : null;
}
