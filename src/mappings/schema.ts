import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'Expected one value.' });

const fieldRule = z.enum(['hubspot', 'salesforce', 'newest', 'fill_blank', 'never']);

const rule = z
  .union([fieldRule, z.strictObject({ before: fieldRule, after: fieldRule })], {
    error: 'Expected hubspot, salesforce, newest, fill_blank or never, or { before, after } of these.',
  })
  .describe(
    'Who owns the field. hubspot, salesforce: that side. newest: who wrote last. fill_blank: Salesforce wherever it has a value. never: compared, not written. { before, after }: before and after the handoff.',
  );

const fieldName = z.string().regex(/^[A-Z]\w*$/, { error: 'Expected the API name of a Salesforce field.' });
const propertyName = z
  .string()
  .regex(/^(?!constructor$)[a-z]\w*$/, { error: 'Expected the internal name of a HubSpot property.' });
const emailAddress = z.string().regex(/^[^\s@]+@[^\s@]+$/, { error: 'Expected an email address.' });
const domain = z.string().regex(/^[^\s@]+\.[^\s@]+$/, { error: 'Expected a domain such as example.com.' });
const expression = z.string().min(1, { error: 'Expected an expression.' });
const properties = z
  .record(z.string(), scalar)
  .describe('HubSpot properties by internal name; what is left out is empty.');

const field = z.strictObject({
  hubspot: propertyName.describe('Internal name of the HubSpot property.'),
  salesforce: z
    .union([fieldName, z.strictObject({ lead: fieldName.optional(), contact: fieldName.optional() })], {
      error: 'Expected a field name, or { lead: Name, contact: Name }.',
    })
    .describe('API name of the Salesforce field: one for Lead and Contact, or one each; an object left out has none.'),
  rule,
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
  empty: z
    .enum(['clear', 'keep'])
    .optional()
    .describe('When HubSpot is emptied: clear Salesforce too (default), or keep what it has.'),
  unit: z.string().min(1).optional().describe('Fields with the same unit are decided together, such as an address.'),
});

const contacts = z.strictObject({
  create: z.enum(['lead', 'contact']).default('lead').describe('What is created when nobody is found.'),
  assignment_rule: z
    .union([z.literal(false), z.string().regex(/^01Q\w{12}(\w{3})?$/)], {
      error: 'Expected false, or the id of an assignment rule (01Q...).',
    })
    .default(false)
    .describe("false: owners come from owners.yaml. An id: Salesforce's rule assigns new leads."),
  allow_duplicates: z
    .boolean()
    .default(false)
    .describe('true: save although a Salesforce duplicate rule of the kind "alert" warns.'),
  fields: z.array(field).min(1, { error: 'Expected at least one field.' }),
  defaults: z
    .strictObject({
      lead: z.record(fieldName, scalar).default({}),
      contact: z.record(fieldName, scalar).default({}),
    })
    .default({ lead: {}, contact: {} })
    .describe('Salesforce values for fields that are blank when somebody is created.'),
  required: z
    .strictObject({ lead: z.array(fieldName).default([]), contact: z.array(fieldName).default([]) })
    .default({ lead: ['LastName', 'Company'], contact: ['LastName'] })
    .describe('Salesforce fields without which nobody is created; they are never cleared.'),
  examples: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        object: z.enum(['lead', 'contact']).optional(),
        hubspot: properties,
        salesforce: z
          .record(fieldName, scalar)
          .optional()
          .describe('What Salesforce gets; other fields are not compared.'),
        problem: z.string().optional().describe('The code of the problem that is expected instead.'),
      }),
    )
    .default([]),
});

const stageName = z.string().regex(/^\w+$/, { error: 'Expected the name of a stage in lifecycle.yaml.' });

const lifecycle = z.strictObject({
  stages: z
    .array(
      z.strictObject({
        name: stageName,
        hubspot: z
          .union([z.string().min(1), z.int()])
          .transform(String)
          .optional()
          .describe('Internal value of lifecyclestage; a number for stages of your own. Left out: the name.'),
        label: z.string().min(1),
        owner: z.enum(['marketing', 'sdr', 'sales', 'success', 'nobody']),
      }),
    )
    .min(1, { error: 'Expected at least one stage.' })
    .describe('In the order of the funnel.'),
});

const gate = z.strictObject({
  opens_at: z.array(stageName).min(1, { error: 'Expected at least one stage.' }).describe('Stages that open the gate.'),
  requires: z.array(propertyName).default(['email']).describe('HubSpot properties that must have a value.'),
  condition: expression.nullish().describe('Expression that must be true as well.'),
  condition_text: z.string().min(1).nullish().describe('What the condition means, as it is shown to people.'),
  exclude: z
    .strictObject({
      domains: z.array(domain).default([]),
      stages: z.array(stageName).default([]),
      expression: expression.nullish(),
    })
    .default({ domains: [], stages: [] })
    .describe('Contacts that never pass.'),
  pilot: z
    .strictObject({
      emails: z.array(emailAddress).default([]),
      domains: z.array(domain).default([]),
      expression: expression.nullish(),
    })
    .nullish()
    .describe('Only these contacts pass for now. Left out or null: everybody.'),
  below: z
    .enum(['pause', 'continue'])
    .default('pause')
    .describe('A contact that was handed over and falls back below the gate: stop updating it, or go on.'),
  limits: z
    .strictObject({
      creates_per_run: z.int().positive().default(1000),
      changes_per_run: z.int().positive().default(5000),
    })
    .default({ creates_per_run: 1000, changes_per_run: 5000 })
    .describe('A run that is about to go beyond these stops until it is approved.'),
  examples: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        hubspot: properties,
        passes: z.boolean(),
        code: z.string().optional().describe('The code that is expected, such as stage_below_gate.'),
      }),
    )
    .default([]),
});

const owners = z.strictObject({
  rule: rule.default('newest'),
  fallback: emailAddress
    .nullable()
    .default(null)
    .describe('Email of the active Salesforce user who gets what nobody maps.'),
  emails: z
    .record(emailAddress, emailAddress)
    .default({})
    .describe('HubSpot owner email: Salesforce user email, where the two differ.'),
});

/** The four files, by name without `.yaml`. The JSON Schemas for editors are generated from these. */
export const mappingSchemas = { contacts, gate, lifecycle, owners };

export type MappingName = keyof typeof mappingSchemas;
export type MappingFiles = { [Name in MappingName]: z.output<(typeof mappingSchemas)[Name]> };
export type FieldEntry = MappingFiles['contacts']['fields'][number];
