import type { StageMove } from '../domain/lifecycle/types.ts';
import type { FieldChange } from '../domain/plan/types.ts';
import type { PersonReference, SalesforceReference, SystemName } from '../domain/record.ts';
import type { Priority } from './budget.ts';
import type { Band, Claim, ClaimRequest, Mark, RecordType } from './ledger-claim.ts';
import type { CommitResult, RecordResult } from './ledger-result.ts';

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

/** A Salesforce record that no pair knows: to be created in HubSpot. */
export type Birth = {
  recordId: string;
  counter: string;
  object: SalesforceReference['object'];
  /** HubSpot properties of the record to create. */
  changes: readonly FieldChange[];
};

export type BirthResult =
  | { recordId: string; ok: true; pairId: string; intentId: string }
  | { recordId: string; ok: false; reason: 'taken' | 'limit' | 'stale' };

/** Of a contact; of a company or deal the ids are theirs, and `person` is the Account or Opportunity. */
export type Reservation = {
  contactId: string;
  counter: string;
  pairId: string | null;
  /** All HubSpot ids that shall lead to this pair: the live one first, then merged ones. */
  contactIds: readonly string[];
  /** The person to be linked or updated; null for a create. */
  person: SalesforceReference | null;
  /** Emails under which nobody else may create at the same time; stored as a keyed hash. */
  claimEmails: readonly string[];
  intent: Intent | null;
  /** Whose work it is, where that is not the run that marked the record: a revert that a live mark has overtaken. */
  runId?: string;
};

export type ReservationResult =
  | { contactId: string; ok: true; pairId: string; intentId: string | null }
  | {
      contactId: string;
      ok: false;
      /** `taken`: the person or email is another contact's; `erased`: the person's contact was erased for privacy; `limit`: the run's safety limit; `stale`: lease lost or marked again under another token. */
      reason: 'taken' | 'erased' | 'limit' | 'stale';
      /** For `taken`: the HubSpot id of the contact that holds the person, where known. */
      holder?: string;
    };

export type WorkLedger = {
  /** At most one row per record; priority and due time only move nearer; the counter rises. @returns rows marked */
  mark(marks: readonly Mark[]): Promise<number>;
  /**
   * Marks every record whose failure says that what it is in Salesforce is another's, or asks a person which one it is, and names one of these
   * ids: to be called when one of them changed, for what people are asked about is often answered there.
   * @param goneIds deleted ones: they answer only what they did not raise themselves
   * @returns rows marked
   */
  markHeldUp(recordIds: readonly string[], goneIds?: readonly string[]): Promise<number>;
  /** Up to `limit` due records, live before backfill, each leased together with its pair. Empty while CRM work is paused. */
  claim<Reference extends SalesforceReference = PersonReference>(request: ClaimRequest): Promise<Claim<Reference>>;
  /**
   * Commits links and intents before any CRM call.
   * @param of what the claim was about; absent: contacts
   * @throws SyncError wait `mapping_changed` | `paused`
   */
  reserve(
    token: string,
    mappingVersion: number,
    reservations: readonly Reservation[],
    of?: RecordType,
  ): Promise<readonly ReservationResult[]>;
  /**
   * Keeps which contacts HubSpot merged into which, as its events tell: an erasure of the survivor reaches what is known of them, also where
   * nobody looked before.
   */
  rememberMerges(merges: readonly { survivorId: string; mergedIds: readonly string[] }[]): Promise<void>;
  /** Marks the contacts that were merged into these erased ones, so that what is known of them is erased, too. */
  markErasedWith(contactIds: readonly string[]): Promise<void>;
  /**
   * Persons, or Accounts, that Salesforce merged into another one after their pair had ended: the winner is kept as a memory of that pair, so that nobody is
   * created for it. A winner that has a pair keeps it.
   */
  rememberWinners(merges: readonly { loserId: string; winner: SalesforceReference }[]): Promise<void>;
  /**
   * Lets claimed contacts into which others were merged inherit the pairs of these, before anything is planned. Where that changes what is
   * known of a contact, its row is given back.
   * @param contacts with all ids of each contact, its own first
   * @returns the ids of the contacts whose rows are not ours any more
   */
  inheritMerged(
    token: string,
    contacts: readonly { contactId: string; pairId: string | null; contactIds: readonly string[] }[],
    of?: RecordType,
  ): Promise<ReadonlySet<string>>;
  /**
   * Opens a pair and an intent for each Salesforce record that is to be created in HubSpot, before the call. One that has a pair without a
   * HubSpot record (an answer was lost) gets the same pair again.
   */
  reserveBirths(token: string, mappingVersion: number, births: readonly Birth[]): Promise<readonly BirthResult[]>;
  /**
   * Marks records that have waited for longer than this although their parent has landed since, and those that have waited for a day, then for
   * two, four, and up to a month. For a slow timer: as a rule there are none, for a parent's own commit ends the waits for it. @returns how many
   */
  remarkOldWaits(olderThanMs: number): Promise<number>;
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
    band?: Band,
  ): Promise<{ due: number; priority: Priority | null; nextInMs: number | null; paused: boolean }>;
};
