import type { Conversion, MappedField } from '../mapping/types.ts';
import { dayIn, startOfDay } from './close-day.ts';
import { heldFor, placeOfDeal, placeOfOpportunity, type StageContext } from './stage-map.ts';

/** Pipeline, stage and close date are decided together. */
export const stageUnit = 'StageName';

export const closeDateField = 'CloseDate';

type Properties = Readonly<Record<string, string | null>>;

/**
 * Pipeline, stage and close date as mapped fields. A stage says nothing without its pipeline, so that each is converted with the whole record.
 *
 * @param properties of the deal as read: the way back keeps its pipeline and stage where they fit
 */
export function stageFields(context: StageContext, properties: Properties): MappedField[] {
  const { field } = context.pipelines;
  const pipeline = field === null ? [] : [pipelineField(context, properties, field)];
  return [...pipeline, stageField(context, properties), closeDateOf(context)];
}

function pipelineField(context: StageContext, properties: Properties, field: string): MappedField {
  return {
    ...unitOf(context),
    hubspot: 'pipeline',
    salesforce: { Opportunity: field },
    convert: (current) => {
      const found = placeOfDeal(context, current);
      if (found.kind === 'unknown') return stageUnknown(found.text);
      const held = heldFor(context, found.place.pipeline);
      return held.kind === 'found' ? value(held.place) : recordTypeUnavailable(held.text);
    },
    convertBack: (_held, _type, fields = {}) => {
      const found = placeOfOpportunity(context, fields, properties);
      return found.kind === 'found' ? value(found.place.pipeline) : stageUnknown(found.text);
    },
  };
}

function stageField(context: StageContext, properties: Properties): MappedField {
  return {
    ...unitOf(context),
    hubspot: 'dealstage',
    salesforce: { Opportunity: 'StageName' },
    convert: (current) => {
      const found = placeOfDeal(context, current);
      return found.kind === 'found' ? value(found.place.stageName) : stageUnknown(found.text);
    },
    convertBack: (_held, _type, fields = {}) => {
      const found = placeOfOpportunity(context, fields, properties);
      return found.kind === 'found' ? value(found.place.stage) : stageUnknown(found.text);
    },
  };
}

/** A moment on one side, a day on the other: the same where the moment is on that day in the account's time zone. */
function closeDateOf(context: StageContext): MappedField {
  const { timeZone } = context.facts;
  return {
    ...unitOf(context),
    hubspot: 'closedate',
    salesforce: { Opportunity: closeDateField },
    convert: ({ closedate }) => {
      if (closedate == null || closedate.trim() === '') return value(null);
      const day = dayIn(timeZone, closedate);
      return day === null ? closeDateInvalid : value(day);
    },
    convertBack: (held) => (held === null || held === '' ? value(null) : value(startOfDay(timeZone, held))),
  };
}

function unitOf({ pipelines: { rule, fallback } }: StageContext) {
  return {
    rule: { before: rule, after: rule },
    empty: 'clear',
    unit: stageUnit,
    values: null,
    isTransformed: false,
    hasWayBack: true,
    fallback,
  } as const satisfies Partial<MappedField>;
}

function value(of: Extract<Conversion, { kind: 'value' }>['value']): Conversion {
  return { kind: 'value', value: of };
}

/** The failure that lists what is known. */
function stageUnknown(text: string): Conversion {
  return {
    kind: 'fault',
    code: 'deal_stage_unknown',
    message: `The stage cannot be carried to the other side. ${text}`,
    advice:
      'Name the pipeline or stage under "pipelines" in deals.yaml, or under "pipelines.not_synced" there, or move the deal to a stage that is known.',
  };
}

function recordTypeUnavailable(text: string): Conversion {
  return {
    kind: 'fault',
    code: 'record_type_unavailable',
    message: `The pipeline cannot be carried to Salesforce. ${text}`,
    advice:
      'Give the integration user the record type in its profile or permission set, or name another one under "pipelines" in deals.yaml.',
  };
}

const closeDateInvalid: Conversion = {
  kind: 'fault',
  code: 'close_date_invalid',
  message: "The deal's closedate is no date.",
  advice: 'Correct the close date of the deal in HubSpot.',
};
