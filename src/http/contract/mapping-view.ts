import { z } from 'zod';
import { moment } from './endpoint.ts';

/** A version of the mapping as people read it. */
export const mappingView = z.object({
  version: z.number().int(),
  hash: z.string(),
  active: z.boolean(),
  proposed: z.boolean(),
  proposedAt: moment.nullable(),
  proposedBy: z.string().nullable(),
  activatedAt: moment.nullable(),
  activatedBy: z.string().nullable(),
  gate: z.object({
    /** One sentence, and one line per condition. */
    sentence: z.string(),
    opensAt: z.array(z.string()),
    conditions: z.array(z.object({ code: z.string(), text: z.string(), expression: z.string().nullable() })),
    below: z.string(),
  }),
  /** The lifecycle as a diagram: stages in order, and the moves that are not simply one step forward. */
  stages: z.array(
    z.object({ stage: z.string(), label: z.string(), opensGate: z.boolean(), salesforce: z.array(z.string()) }),
  ),
  moves: z.array(
    z.object({ from: z.string(), to: z.string(), kind: z.enum(['forward', 'recycle']), when: z.string() }),
  ),
  objects: z.array(
    z.object({
      kind: z.enum(['contact', 'company', 'deal']),
      on: z.boolean(),
      hubspot: z.string(),
      salesforce: z.array(z.string()),
      fields: z.array(
        z.object({
          hubspot: z.string(),
          salesforce: z.string(),
          rule: z.string(),
          /** The rule in one sentence: who owns the field. */
          says: z.string(),
          transform: z.string().nullable(),
          values: z.array(z.object({ hubspot: z.string(), salesforce: z.string() })),
          file: z.string(),
          line: z.number().int().nullable(),
        }),
      ),
    }),
  ),
  pipelines: z.array(
    z.object({
      label: z.string(),
      hubspot: z.string(),
      recordType: z.string().nullable(),
      stages: z.array(z.object({ hubspot: z.string(), salesforce: z.string() })),
    }),
  ),
  owners: z.object({ sentence: z.string() }),
  limits: z.object({ createsPerRun: z.number().int(), changesPerRun: z.number().int() }),
  /** The files as they are reviewed in git, by name. Null: of a time when they were not kept. */
  files: z.record(z.string(), z.string()).nullable(),
});
