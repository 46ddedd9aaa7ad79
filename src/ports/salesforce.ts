import type { PastChange, PersonMatches } from '../domain/plan/types.ts';
import type {
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
import type {
  ActiveDuplicateRule,
  AssignmentRule,
  ObjectRights,
  SalesFacts,
  SalesforceField,
  SalesforceUsage,
  SalesforceUser,
} from './salesforce-org.ts';
import type { ChangePage, ChangeQuestion, RowFilter, RowPage, RowQuestion } from './salesforce-rows.ts';

export type * from './salesforce-org.ts';
export type * from './salesforce-rows.ts';

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

export type SalesforcePort = {
  /** Which org and user the credentials belong to, and the API version in use. `url`: the instance's, without a trailing slash. */
  identity(spend: Spend): Promise<{ orgId: string; userId: string; apiVersion: string; url: string }>;
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
