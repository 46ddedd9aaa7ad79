import type { Tombstone } from '../domain/plan/types.ts';
import type { FieldValues, HubSpotObject } from '../domain/record.ts';
import type { Mark } from './ledger-claim.ts';

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
  /** Somebody is at work on the pair: what Salesforce shows may be half of a write of ours. */
  isBusy?: boolean;
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
  /** Of these, the ids whose modification time is that of our own last write. @param object absent: contacts */
  ownWrites(
    records: readonly { id: string; modifiedAtMs: number }[],
    object?: HubSpotObject,
  ): Promise<ReadonlySet<string>>;
  /**
   * Of these values, told by webhooks that name our own app as the source, the places of those that an intent of ours wrote within the last
   * hour: they tell nothing new. A value without `object` is a contact's. What automation did under our app's name is not among them.
   */
  echoes(
    values: readonly { object?: HubSpotObject; recordId: string; property: string; value: string }[],
  ): Promise<ReadonlySet<number>>;
};
