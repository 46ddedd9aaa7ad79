import type { HubSpotKey, Tombstone } from '../domain/plan/types.ts';
import type { CounterpartObject, FieldValues, HubSpotObject, SalesforceReference } from '../domain/record.ts';
import type { DealState } from '../domain/records/types.ts';

/** A contact of a company; a contact or company of a deal. */
export type Relation = {
  to: HubSpotKey;
  /** Of a contact and its company: the contact has passed the gate, or was handed over. */
  passedGate: boolean;
};

/** What the ledger knows of a HubSpot record, for those that are related to it. */
export type KnownPair = {
  /** Null: nothing in Salesforce is linked yet. */
  counterpart: SalesforceReference | null;
  handedOver: boolean;
  tombstone: Tombstone | null;
  dealState: DealState | null;
};

/** What is known of a record that has a relation to another one. */
export type Related = { recordId: string; passedGate: boolean; pair: KnownPair | null };

/** What the ledger knows of an Account or Opportunity, for a poller that compares before it marks. */
export type KnownRecord = {
  pairId: string;
  object: CounterpartObject;
  /** The pair's living company or deal; null: it has none (any more). */
  recordId: string | null;
  status: 'reserved' | 'live' | 'merged' | 'deleted' | 'erased';
  base: FieldValues | null;
  tombstone: Tombstone | null;
  /** Somebody is at work on the pair, or about to be: what Salesforce shows may be half of a write of ours. */
  isBusy?: boolean;
};

export type RelationLedger = {
  /** By `object/id`, as `keyOfRecord` writes it; records that the ledger has neither pair nor relation of are left out. */
  knownPairs(
    keys: readonly HubSpotKey[],
  ): Promise<ReadonlyMap<string, KnownPair & { passedGate: boolean; failure: string | null }>>;
  /** Who of the kind `from` is related to these records: the contacts of companies, the deals of contacts. By `object/id`. */
  relatedTo(keys: readonly HubSpotKey[], from: HubSpotObject): Promise<ReadonlyMap<string, readonly Related[]>>;
  /** The HubSpot records that these Salesforce ids stand for; live pairs only. By Salesforce id. */
  recordsOf(salesforceIds: readonly string[]): Promise<ReadonlyMap<string, HubSpotKey>>;
  /** Accounts, Opportunities, and for a contact role its Opportunity, by Salesforce id; those that no pair knows are left out. */
  knownRecords(ids: readonly string[]): Promise<ReadonlyMap<string, KnownRecord>>;
};

export function keyOfRecord({ object, recordId }: HubSpotKey): string {
  return `${object}/${recordId}`;
}
