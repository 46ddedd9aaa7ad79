import type { StageSeen, StageStanding } from '../domain/lifecycle/types.ts';
import type { Base, Freeze, Tombstone } from '../domain/plan/types.ts';
import type { HubSpotObject, SalesforceObject, SalesforceReference } from '../domain/record.ts';
import type { DealState } from '../domain/records/types.ts';
import type { LeftReason } from '../domain/revert/types.ts';
import type { ErrorKind } from '../errors.ts';
import type { Mark } from './ledger-claim.ts';
import type { Relation } from './ledger-relations.ts';
import type { Intent } from './ledger-work.ts';

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
  /**
   * Look again in `delayMs`; `counts` adds one to the attempts (a retry), a wait does not. A record that goes on failing leaves its run;
   * `isAway`: what failed may be the CRM as a whole, and no fault of this record.
   */
  | { kind: 'later'; delayMs: number; counts: boolean; code: string; isAway?: boolean }
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
  /** Of a write that was done without these fields: they are told apart, as refused, or unknown where their answer was lost. */
  without?: { fields: readonly string[]; state: 'refused' | 'unknown' };
};

/**
 * A record whose landing is waited for: one of HubSpot lands when it gets its Salesforce side, is handed over or converted; one of Salesforce
 * when a pair stands for it.
 */
export type WaitKey = { object: HubSpotObject | SalesforceObject; recordId: string };

/** What a look of a revert tells. Names and counts alone. */
export type RevertResult = {
  runId: string;
  /** Nothing is left to be put back of the pair. */
  closes: boolean;
  /** How many fields were put back on each side, and how many records that the run had created are deleted. */
  put: { hubspot: number; salesforce: number; deleted: number };
  left: readonly { reason: LeftReason; count: number }[];
  holds: readonly { hubspot: string; salesforce: string }[];
};

/** Everything that one step found out about one record. Applied whole or not at all, record by record. */
export type RecordResult = {
  /** Id of the claimed record: of the contact, company or deal, or of the Salesforce record where a claim was about those. */
  contactId: string;
  counter: string;
  pairId?: string;
  outcomes?: readonly IntentOutcome[];
  /** The link that is true now: to a person, an Account or an Opportunity. */
  person?: SalesforceReference;
  /** The contact has passed the gate and its person exists: sets `handed_over_at` once. */
  handedOver?: boolean;
  /** Merged into the stored base field by field; only values that were seen. */
  agreed?: Base | null;
  /** What HubSpot's answer said `updatedAt` is after our own write: sweeps pass over it. */
  hubspotWrittenAtMs?: number;
  /** HubSpot ids that are no longer alive (merged or deleted), kept as memories. */
  retiredContactIds?: readonly { id: string; status: 'merged' | 'deleted' | 'erased' }[];
  /** Ids of persons that lead to the linked one: merged or converted ones. */
  retiredPersonIds?: readonly (SalesforceReference & { status: 'merged' | 'converted' | 'deleted' })[];
  /** The HubSpot record that one born in Salesforce has become. */
  bornContactId?: string;
  /** All emails that the contact has, where it has several; kept as keyed hashes. */
  emails?: readonly string[];
  /** HubSpot merged the contact into this one, which inherits its pair at once. */
  mergedInto?: string;
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
  /**
   * All that this record is related to now, in place of what was stored; absent: as it is. Where a relation to a company is new or its
   * `passedGate` changed, the company is marked in the same transaction.
   */
  relations?: readonly Relation[];
  /**
   * Records whose landing brings this one further: registered in this transaction, under a lock that their own commits take too. One that
   * has landed since `relations` were read marks this record at once.
   */
  waitsFor?: readonly WaitKey[];
  /** Of a deal: what it has come to. Where that is new, its related contacts and companies are marked. */
  dealState?: DealState | null;
  /** Of a deal: all contact roles of its Opportunity, so that the deletion of one is known to be about it. */
  roleIds?: readonly string[];
  /** Further records to be marked in this transaction. */
  marks?: readonly Mark[];
  decision?: Decision;
  /** A report stores or renews the failure; null clears it; absent leaves it. */
  failure?: FailureReport | null;
  /** Absent: the record stays claimed (a later step will settle it). */
  settle?: Settlement;
  /** Whose work it is, where a look does what another run than the one that marked the record has asked for. */
  runId?: string;
  /** The look puts back what a run wrote: what it holds is no agreement of the ordinary rules. */
  revert?: RevertResult;
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
