import { z } from 'zod';
import { fieldName, propertyName, stageName, textual } from './schema-parts.ts';

/** The text property that `handoff setup` creates, and the default of `reason_property`. */
const recycleReasonProperty = 'salesforce_recycle_reason';

const statuses = z.array(textual).min(1, { error: 'Expected at least one value.' });

const facts = z
  .strictObject({
    lead_status: statuses.optional().describe('Values of the Lead Status.'),
    contact_status: statuses.optional().describe('Values of the field that contact_status_field names.'),
    converted: z.boolean().optional().describe('true: the person is a Contact.'),
    opportunity: z
      .enum(['open', 'won', 'lost'])
      .optional()
      .describe('The Contact has a role in an open or a won opportunity; lost: in closed ones only, none of them won.'),
  })
  .refine((given) => Object.keys(given).length > 0, {
    error: 'Expected lead_status, contact_status, converted or opportunity.',
  });

const stage = z.strictObject({
  name: stageName,
  hubspot: z
    .union([z.string().min(1), z.int()])
    .transform(String)
    .optional()
    .describe('Internal value of lifecyclestage; a number for stages of your own. Left out: the name.'),
  label: z.string().min(1),
  owner: z.enum(['marketing', 'sdr', 'sales', 'success', 'nobody']),
  salesforce: facts
    .nullish()
    .describe(
      'What in Salesforce makes a person be in this stage: any of these. Left out: Salesforce says nothing of it.',
    ),
});

const fieldOfPerson = z.union(
  [
    fieldName,
    z
      .strictObject({ lead: fieldName.optional(), contact: fieldName.optional() })
      .refine(({ lead, contact }) => (lead ?? contact) !== undefined, { error: 'Expected lead, contact, or both.' }),
  ],
  { error: 'Expected a field name, or { lead: Name, contact: Name }.' },
);

const recycle = z
  .strictObject({
    lead_status: statuses.optional().describe('Values of the Lead Status that send the contact back.'),
    contact_status: statuses.optional().describe('The same of the field that contact_status_field names.'),
    field: fieldOfPerson.optional().describe('Another field of the person that sends the contact back, with `values`.'),
    values: statuses.optional().describe('The values of `field` that do.'),
    opportunity: z
      .literal('lost')
      .optional()
      .describe('lost: all opportunities of the Contact are closed, and none is won; at most once.'),
    to: stageName.describe('The stage that the contact goes back to; below the gate.'),
    reason: z.string().min(1).describe('What is written into reason_property.'),
  })
  .refine(
    ({ lead_status, contact_status, field, opportunity }) =>
      [lead_status, contact_status, field, opportunity].filter(Boolean).length === 1,
    {
      error: 'Expected one of lead_status, contact_status, opportunity: lost, or field with values.',
    },
  )
  .refine((given) => (given.field === undefined) === (given.values === undefined), {
    error: 'field and values need each other.',
  });

/** `lifecycle.yaml`. */
export const lifecycle = z.strictObject({
  stages: z.array(stage).min(1, { error: 'Expected at least one stage.' }).describe('In the order of the funnel.'),
  contact_status_field: fieldName
    .nullable()
    .default(null)
    .describe('The field of a Salesforce Contact that says how sales works on it; null: there is none.'),
  recycle: z.array(recycle).default([]).describe('How sales returns a person, and where the contact goes back to.'),
  reopen: z
    .strictObject({ lead: textual.nullish(), contact: textual.nullish() })
    .prefault({})
    .describe('What the status of a returned person becomes when its contact qualifies again; null: it is left alone.'),
  moved_back: z
    .enum(['restore', 'accept', 'ask'])
    .default('ask')
    .describe(
      'Somebody moved the stage backward in HubSpot after the handoff: put it back, let it be, or wait for a person.',
    ),
  reason_property: propertyName
    .nullable()
    .default(recycleReasonProperty)
    .describe('HubSpot property that receives the reason of a recycle; null: none.'),
});
