import type { Finding } from '../domain/finding.ts';
import type { HubSpotObject } from '../domain/record.ts';

type OptionShape = { value: string; label: string; isActive: boolean };

/** What a mapping depends on of one field, in either CRM. `length` 0: none known. */
export type FieldShape = {
  type: string;
  label: string;
  length: number;
  isRequired: boolean;
  isRestricted: boolean;
  options: readonly OptionShape[];
};

/** What both CRMs looked like, as far as the mapping uses it. Definitions alone: no record of anybody. */
export type SchemaSnapshot = {
  /** `hubspot.contacts`, `salesforce.Lead` … with the fields that the mapping names, and all that the object requires. */
  objects: Readonly<Record<string, { fields: Readonly<Record<string, FieldShape>>; required: readonly string[] }>>;
  pipelines: readonly { id: string; label: string; stages: readonly { id: string; label: string }[] }[];
  /** StageNames of the org; record types of Opportunity by developer name. */
  stageNames: readonly { name: string; isActive: boolean }[];
  recordTypes: readonly string[];
};

/** Something that became different in a CRM, and when it was seen. */
export type SchemaChange = Finding & { atMs: number };

/** What the last check came to. */
export type CheckResult = {
  snapshot: SchemaSnapshot;
  /** Seen lately, the newest first. */
  changes: readonly SchemaChange[];
  errors: number;
  warnings: number;
};

export type SchemaLedger = {
  /** Null: nothing was ever checked. */
  lastCheck(): Promise<(CheckResult & { checkedAtMs: number }) | null>;
  storeCheck(result: CheckResult): Promise<void>;
  /** Notes that HubSpot told of such records; at most once a minute for each. */
  eventsArrived(objects: readonly HubSpotObject[]): Promise<void>;
  /** When HubSpot last told of each kind of record, epoch milliseconds; who is not there was never told of. */
  eventArrivals(): Promise<ReadonlyMap<HubSpotObject, number>>;
};
