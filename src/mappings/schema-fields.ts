import { z } from 'zod';
import { expression, propertyName, rule, scalar, textual } from './schema-parts.ts';

const wayThere = {
  transform: expression
    .optional()
    .describe('Expression that computes the value for Salesforce from `value` and `contact.<property>`.'),
  values: z.record(z.string(), scalar).optional().describe('HubSpot value: Salesforce value.'),
  unmapped: z
    .union([z.enum(['fail', 'skip', 'pass']), z.strictObject({ default: scalar })], {
      error: 'Expected fail, skip, pass or { default: value }.',
    })
    .optional()
    .describe('What a value means that `values` does not name: fail (default), skip, pass, or a default.'),
  too_long: z
    .union(
      [
        z.enum(['truncate', 'fail', 'skip']),
        z.strictObject({ max: z.int().positive(), do: z.enum(['truncate', 'fail', 'skip']).optional() }),
      ],
      { error: 'Expected truncate, fail, skip or { max: number, do: truncate }.' },
    )
    .optional()
    .describe('What to do with a text longer than the field: truncate (default, recorded), fail or skip.'),
};

const wayBack = {
  values_back: z
    .record(z.string(), textual)
    .optional()
    .describe('Salesforce value: HubSpot value, on the way back. What it does not name goes by `values` backwards.'),
  transform_back: expression
    .optional()
    .describe("Expression that computes the value for HubSpot from `value`, which is Salesforce's."),
  one_way: z
    .boolean()
    .default(false)
    .describe("true: HubSpot never receives Salesforce's value, whatever the rule says."),
};

/** What a line of `fields` may say in every file, besides its field in Salesforce. */
export const fieldParts = {
  hubspot: propertyName.describe('Internal name of the HubSpot property.'),
  rule,
  fallback: z
    .enum(['salesforce', 'hubspot'])
    .optional()
    .describe('With the rule newest: whose value stays where nobody can tell who wrote last. Left out: salesforce.'),
  ...wayThere,
  ...wayBack,
  empty: z
    .enum(['clear', 'keep'])
    .optional()
    .describe('When HubSpot is emptied: clear Salesforce too (default), or keep what it has.'),
  unit: z.string().min(1).optional().describe('Fields with the same unit are decided together, such as an address.'),
};
