import type { PairKnowledge } from '../domain/plan/types.ts';
import type { FieldValues, PersonReference, SalesforceReference, SystemName } from '../domain/record.ts';
import type { ErrorKind } from '../errors.ts';
import type { RecordKey } from './ledger-claim.ts';
import type { Decision, FailureReport } from './ledger-result.ts';

export type FailureRow = RecordKey & FailureReport & { attempts: number; firstAtMs: number; lastAtMs: number };

/** Where a list of failures goes on: behind this one. `lastAtMs` with its fraction: the database keeps microseconds. */
export type FailurePosition = Pick<FailureRow, 'lastAtMs' | 'system' | 'object' | 'recordId'>;

export type FailureFilter = { code?: string; recordId?: string; after?: FailurePosition };

/** All failures of one cause. */
export type FailureGroup = {
  code: string;
  /** Of the newest of them, as the sentence and what to do. */
  kind: ErrorKind;
  message: string;
  advice: string;
  count: number;
  /** How many of them began within the last 24 hours, and within the 24 hours before. */
  newInDay: number;
  newInDayBefore: number;
  firstAtMs: number;
  lastAtMs: number;
  /** Kinds of record, such as `hubspot contact`. */
  objects: readonly string[];
  /** Fields that they name, as far as they name any. */
  fields: readonly string[];
  /** The newest of them. */
  samples: readonly RecordKey[];
};

export type ChangeRow = {
  atMs: number;
  system: SystemName;
  object: string;
  recordId: string | null;
  operation: string;
  field: string;
  before: unknown;
  after: unknown;
  rule: string;
  /** Both sides had changed: whose value won. */
  conflict: SystemName | null;
  runId: string | null;
  state: string;
};

/** One thing that happened to a contact or its person, as the timeline tells it. Values only in `changes`. */
export type TimelineEntry = {
  atMs: number;
  kind: 'write' | 'stage' | 'link' | 'frozen' | 'thawed' | 'erased' | 'decision' | 'failure';
  code: string;
  /** One sentence. */
  text: string;
  system: SystemName | null;
  object: string | null;
  recordId: string | null;
  runId: string | null;
  /** Of a write: its fields, with what they held before and after, and the rule. */
  changes: readonly {
    field: string;
    before: unknown;
    after: unknown;
    rule: string;
    conflict: SystemName | null;
  }[];
};

/** A move of a contact's lifecycle stage, for reports. */
export type StageTransition = {
  contactId: string;
  atMs: number;
  from: string | null;
  to: string;
  source: SystemName;
  kind: string;
  code: string;
  text: string;
};

/** A pair whose two sides do not agree on the stage, and why: `cause` is never blank. */
export type StageDisagreement = {
  pairId: string;
  contactId: string;
  person: PersonReference | null;
  /** As the pair's base holds it, else the email; null: it holds neither. */
  name: string | null;
  hubspot: string | null;
  salesforce: string | null;
  cause: string;
};

/** What a privacy deletion erased, without repeating it. */
export type ErasureReceipt = {
  id: string;
  contactId: string;
  /** Null where the ledger had no pair for the contact. */
  pairId: string | null;
  atMs: number;
  personIds: readonly string[];
  /** How many values, by where they were: `base`, `audit log`, `open writes`, and how many rows of `failures`, `decisions`, `pending`. */
  erased: Readonly<Record<string, number>>;
};

/** Of a company or a deal `contactId` is its id, and `person` its Account or Opportunity. */
export type ContactHistory<Reference extends SalesforceReference = PersonReference> = {
  contactId: string;
  pairId: string | null;
  person: Reference | null;
  handedOverAtMs: number | null;
  /** Since when it has its counterpart, or was joined with another; null where nobody noted it. */
  landedAtMs: number | null;
  base: { hubspot: FieldValues; salesforce: FieldValues } | null;
  /** What a claim would tell of the pair. */
  pair: PairKnowledge<Reference> | null;
  decision: (Decision & { atMs: number; mappingVersion: number }) | null;
  /** `waitCode`: why it was put off, where it was. Due at no time (null): held as long as the run that marked it is paused. */
  pending: {
    dueInMs: number | null;
    dueAtMs: number | null;
    attempts: number;
    priority: number;
    source: string;
    waitCode: string | null;
  } | null;
  failure: FailureRow | null;
  changes: readonly ChangeRow[];
};
