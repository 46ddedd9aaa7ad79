import { z } from 'zod';
import { moment, systemName } from './endpoint.ts';
import { failureView } from './failures.ts';

/** What one side holds of a field. */
export const fieldValue = z.union([z.string(), z.number(), z.boolean()]).nullable();

export const person = z.object({ object: z.enum(['Lead', 'Contact']), id: z.string() });

export const salesforceRecord = z.object({
  object: z.enum(['Lead', 'Contact', 'Account', 'Opportunity']),
  id: z.string(),
});

export const dealState = z.enum(['open', 'won', 'lost']);

/** Who owns a field. */
const fieldRule = z.enum(['hubspot', 'salesforce', 'newest', 'fill_blank', 'never']);

/** Why a value was written: who owns the field, or what else decided. */
export const changeRule = z.enum([...fieldRule.options, 'default', 'id', 'lifecycle', 'owner', 'revert']);

const side = z.object({
  /** Null: this side has no such field for this record. */
  name: z.string().nullable(),
  value: fieldValue,
  changedAt: moment.nullable(),
  changedBy: z.string().nullable(),
  /** Whether the last change is known of the field, or of the whole record alone. */
  changeOf: z.enum(['field', 'record']).nullable(),
});

/** One field with both sides. `held`: the revert that put it back, as long as nobody has changed it since. */
export const pairField = z
  .object({ rule: fieldRule, frozen: z.boolean(), held: z.string().nullable(), hubspot: side, salesforce: side })
  .meta({ id: 'PairField' });

/** A field that is left alone until a person thaws it. */
export const frozenField = z.object({
  system: systemName,
  field: z.string(),
  text: z.string().optional().meta({ description: 'What was told when it was frozen, as far as that is kept' }),
});

export const unread = z.object({
  what: z.enum(['person', 'counterpart', 'associations', 'hubspot_history', 'salesforce_history']),
  code: z.string(),
});

/** What would be written. */
export const fieldChange = z
  .object({
    field: z.string(),
    before: fieldValue,
    after: fieldValue,
    rule: changeRule,
    source: z.string().optional(),
    sourceValue: fieldValue.optional(),
    /** Both sides had changed: whose value won. */
    conflict: systemName.optional(),
  })
  .meta({ id: 'FieldChange' });

export const reason = z.object({ code: z.string(), text: z.string(), field: z.string().optional() });

/** What a person must decide or mend first. */
export const planProblem = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string(),
  fields: z.array(z.string()),
  recordIds: z.array(z.string()),
});

export const mode = z.enum(['observe', 'live']);

/** An admin's pause. */
export const pause = z.object({ by: z.string().nullable(), reason: z.string().nullable() });

/** What a vendor makes the whole connection wait for. */
export const vendorWait = z.object({ system: systemName, until: moment, code: z.string() });

const writtenField = z.object({
  field: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  rule: z.string(),
  conflict: systemName.nullable(),
});

/** One thing that happened to a record. Values only in `changes`. */
export const timelineEntry = z
  .object({
    at: moment,
    kind: z.enum(['write', 'stage', 'link', 'frozen', 'thawed', 'erased', 'decision', 'failure']),
    code: z.string(),
    text: z.string(),
    system: systemName.nullable(),
    object: z.string().nullable(),
    recordId: z.string().nullable(),
    runId: z.string().nullable(),
    changes: z.array(writtenField),
  })
  .meta({ id: 'TimelineEntry' });

const values = z.record(z.string(), fieldValue);

/** What the ledger knows of a record of any kind. */
export const recordHistory = z.object({
  pairId: z.string().nullable(),
  /** What both sides last agreed on. */
  base: z.object({ hubspot: values, salesforce: values }).nullable(),
  decision: z
    .object({
      at: moment,
      outcome: z.string(),
      code: z.string(),
      text: z.string(),
      reasons: z.array(reason),
      fields: z.array(z.string()),
      observedOnly: z.boolean(),
      mappingVersion: z.number().int(),
    })
    .nullable(),
  /** `dueAt` null: held as long as the run that marked it is paused. */
  pending: z
    .object({
      dueAt: moment.nullable(),
      attempts: z.number().int(),
      priority: z.number().int(),
      source: z.string(),
      waitCode: z.string().nullable(),
    })
    .nullable(),
  failure: failureView.nullable(),
  /** The newest 200. */
  changes: z.array(
    writtenField.extend({
      at: moment,
      system: systemName,
      object: z.string(),
      recordId: z.string().nullable(),
      operation: z.string(),
      runId: z.string().nullable(),
      state: z.string(),
    }),
  ),
});
