import type { FieldChange } from '../plan/types.ts';
import type { FieldValue, FieldValues } from '../record.ts';
import { dayIn, startOfDay } from './close-day.ts';
import { closeDateField } from './stage-fields.ts';
import { heldFor, placeOfDeal, placeOfOpportunity, type StageContext } from './stage-map.ts';

type Sides = { properties: Readonly<Record<string, string | null>>; fields: FieldValues };

/**
 * A stage goes with its pipeline: HubSpot refuses one without the other. And a move into or out of a closed stage goes with the close date,
 * which HubSpot would set itself otherwise.
 *
 * @param changes of the HubSpot record
 */
export function completeDealStage(
  context: StageContext,
  { properties, fields }: Sides,
  changes: readonly FieldChange[],
): FieldChange[] {
  const move = changes.find(({ field }) => field === 'dealstage' || field === 'pipeline');
  const found = move === undefined ? null : placeOfOpportunity(context, fields, properties);
  if (move === undefined || found?.kind !== 'found') return [...changes];
  const { pipeline, stage } = found.place;
  const { field: pipelineField } = context.pipelines;
  const completed = [...changes];
  const add = (field: string, after: FieldValue, source: string | null) => {
    if (completed.some((change) => change.field === field)) return;
    const from = source === null ? {} : { source, sourceValue: fields[source] ?? null };
    completed.push({ field, before: properties[field] ?? null, after, rule: move.rule, ...from });
  };
  if (properties.pipeline !== pipeline) add('pipeline', pipeline, pipelineField);
  if (properties.dealstage !== stage) add('dealstage', stage, 'StageName');
  const isClosed = (pipelineId: string, stageId: string) =>
    context.facts.pipelines.get(pipelineId)?.stages.get(stageId)?.isClosed ?? false;
  if (isClosed(pipeline, stage) || isClosed(properties.pipeline ?? '', properties.dealstage ?? '')) {
    const after = closeMoment(context, { properties, fields });
    if (after !== null) add('closedate', after, closeDateField);
  }
  return completed;
}

/** The same day is sent as the moment that HubSpot has. */
function closeMoment({ facts: { timeZone } }: StageContext, { properties, fields }: Sides): string | null {
  const day = fields[closeDateField] ?? null;
  const held = properties.closedate ?? null;
  return held !== null && dayIn(timeZone, held) === day ? held : startOfDay(timeZone, day);
}

/** The same for the Opportunity. @param changes of the Opportunity */
export function completeOpportunityStage(
  context: StageContext,
  { properties, fields }: Sides,
  changes: readonly FieldChange[],
): FieldChange[] {
  const { field: pipelineField } = context.pipelines;
  const move = changes.find(({ field }) => field === 'StageName' || field === pipelineField);
  const found = move === undefined ? null : placeOfDeal(context, properties);
  if (move === undefined || found?.kind !== 'found') return [...changes];
  const { pipeline, stageName } = found.place;
  // A record type can be changed and not be taken away: the one of a pipeline that is not told apart stays.
  const completed = changes.filter(({ field, after }) => field !== 'RecordTypeId' || after !== null);
  const add = (field: string, after: FieldValue, source: string) => {
    if (completed.some((change) => change.field === field) || fields[field] === after) return;
    const sourceValue = properties[source] ?? null;
    completed.push({ field, before: fields[field] ?? null, after, rule: move.rule, source, sourceValue });
  };
  const held = pipelineField === null ? null : heldFor(context, pipeline);
  if (pipelineField !== null && held?.kind === 'found' && held.place !== null)
    add(pipelineField, held.place, 'pipeline');
  add('StageName', stageName, 'dealstage');
  const day = context.facts.stages.get(stageName)?.isClosed
    ? dayIn(context.facts.timeZone, properties.closedate ?? null)
    : null;
  if (day !== null) add(closeDateField, day, 'closedate');
  return completed;
}
