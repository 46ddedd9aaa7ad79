import { z } from 'zod';
import { fieldName, fieldRule, textual } from './schema-parts.ts';
import { recordEvents, recordParts } from './schema-records.ts';

const fallback = z
  .enum(['salesforce', 'hubspot'])
  .default('salesforce')
  .describe('With the rule newest: whose value stays where nobody can tell who wrote last.');
const ids = z.array(textual).default([]);
const notEmpty = (map: object) => Object.keys(map).length > 0;
const stageId = z.union([z.string().min(1), z.int()], { error: 'Expected the id of a stage.' }).transform(String);

const pipeline = z.strictObject({
  hubspot: stageId.describe('The id of the pipeline in HubSpot.'),
  salesforce: textual
    .nullable()
    .default(null)
    .describe('What `field` holds for this pipeline; of RecordTypeId: the developer name of the record type.'),
  stages: z
    .record(z.string().min(1), textual)
    .refine(notEmpty, { error: 'Expected at least one stage.' })
    .describe('HubSpot stage id: StageName.'),
  stages_back: z
    .record(z.string().min(1), stageId)
    .default({})
    .describe('StageName: HubSpot stage id. What it does not name goes by `stages` backwards.'),
});

const pipelines = z
  .strictObject({
    field: fieldName
      .nullable()
      .default(null)
      .describe('The field of the Opportunity that tells pipelines apart; null: Salesforce has one process.'),
    list: z.array(pipeline).min(1, { error: 'Expected at least one pipeline.' }),
    not_synced: z
      .strictObject({
        pipelines: ids.describe('HubSpot pipeline ids.'),
        stages: ids.describe('HubSpot stage ids.'),
        values: ids.describe('Values of `field`.'),
        stage_names: ids.describe('StageNames.'),
      })
      .prefault({})
      .describe('What is left alone on purpose: a deal or Opportunity there is not synced.'),
    rule: fieldRule.default('newest').describe('Who decides pipeline, stage and close date, which go together.'),
    fallback,
  })
  .describe('Which pipeline and stage is which StageName, both ways.');

const roles = z
  .strictObject({
    rule: fieldRule.default('newest').describe('Who decides which contacts belong to a deal, and as what.'),
    fallback,
    labels: z
      .record(z.string().min(1), textual)
      .default({})
      .describe('Label of the association in HubSpot: Role in Salesforce.'),
    labels_back: z
      .record(z.string().min(1), textual)
      .default({})
      .describe('Role: label. What it does not name goes by `labels` backwards.'),
    primary_label: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('The label that stands for the primary role; null: HubSpot does not say who is primary.'),
  })
  .prefault({})
  .describe('Contacts of a deal and contact roles of its Opportunity.');

/** `deals.yaml`. */
export const deals = z.strictObject({
  sync: recordParts.sync,
  create_in_salesforce: z
    .enum(['passed_gate', 'never'])
    .default('passed_gate')
    .describe('passed_gate: as soon as one of the contacts of the deal has passed the gate.'),
  create_in_hubspot: z
    .enum(['linked', 'never'])
    .default('linked')
    .describe('linked: as soon as the Account or a contact role of the Opportunity is linked.'),
  pipelines,
  amount: z
    .strictObject({ rule: fieldRule.default('newest'), fallback })
    .prefault({})
    .describe('Who decides amount and currency, which go together.'),
  org_currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'Expected the code of a currency, such as EUR.' })
    .nullable()
    .default(null)
    .describe('The currency of an org that has only one; null: that of the HubSpot account.'),
  close_date_days: z
    .int()
    .min(0)
    .max(3650)
    .nullable()
    .default(null)
    .describe('A deal without a close date closes so many days after it is created in Salesforce; null: a failure.'),
  account: fieldRule
    .default('newest')
    .describe('Who decides the Account of the Opportunity and the primary company of its deal.'),
  roles,
  fields: recordParts.fields,
  owner: recordParts.owner,
  defaults: recordParts.defaults,
  required: recordParts.required,
  events: z
    .strictObject(recordEvents)
    .prefault({})
    .describe('What becomes of a pair when something ends or appears on one side.'),
  examples: recordParts.examples,
  examples_back: recordParts.examples_back,
});
