import { z } from 'zod';
import { fieldParts } from './schema-fields.ts';
import { fieldName, properties, propertyName, rule, scalar } from './schema-parts.ts';

const { hubspot, ...otherParts } = fieldParts;

/** A line of `fields` in companies.yaml and deals.yaml: one object in Salesforce, so one name. */
const recordField = z.strictObject({
  hubspot,
  salesforce: fieldName.describe('API name of the Salesforce field.'),
  if_empty: propertyName
    .optional()
    .describe('Another HubSpot property whose value is sent where this one is empty, such as domain for name.'),
  ...otherParts,
});

const unlinkOrDelete = z.enum(['unlink', 'delete']).default('unlink');

/** What becomes of a pair of records when one side ends or comes back. */
export const recordEvents = {
  deleted_in_hubspot: unlinkOrDelete.describe('delete: the record in Salesforce goes to its recycle bin too.'),
  deleted_in_salesforce: unlinkOrDelete.describe('delete: the record in HubSpot goes to its recycle bin too.'),
  restored_in_salesforce: z
    .enum(['relink', 'ask'])
    .default('relink')
    .describe('A record that had been deleted is there again.'),
};

/** What companies.yaml and deals.yaml have in common. */
export const recordParts = {
  sync: z.boolean().default(true).describe('false: nothing of this kind is read or written.'),
  fields: z.array(recordField).min(1, { error: 'Expected at least one field.' }),
  owner: rule.default('newest').describe('Who decides the owner; emails and fallbacks stand in owners.yaml.'),
  defaults: z
    .record(fieldName, scalar)
    .default({})
    .describe('Salesforce values for fields that are blank when a record is created.'),
  required: z
    .array(fieldName)
    .default(['Name'])
    .describe('Salesforce fields without which nothing is created; they are never cleared.'),
  examples: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        hubspot: properties,
        salesforce: z
          .record(fieldName, scalar)
          .optional()
          .describe('What Salesforce gets; other fields are not compared.'),
        problem: z.string().optional().describe('The code of the problem that is expected instead.'),
      }),
    )
    .default([])
    .describe('What the rules should mean for a record that is created.'),
  examples_back: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        salesforce: z.record(fieldName, scalar).describe('What Salesforce holds; what is left out is empty.'),
        hubspot: properties.describe('What HubSpot gets; other properties are not compared.'),
      }),
    )
    .default([])
    .describe('What the ways back should mean.'),
};
