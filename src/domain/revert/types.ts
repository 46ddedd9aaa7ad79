import type { FieldValue, SystemName } from '../record.ts';

/** One field that a run wrote, in whatever number of writes: what it found before the first and wrote with the last. */
export type RevertTarget = {
  system: SystemName;
  /** Of the record that was written last: `contact`, `Lead`, `Account`, … */
  object: string;
  recordId: string | null;
  field: string;
  /** The field of the other side that it goes with, where the write named one. */
  source: string | null;
  before: FieldValue;
  after: FieldValue;
  /** It is one of our ids, by the rule it was written under. */
  isId: boolean;
  /** Its values were erased for privacy. */
  isErased: boolean;
};

/** A record that the run created. */
export type MadeRecord = { system: SystemName; object: string; recordId: string };

/** What a revert still has to put back of one pair. */
export type PendingRevert = {
  /** The revert. */
  runId: string;
  /** The run that it puts back. */
  reverts: string;
  created: 'keep' | 'delete';
  /** Contacts or deals of the same revert are still open: what belongs to an Account may go before it. */
  hasOthers: boolean;
  targets: readonly RevertTarget[];
  made: readonly MadeRecord[];
  /** Records that the run deleted: a revert itself. */
  deleted: readonly MadeRecord[];
  /** What the revert has written already: a look of it may have been cut off. */
  own: readonly { system: SystemName; field: string; after: FieldValue }[];
  /** Names of fields whose old values a CRM has refused since the revert began; the others are tried without them. */
  refused: readonly string[];
};

/** A field that a revert put back and that nobody repairs, by its name on either side, and by which run. */
export type HeldBack = { hubspot: string; salesforce: string; runId: string };

/** Why something that the run wrote was not put back. A key of `leftTexts`. */
export type LeftReason =
  | 'changed_since'
  | 'already_back'
  | 'not_writable'
  | 'not_read'
  | 'record_gone'
  | 'converted'
  | 'id_field'
  | 'relation'
  | 'created'
  | 'has_children'
  | 'erased'
  | 'deleted_stays'
  | 'failing'
  | 'refused';

export type RevertLeft = { system: SystemName; field: string; reason: LeftReason };

/** What one look of a revert comes to. Names alone, never a value. */
export type RevertSummary = {
  runId: string;
  /** Fields that are put back with this look. */
  put: readonly { system: SystemName; field: string }[];
  left: readonly RevertLeft[];
  /** Records that the run had created and that are deleted now. */
  deleted: number;
  holds: readonly Pick<HeldBack, 'hubspot' | 'salesforce'>[];
  /** Somebody has changed one of the sides meanwhile: the ordinary rules are to have their turn. */
  looksAgain: boolean;
  /** A second step follows: a stage that had to be emptied first, the end of a record that was deleted. */
  goesOn: boolean;
  /** Others are to be put back first; absent: nobody. */
  waits?: boolean;
};
