import { z } from 'zod';
import { domain, fieldRule } from './schema-parts.ts';
import { recordEvents, recordParts } from './schema-records.ts';

const withPerson = z.enum(['with_person', 'never']).default('with_person');

/** `companies.yaml`. */
export const companies = z.strictObject({
  sync: recordParts.sync,
  match: z
    .strictObject({
      by_domain: z.boolean().default(true).describe('Accounts are found by the domain of their Website.'),
      ignored_domains: z
        .array(domain)
        .default([])
        .describe('Domains that say nothing of a company, besides those of the well-known mail providers.'),
    })
    .prefault({})
    .describe('How a company finds an Account that nobody has linked.'),
  create_in_salesforce: withPerson.describe('with_person: as soon as one of its contacts has passed the gate.'),
  create_in_hubspot: withPerson.describe('with_person: as soon as one of the Contacts of the Account is linked.'),
  contact_company: fieldRule
    .default('newest')
    .describe('Who decides the Account of a Contact and the primary company of its HubSpot contact.'),
  stage_follows_deals: z
    .boolean()
    .default(true)
    .describe("The company's lifecycle stage follows its deals forward, as that of its contacts does."),
  fields: recordParts.fields,
  owner: recordParts.owner,
  defaults: recordParts.defaults,
  required: recordParts.required,
  events: z
    .strictObject({
      ...recordEvents,
      merged_in_salesforce: z
        .enum(['follow', 'ask'])
        .default('follow')
        .describe('The Account was merged into another one.'),
    })
    .prefault({})
    .describe('What becomes of a pair when something ends or appears on one side.'),
  examples: recordParts.examples,
  examples_back: recordParts.examples_back,
});
