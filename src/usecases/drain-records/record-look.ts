import type { Base, FieldChange, HubSpotKey } from '../../domain/plan/types.ts';
import type { Association, CounterpartReference, HubSpotRecord, SalesforceRecord } from '../../domain/record.ts';
import type { RecordMatches, RecordPlan } from '../../domain/records/types.ts';
import type { SyncError } from '../../errors.ts';
import type { ClaimedRecord } from '../../ports/ledger-claim.ts';
import type { Batch } from '../drain/batch.ts';

export type RecordBatch = Batch<CounterpartReference>;

/** One claimed company or deal on its way through a batch. */
export type RecordLook = {
  claimed: ClaimedRecord<CounterpartReference>;
  record: HubSpotRecord;
  /** Of a deal: its contacts and companies. */
  associations: readonly Association[];
  /** When the reading of both sides began. */
  readAtMs: number;
};

export type PlannedRecord = RecordLook & {
  plan: RecordPlan;
  /** What the plan was made from. */
  matches: RecordMatches;
  /** Of a deal: the Contact in Salesforce by HubSpot contact. */
  personOf: ReadonlyMap<string, string>;
  /** Of a deal: related records that are gone, or whose counterparts are, as nobody has found out yet. */
  goneEnds: readonly HubSpotKey[];
  /** Of a company that has not failed before: its deals that have no Opportunity. They may wait for it. */
  unpairedDeals: readonly string[];
  /** The plan of what Salesforce holds after our write, which may set further fields by it: a forecast category, an owner. Pure. */
  replan(held: SalesforceRecord, agreed: Base | null): RecordPlan;
};

/** Its links and its first intent are committed. */
export type ReservedRecord = PlannedRecord & { pairId: string; intentId: string | null };

/** Its HubSpot side is to be written, under an intent that is committed. */
export type HubSpotLook = PlannedRecord & {
  pairId: string;
  counterpart: CounterpartReference | null;
  intentId: string;
  changes: readonly FieldChange[];
  /** Why Salesforce refused the roles although it took the record. */
  roleError: SyncError | null;
};
