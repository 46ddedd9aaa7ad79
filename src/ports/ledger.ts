import type { StageMove, StageSeen, StageStanding } from '../domain/lifecycle/types.ts';
import type { Base, FieldChange, Freeze, PairKnowledge, Tombstone } from '../domain/plan/types.ts';
import type { FieldValues, PersonReference, SystemName } from '../domain/record.ts';
import type { ErrorKind } from '../errors.ts';
import type { Priority } from './budget.ts';

/** A record's name across systems. `object`: `contact`, `company`, `deal`, or `Lead`, `Contact`, `Account`, `Opportunity`. */
type RecordKey = { system: SystemName; object: string; recordId: string };

/** What an event told besides "look again". OR-ed over marks; lives until *done*. `erased` is the one that is believed as fact. */
export type Hint = 'created' | 'deleted' | 'merged' | 'erased' | 'resync' | 'born';

/** Which records a claim and its results are about. */
export type RecordType = { system: SystemName; object: string };

export type Mark = RecordKey & {
  priority: Priority;
  hints?: readonly Hint[];
  /** Where the mark came from: `webhook`, `sweep`, `resync`, `retry`, `run`. */
  source: string;
  runId?: string;
  /** The look is not wanted before then; absent: now. */
  dueInMs?: number;
};

export type ClaimedRecord = {
  recordId: string;
  /** What the counter was at the claim: *done* and *later* require it unchanged. */
  counter: string;
  priority: Priority;
  hints: readonly Hint[];
  /** Attempts that failed so far, waits not counted. */
  attempts: number;
  source: string;
  runId: string | null;
  markedAtMs: number;
  /** The pair that this record's id leads to, leased with the same token; null: no pair yet. */
  pairId: string | null;
  pair: PairKnowledge | null;
};

export type Claim = {
  token: string;
  /** Database time at which the lease ends, as milliseconds from the moment of the answer. */
  leaseMs: number;
  records: readonly ClaimedRecord[];
};

export type ClaimRequest = {
  system: SystemName;
  object: string;
  /** 1..200. */
  limit: number;
  leaseMs: number;
  /** The worker's mapping version; a claim under another than the active one is refused with SyncError wait `mapping_changed`. */
  mappingVersion: number;
};

/** What is about to be written, committed before it is sent. */
export type Intent = {
  system: SystemName;
  object: string;
  /** Null for a create. */
  recordId: string | null;
  operation: 'create' | 'update' | 'delete';
  changes: readonly FieldChange[];
  /** The stage move that begins with this write: opened in the same transaction. A pair has at most one that is open. */
  stageMove?: StageMove;
};

/** A person that Salesforce has and no pair knows: to be created in HubSpot. */
export type Birth = {
  recordId: string;
  counter: string;
  object: PersonReference['object'];
  /** HubSpot properties of the contact to create. */
  changes: readonly FieldChange[];
};

export type BirthResult =
  | { recordId: string; ok: true; pairId: string; intentId: string }
  | { recordId: string; ok: false; reason: 'taken' | 'limit' | 'stale' };

export type Reservation = {
  contactId: string;
  counter: string;
  pairId: string | null;
  /** All HubSpot ids that shall lead to this pair: the live one first, then merged ones. */
  contactIds: readonly string[];
  /** The person to be linked or updated; null for a create. */
  person: PersonReference | null;
  /** Emails under which nobody else may create at the same time; stored as a keyed hash. */
  claimEmails: readonly string[];
  intent: Intent | null;
};

export type ReservationResult =
  | { contactId: string; ok: true; pairId: string; intentId: string | null }
  | {
      contactId: string;
      ok: false;
      /** `taken`: the person or email is another contact's; `limit`: the run's safety limit; `stale`: lease lost or marked again under another token. */
      reason: 'taken' | 'limit' | 'stale';
      /** For `taken`: the HubSpot id of the contact that holds the person, where known. */
      holder?: string;
    };

export type FailureReport = {
  kind: ErrorKind;
  code: string;
  message: string;
  advice: string;
  fields: readonly string[];
  recordIds: readonly string[];
  vendorCode?: string;
  correlationId?: string;
};

/** The newest decision about a record, for `explain`, the demo and observe mode. Holds codes and sentences, never values. */
export type Decision = {
  outcome: string;
  code: string;
  text: string;
  reasons: readonly { code: string; text: string; field?: string }[];
  /** Names of the fields that were (observe: would have been) written. */
  fields: readonly string[];
  observedOnly: boolean;
};

/** How a claimed record leaves the worker's hands. */
export type Settlement =
  | { kind: 'done' }
  /** Look again in `delayMs`; `counts` adds one to the attempts (a retry), a wait does not. */
  | { kind: 'later'; delayMs: number; counts: boolean; code: string }
  /** Done for now with a failure: looked at again when the record changes or a person retries it. */
  | { kind: 'failed' };

export type IntentOutcome = {
  intentId: string;
  /**
   * `done`: carried out; `refused`: certainly not carried out; `unknown`: the answer was lost, it stays open; `superseded`: the answer was
   * lost, and what was meant to be written is not there.
   */
  state: 'done' | 'refused' | 'unknown' | 'superseded';
  recordId?: string;
  errorCode?: string;
};

/** Everything that one step found out about one record. Applied whole or not at all, record by record. */
export type RecordResult = {
  /** Id of the claimed record: of the contact, or of the person where a claim was about persons. */
  contactId: string;
  counter: string;
  pairId?: string;
  outcomes?: readonly IntentOutcome[];
  /** The link that is true now. */
  person?: PersonReference;
  /** The contact has passed the gate and its person exists: sets `handed_over_at` once. */
  handedOver?: boolean;
  /** Merged into the stored base field by field; only values that were seen. */
  agreed?: Base | null;
  /** What HubSpot's answer said `updatedAt` is after our own write: sweeps pass over it. */
  hubspotWrittenAtMs?: number;
  /** HubSpot ids that are no longer alive (merged or deleted), kept as memories. */
  retiredContactIds?: readonly { id: string; status: 'merged' | 'deleted' | 'erased' }[];
  /** Ids of persons that lead to the linked one: merged or converted ones. */
  retiredPersonIds?: readonly (PersonReference & { status: 'merged' | 'converted' | 'deleted' })[];
  /** The HubSpot contact that a person born in Salesforce has become. */
  bornContactId?: string;
  /** Why the pair has ended; null: it goes on (again); absent: as it is. Ending it keeps its ids as memories. */
  tombstone?: Tombstone | null;
  /**
   * How the pair's open stage move goes on. `setting`: the stage was emptied. `verified`: HubSpot holds it; it counts as a transition, and
   * as a recycle where it was one. `conflict`: a third value was found. `ignored`: HubSpot accepted it and did not take it.
   */
  stageMove?: 'setting' | 'verified' | 'conflict' | 'ignored';
  /** Transitions that were not ours. One that the ledger has already (same stage, within ten minutes) is passed over. */
  stagesSeen?: readonly StageSeen[];
  /** What both sides say of the stage now. */
  stages?: StageStanding;
  freezes?: readonly Freeze[];
  decision?: Decision;
  /** A report stores or renews the failure; null clears it; absent leaves it. */
  failure?: FailureReport | null;
  /** Absent: the record stays claimed (a later step will settle it). */
  settle?: Settlement;
  /** A further intent to be committed together with this result. */
  nextIntent?: Intent;
};

export type CommitResult = {
  /** Ids of the `nextIntent`s by contact id. */
  intentIds: ReadonlyMap<string, string>;
  /** Contacts whose result was refused because the lease had passed to someone else. */
  stale: readonly string[];
  /** Contacts whose own row could not be stored; they were marked for another look and recorded as failures. */
  poisoned: readonly string[];
};

export type WorkLedger = {
  /** At most one row per record; priority and due time only move nearer; the counter rises. @returns rows marked */
  mark(marks: readonly Mark[]): Promise<number>;
  /**
   * Marks every record whose failure says that its person or email is another contact's and names one of these ids: to be called when a
   * person's email or our id on it changed. @returns rows marked
   */
  markHeldUp(recordIds: readonly string[]): Promise<number>;
  /** Up to `limit` due records, live before backfill, each leased together with its pair. Empty while CRM work is paused. */
  claim(request: ClaimRequest): Promise<Claim>;
  /** Commits links and intents before any CRM call. @throws SyncError wait `mapping_changed` | `paused` */
  reserve(
    token: string,
    mappingVersion: number,
    reservations: readonly Reservation[],
  ): Promise<readonly ReservationResult[]>;
  /**
   * Opens a pair and an intent for each person that is to be created in HubSpot, before the call. A person that has a pair without a
   * contact (an answer was lost) gets the same pair again.
   */
  reserveBirths(token: string, mappingVersion: number, births: readonly Birth[]): Promise<readonly BirthResult[]>;
  /** Of these emails, those of persons who were erased for privacy. Lower case. */
  erasedEmails(emails: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Commits what happened: in one transaction, else by halves, else record by record.
   * @param of what the claim was about; absent: contacts
   */
  commit(
    token: string,
    mappingVersion: number,
    results: readonly RecordResult[],
    of?: RecordType,
  ): Promise<CommitResult>;
  /**
   * Prolongs the lease. @returns the ids of the records that are still held; the others went to another worker
   * @throws SyncError retryable `lease_lost` when none is held any more, wait `paused` during an admin's pause
   */
  renew(token: string, leaseMs: number): Promise<ReadonlySet<string>>;
  /** Gives back what is still claimed under the token, at once due again (graceful stop). */
  release(token: string): Promise<void>;
  /** Gives back everything that anybody claimed. Only for a process that knows to be the only one. */
  releaseAll(): Promise<void>;
  /**
   * How many records are due now (counted up to 1,000), the most urgent priority among them, and when the next one will be
   * (milliseconds from now; null: none waits). `paused`: an admin's pause or a vendor's wait is on, then `due` is 0 and `nextInMs` its end.
   */
  due(
    system: SystemName,
    object: string,
  ): Promise<{ due: number; priority: Priority | null; nextInMs: number | null; paused: boolean }>;
};

/** `movedAtMs`: when it was moved last, by the database's clock; only where it was read by `watermark`. */
export type Watermark = { source: string; atMs: number; cursor: string | null; movedAtMs?: number };

/** What the ledger knows of a Salesforce person, for a poller that compares before it marks. */
export type KnownPerson = {
  pairId: string;
  /** The pair's living contact; null: it has none (any more). */
  contactId: string | null;
  /** How the person stands to the pair: its live one, or a memory. */
  status: 'reserved' | 'live' | 'merged' | 'converted' | 'deleted' | 'erased';
  /** What Salesforce held at the last agreement. */
  base: FieldValues | null;
  tombstone: Tombstone | null;
  handedOver: boolean;
};

export type SweepLedger = {
  /** By Salesforce id; persons that no pair knows are left out. */
  knownPersons(ids: readonly string[]): Promise<ReadonlyMap<string, KnownPerson>>;

  watermark(source: string): Promise<Watermark | null>;
  /**
   * Moves a watermark and marks the records it covers in one transaction; compare-and-set on `from`, never backward, never beyond the
   * database's clock. @returns false when another process moved it first (then nothing was marked)
   */
  advance(from: Watermark | null, to: Watermark, marks: readonly Mark[]): Promise<boolean>;
  /**
   * Moves a watermark backward, and only backward: for one that lies in the future of its source, after a clock was wrong. Compare-and-set
   * on `from`. @returns false when another process moved it first
   */
  restartWatermark(from: Watermark, atMs: number): Promise<boolean>;
  /** Of these, the ids whose modification time is that of our own last write. */
  ownWrites(records: readonly { id: string; modifiedAtMs: number }[]): Promise<ReadonlySet<string>>;
  /**
   * Of these values, told by webhooks that name our own app as the source, the places of those that an intent of ours wrote within the last
   * hour: they tell nothing new. What automation did under our app's name is not among them.
   */
  echoes(values: readonly { recordId: string; property: string; value: string }[]): Promise<ReadonlySet<number>>;
};

export type FailureRow = RecordKey & FailureReport & { attempts: number; firstAtMs: number; lastAtMs: number };

/** Where a list of failures goes on: behind this one. `lastAtMs` with its fraction: the database keeps microseconds. */
export type FailurePosition = Pick<FailureRow, 'lastAtMs' | 'system' | 'object' | 'recordId'>;

export type FailureFilter = { code?: string; after?: FailurePosition };

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

export type ContactHistory = {
  contactId: string;
  pairId: string | null;
  person: PersonReference | null;
  handedOverAtMs: number | null;
  base: { hubspot: FieldValues; salesforce: FieldValues } | null;
  /** What a claim would tell of the pair. */
  pair: PairKnowledge | null;
  decision: (Decision & { atMs: number; mappingVersion: number }) | null;
  /** `waitCode`: why it was put off, where it was. */
  pending: {
    dueInMs: number;
    dueAtMs: number;
    attempts: number;
    priority: number;
    source: string;
    waitCode: string | null;
  } | null;
  failure: FailureRow | null;
  changes: readonly ChangeRow[];
};

export type LedgerStatus = {
  mode: { paused: boolean; pausedReason: string | null; pausedBy: string | null };
  /** Pauses that a vendor caused, per system. */
  waits: readonly { system: SystemName; untilMs: number; code: string }[];
  /** `oldestDueMs`: the moment since which the oldest record is due, epoch milliseconds. */
  pending: { due: number; waiting: number; leased: number; oldestDueMs: number | null };
  pairs: number;
  failures: number;
  /** Pairs whose sides disagree on the stage (each with a cause), and fields that wait for a person to thaw them. */
  stageDisagreements: number;
  frozenFields: number;
  handoffsToday: number;
  changesToday: number;
  runs: readonly RunRow[];
  mappingVersion: number | null;
  watermarks: readonly Watermark[];
  /** Calls in the last 24 h by bucket. */
  calls: Readonly<Record<string, number>>;
};

export type RunRow = {
  id: string;
  kind: string;
  state: 'running' | 'stopped' | 'ended';
  startedAtMs: number;
  creates: number;
  changes: number;
  createsLimit: number;
  changesLimit: number;
  stoppedReason: string | null;
};

export type AdminLedger = {
  status(): Promise<LedgerStatus>;
  /** The newest first. */
  failures(limit: number, filter?: FailureFilter): Promise<readonly FailureRow[]>;
  /** Marks all failed records (or those with the code) for another look. @returns how many */
  retryFailures(code?: string): Promise<number>;
  history(contactId: string): Promise<ContactHistory>;
  /** The newest decision about a person that was marked for its own sake: born in Salesforce. */
  personDecision(person: PersonReference): Promise<ContactHistory['decision']>;
  /** All that happened to the contact, under every id it ever had, the newest first. @param before go on behind this moment */
  timeline(contactId: string, limit: number, before?: number): Promise<readonly TimelineEntry[]>;
  /** Moves of the stage, the newest first. */
  stageTransitions(contactId: string): Promise<readonly StageTransition[]>;
  /** Pairs whose sides disagree on the stage, the newest pair first. @param afterPairId go on behind this one */
  stageDisagreements(limit: number, afterPairId?: string): Promise<readonly StageDisagreement[]>;
  /** Receipts of privacy deletions, the newest first: only those of one contact, or those behind a receipt. */
  erasures(limit: number, filter?: { contactId?: string; afterId?: string }): Promise<readonly ErasureReceipt[]>;
  /** Lets frozen fields of the contact be written again (all of them, or the one named), and marks it. @returns how many */
  thaw(contactId: string, by: string, field?: string): Promise<number>;
  pause(by: string, reason: string): Promise<void>;
  /** Ends an admin's pause and one for our own budget of the day; a vendor's stays. */
  resume(): Promise<void>;
  /** Lets a stopped run go on, and the days of live sync that began stopped because of it. @returns false when there is no such stopped run */
  approve(runId: string, by: string): Promise<boolean>;
  /** Marks every contact that was only observed so far and would have been written. @returns how many */
  markObserved(): Promise<number>;
};

export type ConnectionLedger = {
  /**
   * Binds the ledger to a portal and an org at the first start and checks them ever after.
   * @throws SyncError needs-human `other_portal` | `other_org` | `demo_ledger`
   */
  bind(identity: { portalId?: string; orgId?: string; demo: boolean }): Promise<void>;
  bound(): Promise<{ portalId: string | null; orgId: string | null; demo: boolean }>;
  /**
   * Registers the mapping and makes it the active version; the same hash keeps its version. `fields`: which HubSpot property is mapped to which
   * Salesforce field (a pair for Lead and one for Contact where they differ): what the version before it had and this one has not loses its
   * base on both sides.
   */
  activateMapping(
    hash: string,
    limits: { createsPerRun: number; changesPerRun: number },
    fields?: readonly { hubspot: string; salesforce: string }[],
  ): Promise<number>;
  /** Ends the vendors' pauses of these codes: somebody may have mended what they were about. */
  forgetPauses(codes: readonly string[]): Promise<void>;
  /** @throws when the ledger cannot be written */
  ping(): Promise<void>;
};

export type LedgerPort = WorkLedger & SweepLedger & AdminLedger & ConnectionLedger;
