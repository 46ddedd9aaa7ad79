import type { PastChange, PersonMatches } from '../domain/plan/types.ts';
import type {
  ContactRole,
  CounterpartObject,
  FieldValues,
  PersonObject,
  SalesforceObject,
  SalesforcePerson,
  SalesforceRecord,
  SalesforceReference,
} from '../domain/record.ts';
import type { RecordMatches } from '../domain/records/types.ts';
import type { SyncError } from '../errors.ts';
import type { Spend } from './budget.ts';

/** What all memories know of one contact. */
export type PersonLookup = {
  /** The HubSpot id: the key of the answer. */
  contactId: string;
  /** Its id and all ids merged into it. */
  externalIds: readonly string[];
  /** Salesforce ids from the ledger's links and from `salesforce_person_id`. */
  personIds: readonly string[];
  /** Primary and secondary emails. Empty: no look by email. */
  emails: readonly string[];
};

export type PersonWriteRequest = {
  /** The HubSpot id: the key of the answer and the value of the external id. */
  contactId: string;
  operation: 'create' | 'update';
  object: PersonObject;
  id: string | null;
  /** Fields to send; null clears. Without the external id for a create (it is the key of the upsert). */
  fields: FieldValues;
};

export type PersonWriteResult =
  | {
      ok: true;
      id: string;
      created: boolean;
      /** The mapped fields as Salesforce holds them after the write; null when they could not be read back. */
      held: FieldValues | null;
      modifiedAtMs: number | null;
    }
  | { ok: false; error: SyncError };

export type WriteOptions = {
  /** False, or the id of an assignment rule. */
  assignmentRule: false | string;
  allowDuplicates: boolean;
  /** The mapped fields to read back, per object. */
  readBack: Readonly<Record<PersonObject, readonly string[]>>;
};

/** `keepAlive`: called every two seconds while a job is waited for; what it throws ends the wait. `signal`: stop waiting. */
export type BulkWriteOptions = WriteOptions & { keepAlive(): Promise<void>; signal: AbortSignal };

/** What all memories know of one company or deal. */
export type RecordLookup = {
  /** The HubSpot id: the key of the answer. */
  key: string;
  externalIds: readonly string[];
  recordIds: readonly string[];
  /** Of a company: domains to look for among the Websites of living Accounts. Empty: no look by domain. */
  domains: readonly string[];
};

/** A contact role to be made, changed or taken away together with its Opportunity. `contactId`: the Salesforce id of the Contact. */
export type RoleWrite =
  | { operation: 'create'; contactId: string; role: string | null; isPrimary: boolean }
  | { operation: 'update'; id: string; role: string | null; isPrimary: boolean }
  | { operation: 'delete'; id: string };

export type RecordWriteRequest = {
  /** The HubSpot id: the key of the answer and the value of the external id. */
  key: string;
  operation: 'create' | 'update';
  object: CounterpartObject;
  id: string | null;
  /** Fields to send; null clears; amounts as decimal texts. May be empty where only roles change. */
  fields: FieldValues;
  roles: readonly RoleWrite[];
};

export type RecordWriteResult =
  | {
      ok: true;
      id: string;
      created: boolean;
      /** As Salesforce holds it after the write, roles included; null when it could not be read back. */
      held: SalesforceRecord | null;
      /** Why roles were refused although the record was written. */
      roleError: SyncError | null;
    }
  | { ok: false; error: SyncError };

/** What the org says about opportunities and money. */
export type SalesFacts = {
  /** Of `OpportunityStage`, by ApiName. */
  stages: readonly { name: string; isActive: boolean; isClosed: boolean; isWon: boolean }[];
  /** Active record types of Opportunity. */
  recordTypes: readonly {
    id: string;
    developerName: string;
    /** Our user may use it. */
    isAvailable: boolean;
    /** What each of its picklists offers, StageName among them, by field; null: nobody asked, or the org does not tell. */
    picklists: ReadonlyMap<string, readonly string[]> | null;
  }[];
  /** Codes of a multi-currency org; null: it has one currency. */
  currencies: readonly { code: string; isActive: boolean }[] | null;
};

export type SalesforceUser = { id: string; email: string; isActive: boolean };

export type SalesforceField = {
  name: string;
  label: string;
  type: string;
  length: number;
  nillable: boolean;
  defaultedOnCreate: boolean;
  createable: boolean;
  updateable: boolean;
  externalId: boolean;
  unique: boolean;
  restrictedPicklist: boolean;
  picklistValues: readonly { value: string; label: string; active: boolean }[];
  /** Of a number: how many digits it has in all, and how many of them are decimals. Absent: not a number. */
  precision?: number;
  scale?: number;
  /** Of a unique field: whether it tells upper from lower case. Absent: not told. */
  caseSensitive?: boolean;
};

/** What our user may do with an object, by its describe. */
export type ObjectRights = { queryable: boolean; createable: boolean; updateable: boolean; deletable: boolean };

/** `action`: what an active duplicate rule does to a create; null: our user may not see it. An alert can be passed over, a block never. */
export type ActiveDuplicateRule = {
  object: SalesforceObject;
  name: string;
  action: 'block' | 'alert' | 'report' | null;
};

export type AssignmentRule = { id: string; object: string; isActive: boolean };

/** Which rows of an object to ask for: those whose stamp lies at or behind `fromMs`, a page at a time. */
export type ChangeQuestion = {
  /** The name of the source; the key of the answer. */
  source: string;
  /**
   * `person`: Leads or Contacts with their mapped fields. `record`: Accounts or Opportunities with theirs, the latter with their roles.
   * `role`: opportunity contact roles, whose Contacts and Opportunities are told; those that went to the recycle bin with their Opportunity
   * too. Of a role that was taken away itself Salesforce keeps only its id, among `deletedIds`.
   */
  kind: 'person' | 'record' | 'role';
  object: string;
  /** The stamp that orders the rows: `SystemModstamp`, or that of a parent such as `Opportunity.SystemModstamp`. */
  stamp: string;
  /** Mapped fields to read (kinds `person` and `record`). */
  fields: readonly string[];
  /** The last row of the page before: rows behind (stamp, id). Null: from `fromMs` on. */
  after: { atMs: number; id: string } | null;
  fromMs: number;
  /** Ask for deletions since then too, by `/deleted` (ids only); null: not. At most 15 days back, more than a minute ago. */
  deletedSinceMs: number | null;
};

/** An opportunity contact role whose stamp, or whose opportunity's stamp, has moved. */
export type RoleChange = ContactRole & { opportunityId: string; isDeleted: boolean; atMs: number };

/** One page of changes. `rows` are in the order of (stamp, id). */
export type ChangePage = {
  source: string;
  persons: readonly SalesforcePerson[];
  /** For kind `record`. */
  records: readonly SalesforceRecord[];
  /** For kind `role`. */
  roles: readonly RoleChange[];
  deletedIds: readonly string[];
  /**
   * The time that `deletedIds` cover: the next question begins at `untilMs`. A later `fromMs` than asked for: Salesforce no longer knows
   * older deletions. Null: not asked, or not answered; ask again.
   */
  deletedWindow: { fromMs: number; untilMs: number } | null;
  /** Where the next page goes on; null: this was the last one. */
  next: { atMs: number; id: string } | null;
  /** The latest stamp on the page; null where it is empty. */
  latestMs: number | null;
  /** Why the rows of this source could not be read; the other pages stand, and this one's mark must not advance. */
  error: SyncError | null;
};

/** Which rows a walk takes. All that is given must hold. Times are epoch milliseconds of `SystemModstamp`, the end is not part of it. */
export type RowFilter = {
  modifiedFromMs?: number;
  modifiedUntilMs?: number;
  /** `Status` of Leads, `StageName` of Opportunities. */
  stage?: string;
  /** Only rows that carry an id of HubSpot, or only those that carry none. */
  hubspotId?: 'set' | 'blank';
};

/** Where a walk goes on: behind an id, or within the result of a Bulk job. JSON. */
export type RowCursor =
  | { kind: 'id'; afterId: string }
  | { kind: 'bulk'; jobId: string; locator: string | null; afterId: string | null };

/** Living rows only, rising by id. `waitMs`: a Bulk job is not done; ask again then with `next`. */
export type RowPage<Row> = { rows: readonly Row[]; next: RowCursor | null; waitMs: number };

export type RowQuestion = {
  filter: RowFilter;
  /** Mapped fields to read. */
  fields: readonly string[];
  /** Null: from the start. */
  cursor: RowCursor | null;
  /** How many rows are expected: above a threshold the walk goes through Bulk API 2.0. */
  expected: number;
};

/** Calls of the last 24 hours against the org's limit. */
export type SalesforceUsage = { usedToday: number; dailyLimit: number };

export type SalesforcePort = {
  /** Which org and user the credentials belong to, and the API version in use. */
  identity(spend: Spend): Promise<{ orgId: string; userId: string; apiVersion: string }>;
  /** How many living rows match: what a walk with the same filter would give, were nothing changed meanwhile. One call. */
  countRows(object: SalesforceObject, filter: RowFilter, spend: Spend): Promise<number>;
  /**
   * One page of a walk through all living rows that match, by REST (2,000 rows) or, where `expected` is above a threshold, through a Bulk API 2.0
   * query job, whose result lasts for days: a process that takes over goes on by the cursor. A job that failed or never ends is replaced by REST.
   * `opportunities` are left empty: they would cost a query within a query for each Contact. Converted Leads are alive and among the rows.
   * @throws SyncError when the page could not be read; the cursor asked with still holds
   */
  walkPersons(object: PersonObject, question: RowQuestion, spend: Spend): Promise<RowPage<SalesforcePerson>>;
  /** The same for Accounts and Opportunities; `roles` are left empty, person accounts are left out. */
  walkRecords(object: CounterpartObject, question: RowQuestion, spend: Spend): Promise<RowPage<SalesforceRecord>>;
  /** Asks the org itself: one call. */
  usage(spend: Spend): Promise<SalesforceUsage>;
  /**
   * All persons, dead ones too, that the memories lead to: by external id and by id with `queryAll`, by email among live Contacts and
   * unconverted or converted Leads; survivors of merges and Contacts of conversions are followed. One composite call for 200 contacts
   * where the statements fit.
   * @throws SyncError when the whole look failed
   */
  findPersons(
    lookups: readonly PersonLookup[],
    fields: Readonly<Record<PersonObject, readonly string[]>>,
    spend: Spend,
  ): Promise<Map<string, PersonMatches>>;
  /**
   * Writes up to 200 persons and reads them back in one composite call: creates as upserts by external id, updates by id. An answer for
   * each contact id; nothing is thrown for a vendor's fault. A row that failed for another's sake is sent again without the guilty one.
   */
  writePersons(
    writes: readonly PersonWriteRequest[],
    options: WriteOptions,
    spend: Spend,
  ): Promise<Map<string, PersonWriteResult>>;
  /**
   * Writes thousands of persons by upload jobs of Bulk API 2.0, one for each object and operation, and reads them back: creates as upserts
   * by external id, updates by id. An answer for each contact id. Creates that a job did not carry out, or that a duplicate rule refused, go
   * by `writePersons`; what became of a row of a job that was given up (ten minutes without progress, or the signal) may have happened.
   * Between a look and the write lie minutes: what would overwrite anything belongs into `writePersons`.
   * @throws SyncError what `keepAlive` throws; the job was told to stop, and all of it may have happened
   */
  bulkWritePersons(
    writes: readonly PersonWriteRequest[],
    options: BulkWriteOptions,
    spend: Spend,
  ): Promise<Map<string, PersonWriteResult>>;
  /**
   * Asks for changes of several objects in one composite call, deleted and merged rows included (`queryAll`). `serverMs`: the server's own
   * clock, by the answer's `Date`.
   * @throws SyncError when the look failed
   */
  readChanges(
    questions: readonly ChangeQuestion[],
    spend: Spend,
  ): Promise<{ pages: readonly ChangePage[]; serverMs: number }>;
  /**
   * When tracked fields were changed, newest first, by record id; values of fields whose history the org does not show are null. Records
   * or fields without a tracked history are left out; an org that tracks none answers nothing.
   * @throws SyncError when the look failed
   */
  readHistories(
    records: readonly SalesforceReference[],
    fields: readonly string[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, readonly PastChange[]>>>>;
  /**
   * All Accounts or Opportunities, dead ones too, that the memories lead to; survivors of merges are followed.
   * @throws SyncError when the whole look failed
   */
  findRecords(
    object: CounterpartObject,
    lookups: readonly RecordLookup[],
    fields: readonly string[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, RecordMatches>>;
  /**
   * Writes up to 200 Accounts or Opportunities with their roles and reads them back: creates as upserts by external id, updates by id, a
   * new record's roles by its external id. An answer for each key; nothing is thrown for a vendor's fault. Rows that share an Account go
   * in one call. Roles of a record that exists are written even where the record itself is refused.
   * @param readBack the mapped fields to read back
   */
  writeRecords(
    writes: readonly RecordWriteRequest[],
    readBack: readonly string[],
    spend: Spend,
  ): Promise<ReadonlyMap<string, RecordWriteResult>>;
  /** Stages, record types and currencies; `withPicklists` asks for those of each record type too, a call each. Never cached here. */
  salesFacts(spend: Spend, options?: { withPicklists: boolean }): Promise<SalesFacts>;
  /** Moves records to the recycle bin, 200 per call. One that is deleted already counts as done. */
  deleteRecords(ids: readonly string[], spend: Spend): Promise<ReadonlyMap<string, SyncError | null>>;
  /** @throws SyncError retryable `salesforce_object_hidden` */
  objectRights(object: string, spend: Spend): Promise<ObjectRights>;
  /** Active duplicate rules of these objects; null: our user may see none (it takes "View Setup and Configuration"). */
  duplicateRules(objects: readonly SalesforceObject[], spend: Spend): Promise<readonly ActiveDuplicateRule[] | null>;
  /** Assignment rules of Leads; null: our user may not see them. */
  assignmentRules(spend: Spend): Promise<readonly AssignmentRule[] | null>;
  /** Of these Accounts, those to which a living Contact or Opportunity belongs. @throws SyncError when it could not be asked */
  accountsWithChildren(accountIds: readonly string[], spend: Spend): Promise<ReadonlySet<string>>;
  /** All users with an email, inactive ones too. */
  users(spend: Spend): Promise<readonly SalesforceUser[]>;
  /** The fields of an object as this user sees them. Cached for the process until `refresh`. */
  describe(object: string, spend: Spend, refresh?: boolean): Promise<readonly SalesforceField[]>;
};
