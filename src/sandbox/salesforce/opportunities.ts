import type { Org } from './org.ts';
import { STAGES, type Stage } from './sales-fields.ts';
import type { FieldValue, SfRecord } from './types.ts';

/** Stores a stage as a row of `OpportunityStage`. */
export function putStage(org: Org, stage: Stage): void {
  const row: SfRecord = {
    // Stages and lead statuses are picklist values and share a prefix on the platform, so they share their numbers here.
    Id: org.store.nextId('LeadStatus'),
    MasterLabel: stage.label,
    ApiName: stage.label,
    IsActive: true,
    SortOrder: org.store.count('OpportunityStage') + 1,
    IsClosed: stage.isClosed,
    IsWon: stage.isWon,
    DefaultProbability: stage.probability,
    ForecastCategoryName: stage.forecast,
  };
  org.store.put('OpportunityStage', row);
}

/** The stages of a fresh org. */
export function putDefaultStages(org: Org): void {
  for (const stage of STAGES) putStage(org, stage);
}

/**
 * What follows from the stage of an opportunity: IsClosed and IsWon always, Probability and ForecastCategoryName when the stage changes and
 * the same save does not say them (Object Reference, Opportunity). An unknown stage is open.
 */
export function applyStage(
  org: Org,
  next: SfRecord,
  before: SfRecord | undefined,
  patch: Record<string, FieldValue>,
): void {
  const stage = [...org.store.all('OpportunityStage')].find((row) => row.ApiName === next.StageName);
  next.IsClosed = stage?.IsClosed === true;
  next.IsWon = stage?.IsWon === true;
  if (stage === undefined || before?.StageName === next.StageName) return;
  for (const [field, preset] of [
    ['Probability', 'DefaultProbability'],
    ['ForecastCategoryName', 'ForecastCategoryName'],
  ] as const) {
    if (patch[field] === undefined) next[field] = stage[preset] ?? null;
  }
}

/** The roles of an opportunity or of a contact, deleted ones too. */
export function rolesOf(org: Org, field: 'OpportunityId' | 'ContactId', id: string): SfRecord[] {
  const ids = org.store.idsBy('OpportunityContactRole', field, [id]) ?? [];
  return [...ids].flatMap((roleId) => org.store.get('OpportunityContactRole', roleId) ?? []);
}
