import type { PastChange } from '../domain/plan/types.ts';
import type { HubSpotRecord } from '../domain/record.ts';
import type { SyncError } from '../errors.ts';
import type { Spend } from './budget.ts';

/** One asked-for id, one answer: nothing is left out. */
export type HubSpotRead =
  | { kind: 'found'; record: HubSpotRecord; readAtMs: number }
  /** The id was merged away; `record` is the survivor, under its own id. */
  | { kind: 'merged'; record: HubSpotRecord; readAtMs: number }
  | { kind: 'missing' }
  | { kind: 'error'; error: SyncError };

export type HubSpotWrite = { id: string; properties: Readonly<Record<string, string>> };
export type HubSpotWriteResult =
  | { ok: true; properties: Readonly<Record<string, string | null>>; updatedAtMs: number }
  | { ok: false; error: SyncError };

/** A contact to be created, or updated where one holds this value of the unique property already. */
export type HubSpotUpsert = { key: string; properties: Readonly<Record<string, string>> };
export type HubSpotUpsertResult =
  | { ok: true; id: string; created: boolean; properties: Readonly<Record<string, string | null>> }
  /** `existingId`: another contact has the email (409). */
  | { ok: false; error: SyncError; existingId: string | null };

/** `teams`: names, the primary team first. */
export type HubSpotOwner = { id: string; email: string; archived: boolean; teams: readonly string[] };

export type HubSpotProperty = {
  name: string;
  label: string;
  type: string;
  fieldType: string;
  /** In the order in which HubSpot shows them. */
  options: readonly { value: string; label: string; hidden: boolean }[];
  hasUniqueValue: boolean;
  readOnly: boolean;
};

/** The object type in HubSpot's paths. */
export type HubSpotType = 'contacts' | 'companies' | 'deals';

export type HubSpotPort = {
  /** Which portal the token belongs to. */
  account(spend: Spend): Promise<{ portalId: string; timeZone: string }>;
  /**
   * Reads any number of records in batches of 100. Calls that fail as a whole answer `error` for each of their ids; merged ids are
   * resolved to the survivor by single reads.
   */
  read(
    type: HubSpotType,
    ids: readonly string[],
    properties: readonly string[],
    spend: Spend,
  ): Promise<Map<string, HubSpotRead>>;
  /** Updates in batches of 100; one bad value or duplicate fails only its own record. Ids must be distinct and alive. */
  update(type: HubSpotType, writes: readonly HubSpotWrite[], spend: Spend): Promise<Map<string, HubSpotWriteResult>>;
  /**
   * Ids modified within [fromMs, untilMs], ordered by id, from `afterId` on; at most 200 of them.
   * @returns `nextAfterId` null on the last page
   */
  searchModified(
    type: HubSpotType,
    window: { fromMs: number; untilMs: number; afterId: string | null },
    spend: Spend,
  ): Promise<{ records: readonly { id: string; modifiedAtMs: number }[]; nextAfterId: string | null }>;
  /**
   * The past of some properties, newest first, in batches of 50 (HubSpot's limit with history). Contacts that HubSpot does not know under
   * the id are left out. `by`: the source's label, user or kind, as HubSpot tells it.
   * @throws SyncError where a batch failed
   */
  readHistories(
    ids: readonly string[],
    properties: readonly string[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, readonly PastChange[]>>>>;
  /** Creates contacts in batches of 100 as upserts on a property with unique values. Each key once. Nothing is thrown for a vendor's fault. */
  upsertContacts(
    uniqueProperty: string,
    upserts: readonly HubSpotUpsert[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, HubSpotUpsertResult>>;
  /** Moves contacts to the recycle bin, in batches of 100. One that is gone already counts as done. */
  archiveContacts(ids: readonly string[], spend: Spend): Promise<ReadonlyMap<string, SyncError | null>>;
  /** Finds contacts by primary or secondary email: by `idProperty=email` read, never by search. */
  contactIdByEmail(email: string, spend: Spend): Promise<string | null>;
  /**
   * The same for many, in batches of 100; an email that the batch does not find is asked for alone, as it may be a secondary one. Keys:
   * the emails as given.
   * @throws SyncError where a call failed: "not found" is never a guess
   */
  contactIdsByEmail(emails: readonly string[], spend: Spend): Promise<ReadonlyMap<string, string>>;
  /** All owners, archived ones too. */
  owners(spend: Spend): Promise<readonly HubSpotOwner[]>;
  properties(type: HubSpotType, spend: Spend): Promise<readonly HubSpotProperty[]>;
  /** Creates a text property; does nothing where it exists as asked. `unique`: its values are unique, which cannot be changed later. */
  createTextProperty(
    type: HubSpotType,
    property: { name: string; label: string; description: string; unique: boolean },
    spend: Spend,
  ): Promise<void>;
  /** The newest `salesforcelastsynctime` found on contacts, where HubSpot's own Salesforce connector writes; null: no sign of it. */
  connectorLastSync(spend: Spend): Promise<{ installed: boolean; lastSyncMs: number | null }>;
};
