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

export type HubSpotOwner = { id: string; email: string; archived: boolean };

export type HubSpotProperty = {
  name: string;
  label: string;
  type: string;
  fieldType: string;
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
  /** Finds contacts by primary or secondary email: by `idProperty=email` read, never by search. */
  contactIdByEmail(email: string, spend: Spend): Promise<string | null>;
  /** All owners, archived ones too. */
  owners(spend: Spend): Promise<readonly HubSpotOwner[]>;
  properties(type: HubSpotType, spend: Spend): Promise<readonly HubSpotProperty[]>;
  /** Creates a text property with unique values; does nothing where it exists as asked. */
  createUniqueProperty(
    type: HubSpotType,
    property: { name: string; label: string; description: string },
    spend: Spend,
  ): Promise<void>;
  /** The newest `salesforcelastsynctime` found on contacts, where HubSpot's own Salesforce connector writes; null: no sign of it. */
  connectorLastSync(spend: Spend): Promise<{ installed: boolean; lastSyncMs: number | null }>;
};
