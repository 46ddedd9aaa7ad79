import { z } from 'zod';
import { defineEndpoint, moment, systemName } from './endpoint.ts';
import { changeRule, fieldValue } from './record-parts.ts';

const tag = 'Mappings';

const count = z.number().int();
const object = z.enum(['contact', 'company', 'deal']);
const tally = z.object({ count, samples: z.array(z.string()) });
const problems = z.array(tally.extend({ code: z.string(), message: z.string() }));

const change = {
  object,
  system: systemName,
  target: z.string(),
  field: z.string(),
  rule: changeRule,
  kind: z.enum(['new', 'dropped', 'other']),
};

/** What a changed mapping would do to the records of one kind. */
const objectPlan = z.object({
  object,
  total: count,
  looked: count,
  isSample: z.boolean(),
  differing: tally,
  newlyPassing: tally,
  newlyFailing: tally,
  newlyCreated: tally,
  noLongerCreated: tally,
  unread: tally,
  problemsNew: problems,
  problemsGone: problems,
  groups: z.array(
    z.object({
      ...change,
      count,
      /** `before`: what the record holds; `after`: what the proposed mapping writes; `instead`: what the active one would. */
      samples: z.array(
        z.object({ ...change, recordId: z.string(), before: fieldValue, after: fieldValue, instead: fieldValue }),
      ),
    }),
  ),
});

const mappingSide = z.object({
  version: count.nullable().meta({ description: 'Null: files that are no version yet' }),
  hash: z.string(),
});

/** What a changed mapping comes to. Holds values of records. */
export const planView = z
  .object({
    active: mappingSide,
    proposed: mappingSide,
    isSame: z.boolean(),
    since: moment.nullable(),
    objects: z.array(objectPlan),
    calls: z.object({ hubspot: z.number(), salesforce: z.number() }),
  })
  .meta({ id: 'MappingPlan' });

/** What an activation came to. */
export const activationView = z
  .object({
    version: count,
    before: count.nullable(),
    pausedRuns: z.array(z.string()),
    endedRuns: z.array(z.string()),
    releasedFields: count,
    /** Failed records that are looked at again. */
    marked: count,
    run: z.string().nullable().meta({ description: 'The run that applies it to existing pairs' }),
  })
  .meta({ id: 'Activation' });

const version = z.coerce.number().int().min(1).max(1_000_000_000);

export const planEndpoints = {
  'POST /plan': defineEndpoint({
    role: 'operator',
    tag,
    summary: 'What a changed mapping would do to live records; writes nothing',
    body: z.strictObject({
      sample: z.number().int().min(1).max(500).default(200),
      since: z.string().max(40).optional(),
      mappings: z.number().int().min(1).max(1_000_000_000).optional().meta({ description: 'The number of a version' }),
      object: z.enum(['contacts', 'companies', 'deals']).optional(),
    }),
    answer: planView,
  }),
  'POST /mappings/{version}/activate': defineEndpoint({
    role: 'admin',
    tag,
    summary: 'Make a version the active one',
    params: z.object({ version }),
    body: z.strictObject({ apply: z.boolean().default(false) }),
    answer: activationView,
  }),
};
