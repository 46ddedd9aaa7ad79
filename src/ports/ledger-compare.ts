import type { FrozenField, Tombstone } from '../domain/plan/types.ts';
import type {
  FieldValues,
  HubSpotObject,
  SalesforceObject,
  SalesforceReference,
  SystemName,
} from '../domain/record.ts';

/** Ids of living records of one kind, as a page of a comparison saw them. */
export type SeenRecords = { system: SystemName; object: string; ids: readonly string[] };

/** What the ledger knows of a pair, for one who compares one of its sides with what that side held last. */
export type ComparedPair = {
  pairId: string;
  /** How the id that was asked for stands to the pair: its living one, or a memory. */
  status: 'reserved' | 'live' | 'merged' | 'converted' | 'deleted' | 'erased';
  /** The pair's living HubSpot record; null: it has none (any more). */
  recordId: string | null;
  counterpart: SalesforceReference | null;
  tombstone: Tombstone | null;
  handedOver: boolean;
  /** How often sales has returned the person. */
  recycles: number;
  /** What the side that was asked about held at the last agreement. */
  base: FieldValues | null;
  /** Somebody is at work on the pair, or about to be: its fields may be half of a write of ours. */
  isBusy: boolean;
  /** Fields that are left alone by a fight, on the side that is not written; and since a revert, by their names on the side that was asked about. */
  frozen: readonly FrozenField[];
  held: readonly string[];
  /** When the last look at its HubSpot record failed, under the active mapping, epoch milliseconds; null: nothing is open. */
  failedAtMs: number | null;
};

/** The same of a HubSpot record that need not have a pair. */
export type ComparedRecord = {
  pair: ComparedPair | null;
  /** It was looked at once: what it lacks in Salesforce is not for want of a backfill. */
  isDecided: boolean;
  /** When the last look found that the active mapping leaves the record alone on both sides, epoch milliseconds; null: it did not. */
  leftAloneAtMs: number | null;
  /** When the last look at it failed, under the active mapping, epoch milliseconds; null: nothing is open. */
  failedAtMs: number | null;
  /** It is marked, or somebody is at work on it. */
  isPending: boolean;
  /** Of a company or deal: somebody of theirs has passed the gate. */
  isWanted: boolean;
};

/** A pair of which a comparison has not seen one of the records, or neither. */
export type UnseenPair = {
  pairId: string;
  object: HubSpotObject;
  recordId: string | null;
  counterpart: SalesforceReference;
  isBusy: boolean;
  /** Its HubSpot record was seen, and the last look at it has found that the other one is gone, and a person must say what becomes of it. */
  isFailing: boolean;
  unseen: readonly SystemName[];
};

export type CompareLedger = {
  /** By HubSpot id; every id has an answer. One statement, whatever their number. */
  comparedRecords(object: HubSpotObject, ids: readonly string[]): Promise<ReadonlyMap<string, ComparedRecord>>;
  /** By Salesforce id; records that no pair knows are left out. */
  comparedCounterparts(object: SalesforceObject, ids: readonly string[]): Promise<ReadonlyMap<string, ComparedPair>>;
  /** Of these, the ids that the run has seen. */
  seenIn(runId: string, records: SeenRecords): Promise<ReadonlySet<string>>;
  /**
   * The living pairs, older than the run, behind this one whose records the run has not all seen. Looks at `scanned` pairs at a time; `next`: the
   * last of them, null where there is none behind.
   */
  unseenPairs(
    runId: string,
    question: { objects: readonly HubSpotObject[]; afterPairId: string | null; scanned: number },
  ): Promise<{ pairs: readonly UnseenPair[]; next: string | null }>;
  /** When the ledger began: what has not changed since enters by a backfill. Epoch milliseconds. */
  ledgerSinceMs(): Promise<number>;
};
