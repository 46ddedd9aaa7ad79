import { z } from 'zod';
import { defineEndpoint, listOf, moment } from './endpoint.ts';

/** One record that a search found, with its standing in one word and one sentence. */
const foundRecord = z.object({
  kind: z.enum(['contact', 'company', 'deal']),
  /** Null: only Salesforce has it. */
  recordId: z.string().nullable(),
  /** Of a person or company its name, of a deal its title; null: it has none. */
  name: z.string().nullable(),
  email: z.string().nullable(),
  /** Of a contact its company, of a company its domain. */
  detail: z.string().nullable(),
  /** As people call it: the label of a lifecycle stage, the name of a deal's stage in Salesforce. */
  stage: z.string().nullable(),
  counterpart: z.object({ object: z.string(), id: z.string() }).nullable(),
  /** `paired`: both CRMs have it; `hubspot_only` and `salesforce_only`; `ended`: it had a counterpart. */
  standing: z.enum(['paired', 'hubspot_only', 'salesforce_only', 'ended']),
  failing: z.boolean(),
  pending: z.boolean(),
  lastChangeAt: moment.nullable(),
});

/** `notice`: in plain words, why less is shown than there may be, such as a HubSpot that cannot be asked. */
const found = listOf(foundRecord).extend({ notice: z.string().nullable() });

const searchQuery = z.object({
  /** Email, name, domain, or an id of either CRM. Absent: those that changed last. */
  query: z.string().trim().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(200).optional(),
});

const search = (tag: string, what: string) =>
  defineEndpoint({
    role: 'viewer',
    tag,
    summary: `Search ${what} by email, name, or an id of either CRM; without a query those that changed last`,
    query: searchQuery,
    answer: found,
  });

export const searchEndpoints = {
  'GET /contacts': search('Contacts', 'contacts'),
  'GET /companies': search('Companies', 'companies'),
  'GET /deals': search('Deals', 'deals'),
};
