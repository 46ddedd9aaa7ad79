import type { PairKnowledge } from '../domain/plan/types.ts';
import type { PersonReference, SalesforceReference, SystemName } from '../domain/record.ts';
import type { Priority } from './budget.ts';

/** A record's name across systems. `object`: `contact`, `company`, `deal`, or `Lead`, `Contact`, `Account`, `Opportunity`. */
export type RecordKey = { system: SystemName; object: string; recordId: string };

/** What an event told besides "look again". OR-ed over marks; lives until *done*. `erased` is the one that is believed as fact. */
export type Hint = 'created' | 'deleted' | 'merged' | 'erased' | 'resync' | 'born';

/** Live work (priorities 1 and 2), or what may wait for it: sweeps and runs (3 and 4). A drain of the one never holds up the other. */
export type Band = 'live' | 'background';

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

/** `Reference`: what the pairs of this kind of record have in Salesforce; of contacts, persons. */
export type ClaimedRecord<Reference extends SalesforceReference = PersonReference> = {
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
  pair: PairKnowledge<Reference> | null;
};

export type Claim<Reference extends SalesforceReference = PersonReference> = {
  token: string;
  /** Database time at which the lease ends, as milliseconds from the moment of the answer. */
  leaseMs: number;
  records: readonly ClaimedRecord<Reference>[];
};

export type ClaimRequest = {
  system: SystemName;
  object: string;
  /** 1..500. */
  limit: number;
  leaseMs: number;
  /** The worker's mapping version; a claim under another than the active one is refused with SyncError wait `mapping_changed`. */
  mappingVersion: number;
  /** Absent: whatever is due. */
  band?: Band;
};
