import type { PastChange } from '../domain/plan/types.ts';
import type { Association, HubSpotRecord } from '../domain/record.ts';
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

/** A record to be created, or updated where one holds this value of the unique property already. */
export type HubSpotUpsert = { key: string; properties: Readonly<Record<string, string>> };
export type HubSpotUpsertResult =
  | { ok: true; id: string; created: boolean; properties: Readonly<Record<string, string | null>> }
  /** `existingId`: another contact has the email (409); null for companies and deals. */
  | { ok: false; error: SyncError; existingId: string | null };

/** `teams`: names, the primary team first. */
/** `name` and `email` are empty where HubSpot has none. */
/** `userId`: under which HubSpot's histories name the person; null: none is told. */
export type HubSpotOwner = {
  id: string;
  userId: string | null;
  name: string;
  email: string;
  archived: boolean;
  teams: readonly string[];
};

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

/**
 * `labels` and `isPrimary` are all that the pair shall have; `kept`: the labels that it has, which costs a call for 1,000 records. `isPrimary`:
 * of companies only. `remove`: the two are not associated any more.
 */
export type AssociationWrite = {
  from: { type: HubSpotType; id: string };
  to: { type: HubSpotType; id: string };
  operation: 'set' | 'remove';
  labels: readonly string[] | 'kept';
  isPrimary: boolean;
};

/** A pipeline of deals. `probability` from 0 (lost) to 1 (won), as HubSpot's text. */
export type DealPipeline = {
  id: string;
  label: string;
  stages: readonly { id: string; label: string; probability: string }[];
};

/** Which records a walk takes. All that is given must hold. `modified*`: epoch milliseconds, both ends are part of it. */
export type HubSpotWalkFilter = {
  modifiedFromMs?: number;
  modifiedUntilMs?: number;
  /** `lifecyclestage` of contacts and companies, `dealstage` of deals. */
  stage?: string;
  /** Properties that must have some value. */
  has?: readonly string[];
};

/** How much of the account's daily limit is used; null: this token may not ask, or the account has none. */
export type HubSpotUsage = { usedToday: number; dailyLimit: number; resetsAtMs: number | null };

export type HubSpotPort = {
  /** Which portal the token belongs to. `homeCurrency`: of deals that name none. `url`: where people open HubSpot, without a trailing slash. */
  account(spend: Spend): Promise<{ portalId: string; timeZone: string; homeCurrency: string; url: string }>;
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
   * Records that hold the text in one of the properties that HubSpot searches by default: names, emails, phones and company of a contact;
   * name, domain, website and phone of a company; name, pipeline, stage, type and description of a deal. One call for a page of 200 at most;
   * 10,000 results in all, whatever `total` says. Search sees a change only after "a few moments".
   */
  searchText(
    type: HubSpotType,
    question: { text: string; properties: readonly string[]; limit: number; after: number },
    spend: Spend,
  ): Promise<{ records: readonly HubSpotRecord[]; total: number; next: number | null }>;
  /** One record by its id, or a contact by any of its emails, in one call. A merged id leads to the survivor; null: there is none. */
  readAlone(
    type: HubSpotType,
    wanted: { id: string; by: 'id' | 'email'; properties: readonly string[] },
    spend: Spend,
  ): Promise<HubSpotRecord | null>;
  /**
   * One page of a walk by id through all records that match, with their properties: 200 at most, whatever their number (search ends at 10,000
   * results, so it goes on by id). `total`: how many match from `afterId` on. Search sees a change only after "a few moments".
   */
  walk(
    type: HubSpotType,
    question: { filter: HubSpotWalkFilter; properties: readonly string[]; afterId: string | null },
    spend: Spend,
  ): Promise<{ records: readonly HubSpotRecord[]; nextAfterId: string | null; total: number }>;
  /** A page of the ids in a list (static or active). `after`: as the page before answered it. @throws SyncError needs-human `hubspot_list_unknown` */
  listMembers(
    listId: string,
    after: string | null,
    spend: Spend,
  ): Promise<{ ids: readonly string[]; next: string | null; type: HubSpotType }>;
  /** The scopes that the token has; null: it is no token of a private app, of which HubSpot tells none. */
  tokenScopes(spend: Spend): Promise<ReadonlySet<string> | null>;
  /** Calls of the day against the account's limit. */
  usage(spend: Spend): Promise<HubSpotUsage | null>;
  /**
   * The past of some properties, newest first, in batches of 50 (HubSpot's limit with history). Records that HubSpot does not know under
   * the id are left out. `by`: the source's label, user or kind, as HubSpot tells it.
   * @throws SyncError where a batch failed
   */
  readHistories(
    type: HubSpotType,
    ids: readonly string[],
    properties: readonly string[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, readonly PastChange[]>>>>;
  /** Creates records in batches of 100 as upserts on a property with unique values. Each key once. Nothing is thrown for a vendor's fault. */
  upsertRecords(
    type: HubSpotType,
    uniqueProperty: string,
    upserts: readonly HubSpotUpsert[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, HubSpotUpsertResult>>;
  /**
   * Finds records by a property with unique values, in batches of 100. Keys: the values that a record holds; the others are nobody's.
   * @throws SyncError where a call failed: "not there" is never a guess
   */
  findByUnique(
    type: HubSpotType,
    uniqueProperty: string,
    values: readonly string[],
    properties: readonly string[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, HubSpotRecord>>;
  /** Moves records to the recycle bin, in batches of 100. One that is gone already counts as done. */
  archiveRecords(
    type: HubSpotType,
    ids: readonly string[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, SyncError | null>>;
  /**
   * Which records of another type these are associated with, 1,000 to a call; further pages are read. Records without any answer an empty
   * list; where a call failed, why.
   */
  associations(
    from: HubSpotType,
    ids: readonly string[],
    to: HubSpotType,
    spend: Spend,
  ): Promise<ReadonlyMap<string, readonly Association[] | SyncError>>;
  /**
   * Sets and removes associations in batches. A label by its name: unknown ones are a fault (`association_label_unknown`).
   * @returns for each write, in their order, what kept it from being done; null: it is done
   */
  associate(writes: readonly AssociationWrite[], spend: Spend): Promise<readonly (SyncError | null)[]>;
  /** The labels that people made for associations of the two types. */
  associationLabels(from: HubSpotType, to: HubSpotType, spend: Spend): Promise<readonly string[]>;
  /**
   * Companies with these registrable domains, by domain: about 100 to a search, and two to a search of those that nobody has as their `domain`.
   * Search sees a new company only after "a few moments": who is not found may be there all the same.
   * @throws SyncError where a call failed
   */
  companiesByDomain(domains: readonly string[], spend: Spend): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Pipelines of deals with their stages, in HubSpot's order. */
  dealPipelines(spend: Spend): Promise<readonly DealPipeline[]>;
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
