import { z } from 'zod';
import { defineEndpoint, listOf, moment, pageQuery, recordReference, systemName } from './endpoint.ts';

const tag = 'Failures';

const errorKind = z.enum(['retryable', 'wait', 'permanent', 'needs-human']);

/** A record that could not be synced, and what to do about it. */
export const failureView = z
  .object({
    system: systemName,
    object: z.string(),
    recordId: z.string(),
    kind: errorKind,
    code: z.string(),
    message: z.string(),
    advice: z.string(),
    fields: z.array(z.string()),
    recordIds: z.array(z.string()),
    vendorCode: z.string().optional(),
    correlationId: z.string().optional(),
    attempts: z.number().int(),
    firstAt: moment,
    lastAt: moment,
  })
  .meta({ id: 'Failure' });

/** All failures of one cause. Sentence and advice are those of the newest, `samples` the newest records. */
export const failureGroup = z
  .object({
    code: z.string(),
    kind: errorKind,
    message: z.string(),
    advice: z.string(),
    count: z.number().int(),
    newInDay: z.number().int(),
    newInDayBefore: z.number().int(),
    firstAt: moment,
    lastAt: moment,
    objects: z.array(z.string()).meta({ description: 'Kinds of record, such as `hubspot contact`' }),
    fields: z.array(z.string()),
    samples: z.array(recordReference),
  })
  .meta({ id: 'FailureGroup' });

export const failurePage = listOf(failureView);

const code = z.string().max(100);

const retryOfRecord = z.strictObject({
  system: systemName,
  object: z.string().regex(/^\w{1,40}$/),
  recordId: z.string().regex(/^\w{1,40}$/),
});

const retryOfCode = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Za-z]\w{0,99}$/)
    .optional(),
});

export const failuresEndpoints = {
  'GET /failures': defineEndpoint({
    role: 'viewer',
    tag,
    summary: 'Records that could not be synced, the newest first',
    query: pageQuery.extend({ code: code.optional() }),
    answer: failurePage,
  }),
  'GET /failures/groups': defineEndpoint({
    role: 'viewer',
    tag,
    summary: 'The same by cause, the most frequent first; always one page',
    answer: listOf(failureGroup),
  }),
  'POST /failures/retry': defineEndpoint({
    role: 'operator',
    tag,
    summary: 'Look again at one record, at those with one code, or at all of them',
    body: z.union([retryOfRecord, retryOfCode]),
    status: 202,
    answer: z.object({ marked: z.number().int() }),
  }),
};
