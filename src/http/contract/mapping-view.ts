import { z } from 'zod';
import { moment, systemName } from './endpoint.ts';

/** Where it stands in the files. `line` null: it stands in no file, as it is the default. */
const place = { file: z.string(), line: z.number().int().nullable() };

const kind = z.enum(['contact', 'company', 'deal']);

/** Something the mapping says beside fields and stages: one sentence. `key`: its name in the file, such as `events.deleted_in_hubspot`. */
const mappingSetting = z.object({ key: z.string(), text: z.string(), ...place });

const valuePair = z.object({ hubspot: z.string(), salesforce: z.string() });

const mappedField = z.object({
  hubspot: z.string(),
  /** All its names in Salesforce in one text, such as `City (Lead), MailingCity (Contact)`. */
  salesforce: z.string(),
  salesforceFields: z.array(z.object({ object: z.string(), field: z.string() })),
  /** `newest`, or `fill_blank, then salesforce` where another rule holds from the handoff on. */
  rule: z.string(),
  before: z.string(),
  after: z.string(),
  /** The rule in one sentence: who owns the field. */
  says: z.string(),
  /** Where values may flow once a contact is handed over. */
  flow: z.enum(['to_salesforce', 'to_hubspot', 'both', 'none']),
  transform: z.string().nullable(),
  transformBack: z.string().nullable(),
  values: z.array(valuePair),
  /** Those of the way back that `values` does not tell by itself. */
  valuesBack: z.array(valuePair),
  /** Fields of one unit are decided together. */
  unit: z.string().nullable(),
  /** What else is said of it, one sentence each. */
  notes: z.array(z.string()),
  ...place,
});

const gate = z.object({
  /** One sentence, and one line per condition. */
  sentence: z.string(),
  /** Labels of the stages that open it. */
  opensAt: z.array(z.string()),
  conditions: z.array(z.object({ code: z.string(), text: z.string(), expression: z.string().nullable(), ...place })),
  /** What becomes of a contact that falls back below it, one sentence. */
  below: z.string(),
});

const stage = z.object({
  stage: z.string(),
  label: z.string(),
  owner: z.string(),
  opensGate: z.boolean(),
  /** What in Salesforce stands for it, one line each; empty: Salesforce says nothing of it. */
  salesforce: z.array(z.string()),
  ...place,
});

/**
 * An arrow of the diagram. `forward`: one step along the funnel, each stage to the next one; a contact may skip stages. `recycle`: sales returns
 * the person. `by`: whose doing leads there. `values`: what Salesforce says then, such as values of the Lead Status.
 */
const move = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(['forward', 'recycle']),
  by: systemName,
  /** The step at which the gate opens. */
  handoff: z.boolean(),
  when: z.string(),
  values: z.array(z.string()),
});

const objectView = z.object({
  kind,
  on: z.boolean(),
  hubspot: z.string(),
  salesforce: z.array(z.string()),
  fields: z.array(mappedField),
  settings: z.array(mappingSetting),
});

const pipeline = z.object({
  label: z.string(),
  hubspot: z.string(),
  /** What tells it apart in Salesforce; null: nothing. */
  recordType: z.string().nullable(),
  stages: z.array(valuePair),
  /** StageNames that lead back to a stage besides those above. */
  stagesBack: z.array(valuePair),
  ...place,
});

/** One thing that another version says otherwise. */
const mappingChange = z.object({
  change: z.enum(['added', 'removed', 'changed']),
  area: z.enum(['field', 'gate', 'stage', 'move', 'pipeline', 'setting', 'limit']),
  /** Whose it is; null: of gate, lifecycle, owners. */
  kind: kind.nullable(),
  /** Such as the property of a field, or the key of a setting. */
  name: z.string(),
  /** What was said before and what is said now, each in words; null: nothing. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** One sentence. */
  text: z.string(),
});

/** Which version it is, and how it came here. */
export const mappingVersionLine = z.object({
  version: z.number().int(),
  hash: z.string(),
  active: z.boolean(),
  proposed: z.boolean(),
  proposedAt: moment.nullable(),
  proposedBy: z.string().nullable(),
  activatedAt: moment.nullable(),
  activatedBy: z.string().nullable(),
  /** Whether its files are kept, so that it can be shown and activated. */
  filesKept: z.boolean(),
});

/**
 * A version of the mapping as people read it. What cannot be read any more is empty or null, and `problem` says why; whoever shows it
 * looks at `problem` first.
 */
export const mappingView = mappingVersionLine.extend({
  /** Null: all of it is told. `faults`: what this build cannot read, with its place. */
  problem: z
    .object({
      code: z.enum(['files_not_kept', 'faulty_mappings']),
      text: z.string(),
      faults: z.array(z.object({ text: z.string(), ...place })),
    })
    .nullable(),
  gate: gate.nullable(),
  /** The lifecycle as a diagram: stages in order, and the moves between them. */
  stages: z.array(stage),
  moves: z.array(move),
  lifecycle: z.object({ settings: z.array(mappingSetting) }),
  objects: z.array(objectView),
  pipelines: z.array(pipeline),
  owners: z.object({ sentence: z.string(), settings: z.array(mappingSetting) }),
  limits: z.object({ createsPerRun: z.number().int(), changesPerRun: z.number().int() }),
  /** The files as they are reviewed in git, by name. Null: of a time when they were not kept. */
  files: z.record(z.string(), z.string()).nullable(),
  /** With `against`: what this version says otherwise than that one. Null: nobody asked, or one of the two cannot be read. */
  changes: z.object({ against: z.number().int(), items: z.array(mappingChange) }).nullable(),
});
