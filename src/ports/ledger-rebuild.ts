import type { Base } from '../domain/plan/types.ts';
import type { HubSpotObject, SalesforceReference } from '../domain/record.ts';
import type { DealState } from '../domain/records/types.ts';
import type { RunState } from '../domain/runs/types.ts';
import type { Relation } from './ledger-relations.ts';
import type { FailureReport } from './ledger-result.ts';

/** What told of an id: ours on the Salesforce record, ours on the HubSpot record, or HubSpot's own connector. */
export type ToldBy = 'external_id' | 'property' | 'connector';

/** An id in one CRM that leads to a record in the other one. */
export type FoundId = { recordId: string; counterpart: SalesforceReference; toldBy: ToldBy };

/** A pair as both CRMs tell of it. */
export type RebuiltPair = {
  recordId: string;
  /** Ids that were merged into the record. */
  formerIds: readonly string[];
  counterpart: SalesforceReference;
  formerCounterparts: readonly (SalesforceReference & { status: 'merged' | 'converted' })[];
  /** A contact that passes the gate now. */
  handedOver: boolean;
};

/** `made`: by this run. `known`: the ledger had it. `ended`: it had it, and the pair has ended. `taken`: one of the ids is another pair's. */
export type RebuildOutcome = 'made' | 'known' | 'ended' | 'taken';

/** What was read around a pair that a rebuild made. */
export type RebuiltFacts = {
  recordId: string;
  pairId: string;
  /** Absent: as it is. */
  relations?: readonly Relation[];
  dealState?: DealState | null;
  roleIds?: readonly string[];
  handedOver: boolean;
  /** What both sides count as agreed on; null: nothing, each field's rule decides. */
  base: Base | null;
};

/**
 * A rebuild that keeps everything from being written to the CRMs: it is on or waits in review; or it has failed or was cancelled (`state`), and
 * what it had linked is not settled.
 */
export type RebuildHold = { runId: string; state: RunState };

export type RebuildLedger = {
  /** Whether the ledger links any record of both CRMs. */
  hasPairs(): Promise<boolean>;
  /** Cancels rebuilds before this one that wait in review: it takes over what they have linked. */
  endReviewsBefore(runId: string): Promise<void>;
  /** Keeps what a page found; what is known already keeps who told of it first. */
  addFoundIds(runId: string, object: HubSpotObject, ids: readonly FoundId[]): Promise<void>;
  /** HubSpot ids that anything was found for, behind this one. */
  foundRecords(runId: string, object: HubSpotObject, after: string | null, limit: number): Promise<readonly string[]>;
  /** All that was found for these ids, and for whom else the same counterparts were found. */
  foundIds(runId: string, object: HubSpotObject, recordIds: readonly string[]): Promise<readonly FoundId[]>;
  /** Makes pairs with their links in one transaction; one that cannot be made keeps no other from being. By record id. */
  storePairs(
    runId: string,
    object: HubSpotObject,
    pairs: readonly RebuiltPair[],
  ): Promise<ReadonlyMap<string, RebuildOutcome>>;
  /** Failures of records that no pair was made for. */
  storeConflicts(
    object: HubSpotObject,
    conflicts: readonly { recordId: string; failure: FailureReport }[],
  ): Promise<void>;
  /** Pairs that the run made, behind this one. */
  rebuiltPairs(
    runId: string,
    object: HubSpotObject,
    afterPairId: string | null,
    limit: number,
  ): Promise<readonly { pairId: string; recordId: string }[]>;
  /** Stores what was read around pairs; may be repeated. */
  storeFacts(object: HubSpotObject, facts: readonly RebuiltFacts[]): Promise<void>;
  /** Lets a rebuild that waits in review go on under this policy. @returns its id; null: none waits */
  chooseRebuildPolicy(policy: 'keep' | 'rules', cursor: Readonly<Record<string, unknown>>): Promise<string | null>;
  /** Forgets what was found, by this run and those before it. */
  forgetFound(runId: string): Promise<void>;
};
