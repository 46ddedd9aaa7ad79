import { z } from 'zod';
import { fieldParts } from './schema-fields.ts';
import { expression, fieldName, properties, scalar, stageName } from './schema-parts.ts';

const { hubspot, ...otherParts } = fieldParts;

const field = z.strictObject({
  hubspot,
  salesforce: z
    .union([fieldName, z.strictObject({ lead: fieldName.optional(), contact: fieldName.optional() })], {
      error: 'Expected a field name, or { lead: Name, contact: Name }.',
    })
    .describe('API name of the Salesforce field: one for Lead and Contact, or one each; an object left out has none.'),
  ...otherParts,
});

const events = z
  .strictObject({
    deleted_in_hubspot: z
      .enum(['unlink', 'delete'])
      .default('unlink')
      .describe('The contact was deleted. delete: its person goes to the recycle bin of Salesforce.'),
    erased_in_hubspot: z
      .enum(['unlink', 'delete'])
      .default('unlink')
      .describe('The contact was erased for privacy. delete: its person goes to the recycle bin of Salesforce.'),
    deleted_in_salesforce: z
      .enum(['unlink', 'delete'])
      .default('unlink')
      .describe('The person was deleted. delete: the contact goes to the recycle bin of HubSpot.'),
    restored_in_salesforce: z
      .enum(['relink', 'ask'])
      .default('relink')
      .describe('A person that had been deleted is there again.'),
    merged_in_salesforce: z
      .enum(['follow', 'ask'])
      .default('follow')
      .describe('The person was merged into another one.'),
    same_email: z
      .enum(['ask', 'newest'])
      .default('ask')
      .describe('Several persons have the email of the contact. newest: the one that was changed last.'),
  })
  .prefault({})
  .describe('What becomes of a pair when something ends or appears on one side.');

const born = z
  .strictObject({
    do: z
      .enum(['ignore', 'link', 'create'])
      .default('link')
      .describe('link: to the HubSpot contact with the same email, where there is one. create: else a new contact.'),
    stage: stageName.nullish().describe('With create: the stage of the new contact; it must open the gate.'),
    where: z
      .union([expression, z.strictObject({ lead: expression.optional(), contact: expression.optional() })], {
        error: 'Expected an expression, or { lead: ..., contact: ... }.',
      })
      .nullish()
      .describe(
        'Which persons: an expression over person.<Field>, one for Lead and Contact or one each. Left out: all.',
      ),
  })
  .prefault({})
  .describe('Persons that Salesforce has and that no contact was handed over for.');

const fights = z
  .strictObject({
    within_minutes: z
      .int()
      .positive()
      .max(120, { error: 'Expected at most 120 minutes: the ledger looks back no further.' })
      .default(60),
    repeats: z.int().positive().default(3).describe('Most writes of the same value to one field within that time.'),
    writes: z.int().positive().default(10).describe('Most writes of any value to one field within that time.'),
  })
  .prefault({})
  .describe('From when on a field is left alone that somebody else keeps changing back.');

/** `contacts.yaml`. */
export const contacts = z.strictObject({
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
  events,
  born_in_salesforce: born,
  fights,
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
  examples_back: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        object: z.enum(['lead', 'contact']).optional(),
        salesforce: z.record(fieldName, scalar).describe('What Salesforce holds; what is left out is empty.'),
        hubspot: properties.describe('What HubSpot gets; other properties are not compared.'),
      }),
    )
    .default([])
    .describe('What the ways back should mean.'),
});
