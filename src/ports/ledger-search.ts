import type { HubSpotObject, SalesforceReference } from '../domain/record.ts';

/** What the ledger holds of a pair, as far as a list of records shows it. */
export type KnownPair = {
  pairId: string;
  /** Its HubSpot record: the living one, else the last that it had; null: there was none yet. */
  recordId: string | null;
  /** Every HubSpot id that it ever had. */
  recordIds: readonly string[];
  counterpart: SalesforceReference | null;
  isEnded: boolean;
  /** The HubSpot record is alive, as far as the ledger knows. */
  isLive: boolean;
  /** Of the base: what HubSpot held, else what Salesforce held. Null: no value, or not mapped. */
  firstName: string | null;
  /** Of a contact the last name; of a company or a deal its name. */
  name: string | null;
  email: string | null;
  /** Of a contact its company, of a company its domain. */
  detail: string | null;
  /** HubSpot's value: of a contact or company the lifecycle stage, of a deal its stage. */
  stage: string | null;
  failing: boolean;
  pending: boolean;
  lastChangeAtMs: number | null;
};

/** What is noted of a record that may have no pair. */
export type RecordMarks = { failing: boolean; pending: boolean; isDecided: boolean };

/** By what pairs are looked for; those that any of it leads to are answered. */
export type PairClues = {
  /** HubSpot ids. */
  recordIds?: readonly string[];
  /** Salesforce ids, 18 characters. */
  counterpartIds?: readonly string[];
  /** Of a contact, or under which one is being created. Compared without case. */
  email?: string;
};

/** For lists and searches of records. Values come from the bases alone. */
export type SearchLedger = {
  findPairs(object: HubSpotObject, clues: PairClues): Promise<readonly KnownPair[]>;
  /** Of HubSpot ids, or of Salesforce ids where `system` says so; ids of which nothing is noted are left out. */
  recordMarks(
    of: { system: 'hubspot' | 'salesforce'; objects: readonly string[] },
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, RecordMarks>>;
  /**
   * Pairs in the order of their last change, the newest first; behind them those that nothing was written to, the newest pair first.
   * @param after as the page before told it
   * @throws SyncError permanent `bad_cursor`
   */
  lastChanged(
    object: HubSpotObject,
    limit: number,
    after: string | null,
  ): Promise<{ pairs: readonly KnownPair[]; next: string | null }>;
};
