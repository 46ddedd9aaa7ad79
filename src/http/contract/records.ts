import { z } from 'zod';
import { defineEndpoint, listOf, pageQuery } from './endpoint.ts';
import { timelineEntry } from './record-parts.ts';
import { contactExplanation, contactView, recordExplanation, recordView } from './record-views.ts';

const params = z.object({
  id: z
    .string()
    .regex(/^\d{1,32}$/)
    .meta({ description: 'The HubSpot id' }),
});

const one = <Told extends z.ZodType>(tag: string, summary: string, answer: Told) =>
  defineEndpoint({ role: 'viewer', tag, summary, params, answer });

const timeline = (tag: string) =>
  defineEndpoint({
    role: 'viewer',
    tag,
    summary: 'All that happened to it, the newest first',
    params,
    query: pageQuery.extend({ cursor: z.string().max(40).optional() }),
    answer: listOf(timelineEntry),
  });

const resync = (tag: string) =>
  defineEndpoint({
    role: 'operator',
    tag,
    summary: 'Look at it again',
    params,
    status: 202,
    answer: z.object({ marked: z.number().int() }),
  });

const thaw = (tag: string) =>
  defineEndpoint({
    role: 'operator',
    tag,
    summary: 'Let frozen fields be written again: the one named, or all of them',
    params,
    body: z.strictObject({
      field: z
        .string()
        .regex(/^[A-Za-z][\w.]{0,99}$/)
        .optional(),
    }),
    status: 202,
    answer: z.object({ thawed: z.number().int() }),
  });

const toldAs = 'Where it stands and what the sync would do now';

export const recordsEndpoints = {
  'GET /contacts/{id}': one('Contacts', 'A contact with its person: both sides, stage and gate', contactView),
  'GET /contacts/{id}/explain': one('Contacts', toldAs, contactExplanation),
  'GET /contacts/{id}/timeline': timeline('Contacts'),
  'POST /contacts/{id}/resync': resync('Contacts'),
  'POST /contacts/{id}/thaw': thaw('Contacts'),
  'GET /companies/{id}': one('Companies', 'A company with its Account: both sides and its contacts', recordView),
  'GET /companies/{id}/explain': one('Companies', toldAs, recordExplanation),
  'GET /companies/{id}/timeline': timeline('Companies'),
  'POST /companies/{id}/resync': resync('Companies'),
  'POST /companies/{id}/thaw': thaw('Companies'),
  'GET /deals/{id}': one('Deals', 'A deal with its Opportunity: both sides, stages, contacts, company', recordView),
  'GET /deals/{id}/explain': one('Deals', toldAs, recordExplanation),
  'GET /deals/{id}/timeline': timeline('Deals'),
  'POST /deals/{id}/resync': resync('Deals'),
  'POST /deals/{id}/thaw': thaw('Deals'),
};
