import { z } from 'zod';
import { companies } from './schema-companies.ts';
import { contacts } from './schema-contacts.ts';
import { deals } from './schema-deals.ts';
import { lifecycle } from './schema-lifecycle.ts';
import { domain, emailAddress, expression, properties, propertyName, rule, stageName } from './schema-parts.ts';

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
  fallback_by_team: z
    .record(z.string().min(1), emailAddress)
    .default({})
    .describe('Name of a HubSpot team: email of the Salesforce user who gets what nobody maps, before `fallback`.'),
});

/** The six files, by name without `.yaml`. The JSON Schemas for editors are generated from these. */
export const mappingSchemas = { contacts, gate, lifecycle, owners, companies, deals };

export type MappingName = keyof typeof mappingSchemas;
export type MappingFiles = { [Name in MappingName]: z.output<(typeof mappingSchemas)[Name]> };
export type FieldEntry = MappingFiles['contacts']['fields'][number];
export type RecordFieldEntry = MappingFiles['companies']['fields'][number];
export type RecycleEntry = MappingFiles['lifecycle']['recycle'][number];
