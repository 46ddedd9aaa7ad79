import { percentOf } from './numbers.ts';
import type { Org } from './org.ts';
import { STAGES, type Stage } from './sales-fields.ts';
import type { FieldValue, PicklistValue, SfRecord } from './types.ts';

/** Stores a stage as a row of `OpportunityStage` and as a value of `StageName`. */
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
    ForecastCategory: toForecastCategory(stage.forecast),
    ForecastCategoryName: stage.forecast,
  };
  org.store.put('OpportunityStage', row);
  const values = stageValues(org);
  if (values.some(({ value }) => value === stage.label)) return;
  values.push({ value: stage.label, label: stage.label, active: true, defaultValue: false });
}

/** The stages of a fresh org. */
export function putDefaultStages(org: Org): void {
  for (const stage of STAGES) putStage(org, stage);
}

function stageValues(org: Org): PicklistValue[] {
  return org.schema.field('Opportunity', 'StageName')?.picklist ?? [];
}

/** What an administrator changes of a stage: records keep the API name they hold. */
export type StageChange = { isActive?: boolean; label?: string; apiName?: string };

/** Changes a stage found by its API name. Throws where there is none. */
export function changeStage(org: Org, apiName: string, change: StageChange): void {
  const row = findStage(org, apiName);
  if (row === undefined) throw new Error(`no stage ${apiName}`);
  const next: SfRecord = {
    ...row,
    IsActive: change.isActive ?? row.IsActive ?? true,
    MasterLabel: change.label ?? row.MasterLabel ?? null,
    ApiName: change.apiName ?? apiName,
  };
  org.store.put('OpportunityStage', next);
  const value = stageValues(org).find((item) => item.value === apiName);
  if (value === undefined) return;
  value.active = next.IsActive === true;
  value.label = String(next.MasterLabel);
  value.value = String(next.ApiName);
}

/** The stage of this API name, whose case does not count. */
export function findStage(org: Org, apiName: FieldValue | undefined): SfRecord | undefined {
  const name = String(apiName ?? '').toLowerCase();
  return [...org.store.all('OpportunityStage')].find((row) => String(row.ApiName).toLowerCase() === name);
}

/** The older, read-only form of a forecast category (Object Reference, Opportunity.ForecastCategory). */
function toForecastCategory(name: FieldValue | undefined): FieldValue {
  if (typeof name !== 'string') return null;
  return name === 'Commit' ? 'Forecast' : name.replace(' ', '');
}

/**
 * What follows from the stage of an opportunity: IsClosed and IsWon always, Probability and ForecastCategoryName when the stage changes and
 * the same save does not say them (Object Reference, Opportunity). An unknown stage is open. ExpectedRevenue is the amount times the
 * probability.
 */
export function applyStage(
  org: Org,
  next: SfRecord,
  before: SfRecord | undefined,
  patch: Record<string, FieldValue>,
): void {
  const stage = findStage(org, next.StageName);
  next.IsClosed = stage?.IsClosed === true;
  next.IsWon = stage?.IsWon === true;
  if (stage !== undefined && before?.StageName !== next.StageName) {
    if (patch.Probability === undefined) next.Probability = stage.DefaultProbability ?? null;
    if (patch.ForecastCategoryName === undefined) next.ForecastCategoryName = stage.ForecastCategoryName ?? null;
  }
  next.ForecastCategory = toForecastCategory(next.ForecastCategoryName);
  next.ExpectedRevenue = percentOf(next.Amount, next.Probability);
}

/** The roles of an opportunity or of a contact, deleted ones too. */
export function rolesOf(org: Org, field: 'OpportunityId' | 'ContactId', id: string): SfRecord[] {
  const ids = org.store.idsBy('OpportunityContactRole', field, [id]) ?? [];
  return [...ids].flatMap((roleId) => org.store.get('OpportunityContactRole', roleId) ?? []);
}

/** Opportunity.ContactId is read from the primary role; what is derived moves no stamp (Object Reference, Opportunity). */
export function derivePrimaryContact(org: Org, opportunityId: FieldValue | undefined): void {
  const opportunity = org.store.get('Opportunity', String(opportunityId));
  if (opportunity === undefined) return;
  const primary = rolesOf(org, 'OpportunityId', opportunity.Id).find((role) => role.IsPrimary === true);
  const ContactId = primary?.ContactId ?? null;
  if ((opportunity.ContactId ?? null) !== ContactId) org.store.put('Opportunity', { ...opportunity, ContactId });
}
