import { type Bulk, createBulk } from './bulk-state.ts';
import type { CurrencyState } from './currencies.ts';
import { putDefaultStages } from './opportunities.ts';
import type { RecordTypeRights } from './record-types.ts';
import { createRules, type Rules } from './rules.ts';
import { createSchema, type Schema } from './schema.ts';
import { createStore, type Store } from './store.ts';
import type { Flow, QueryRun, SfRecord } from './types.ts';

type Session = { userId: string; expiresAtMs: number };

/** What a connected app (external client app) of the org accepts. */
type AppRegistration = { clientId: string; clientSecret: string; jwtPublicKey?: string };

type ConvertMapping = { outputObject: string; inputField: string; outputField: string }[];

/** What the platform's documentation leaves open, as a test wants it. */
export type Behaviour = {
  /** Whether a delete moves SystemModstamp (and the other stamps) of the deleted row; default true. */
  deleteMovesStamp: boolean;
  /** The same for the rows that a merge deletes; default true. */
  mergeMovesStamp: boolean;
  /** Whether a merge moves the SystemModstamp of the children that it gives to the winner; default false. */
  mergeMovesChildStamps: boolean;
  /** Whether a stage outside the sales process of its record type is refused; default false. */
  restrictsStages: boolean;
  /** How many children of one parent a query answers before `nextRecordsUrl`; default 200. */
  childPageSize: number;
};

/** Everything one org holds; every endpoint works on this. */
export type Org = {
  id: string;
  isSandbox: boolean;
  /** `http://127.0.0.1:port`, known once the server listens. */
  instanceUrl: string;
  /** API versions offered, such as `67.0`, oldest first. */
  versions: string[];
  /** The org's clock, epoch milliseconds: the clock it was started with plus `clockOffsetMs`. */
  now: () => number;
  clockOffsetMs: number;
  behaviour: Behaviour;
  schema: Schema;
  store: Store;
  rules: Rules;
  recordTypes: Map<string, RecordTypeRights>;
  currency: CurrencyState;
  /** Automation by object. */
  flows: Map<string, Set<Flow>>;
  /** Fields whose changes are kept, by object. */
  tracked: Map<string, Set<string>>;
  /** When each transaction that is not committed yet began, epoch milliseconds. */
  openTransactions: Set<{ startedAtMs: number }>;
  /** Until when the log of deletes was purged, epoch milliseconds. */
  deletesPurgedUntilMs: number;
  app: AppRegistration;
  /** The integration user: runs the client-credentials flow and owns what it creates. */
  runAsUserId: string;
  sessions: Map<string, Session>;
  sessionLifetimeMs: number;
  /** The rolling 24-hour limit of API calls. */
  daily: { max: number; used: number };
  /** Rights to objects as a whole that were taken from the integration user. */
  objectRights: Map<string, Partial<ObjectRights>>;
  /** "Modify Metadata Through Metadata API Functions" of the integration user. */
  canModifyMetadata: boolean;
  /** See `setUnknownFieldRefusesBatch`. */
  unknownFieldRefusesBatch: boolean;
  /** Where the custom fields of a lead go on conversion (LeadConvertSettings). */
  convertMapping: ConvertMapping;
  /** API calls as the org counts them since the last reset: one per REST or SOAP request with a session. */
  countedCalls: number;
  /** Results of queries that have more pages. */
  cursors: Map<string, QueryRun>;
  cursorCount: number;
  /** Jobs of Bulk API 2.0. */
  bulk: Bulk;
};

/** What describe says of an object as a whole. */
export type ObjectRights = { queryable: boolean; createable: boolean; updateable: boolean; deletable: boolean };

export type OrgOptions = {
  orgId: string;
  isSandbox: boolean;
  versions: string[];
  now: () => number;
  app: AppRegistration;
  sessionLifetimeMs: number;
  dailyLimit: number;
  withHandoffFields: boolean;
  canModifyMetadata: boolean;
  behaviour?: Partial<Behaviour>;
  runAs: { username: string; email: string; lastName: string };
};

const LEAD_STATUSES: readonly (readonly [label: string, isDefault: boolean, isConverted: boolean])[] = [
  ['Open - Not Contacted', true, false],
  ['Working - Contacted', false, false],
  ['Closed - Converted', false, true],
  ['Closed - Not Converted', false, false],
];

/** An org with its integration user, a lead queue that the default assignment rule hands leads to, and the standard lead statuses. */
export function createOrg(options: OrgOptions): Org {
  const schema = createSchema(options.withHandoffFields);
  const store = createStore(schema);
  const runAsUserId = store.nextId('User');
  const queueId = store.nextId('Group');
  const org: Org = {
    id: options.orgId,
    isSandbox: options.isSandbox,
    instanceUrl: '',
    versions: options.versions,
    now: () => options.now() + org.clockOffsetMs,
    clockOffsetMs: 0,
    behaviour: {
      deleteMovesStamp: true,
      mergeMovesStamp: true,
      mergeMovesChildStamps: false,
      restrictsStages: false,
      childPageSize: 200,
      ...options.behaviour,
    },
    schema,
    store,
    rules: createRules(queueId),
    recordTypes: new Map(),
    objectRights: new Map(),
    currency: { isMulti: false, isoCode: 'EUR' },
    flows: new Map(),
    tracked: new Map(),
    openTransactions: new Set(),
    deletesPurgedUntilMs: 0,
    app: options.app,
    runAsUserId,
    sessions: new Map(),
    sessionLifetimeMs: options.sessionLifetimeMs,
    daily: { max: options.dailyLimit, used: 0 },
    canModifyMetadata: options.canModifyMetadata,
    unknownFieldRefusesBatch: false,
    convertMapping: options.withHandoffFields
      ? [{ outputObject: 'Contact', inputField: 'HubSpot_Contact_Id__c', outputField: 'HubSpot_Contact_Id__c' }]
      : [],
    countedCalls: 0,
    cursors: new Map(),
    cursorCount: 0,
    bulk: createBulk(),
  };
  putUser(org, runAsUserId, { ...options.runAs, firstName: 'Handoff', isActive: true });
  store.put('Group', { Id: queueId, Name: 'Unassigned Leads', DeveloperName: 'Unassigned_Leads', Type: 'Queue' });
  store.put('Organization', organization(options));
  for (const [index, [label, isDefault, isConverted]] of LEAD_STATUSES.entries()) {
    const row = { Id: store.nextId('LeadStatus'), MasterLabel: label, ApiName: label, SortOrder: index + 1 };
    store.put('LeadStatus', { ...row, IsDefault: isDefault, IsConverted: isConverted });
  }
  putDefaultStages(org);
  return org;
}

function organization(options: OrgOptions): SfRecord {
  return {
    Id: options.orgId,
    Name: 'Sandbox Company',
    IsSandbox: options.isSandbox,
    OrganizationType: 'Enterprise Edition',
    InstanceName: 'LOCAL',
    NamespacePrefix: null,
    TimeZoneSidKey: 'Europe/Berlin',
    DefaultLocaleSidKey: 'en_US',
  };
}

export type NewUser = { email: string; username?: string; firstName?: string; lastName?: string; isActive?: boolean };

/** Stores a user under the given id. */
export function putUser(org: Org, id: string, user: NewUser): SfRecord {
  const lastName = user.lastName ?? 'User';
  const record: SfRecord = {
    Id: id,
    Username: user.username ?? user.email,
    Email: user.email,
    FirstName: user.firstName ?? null,
    LastName: lastName,
    Name: [user.firstName, lastName].filter((part) => part !== undefined).join(' '),
    UserType: 'Standard',
    IsActive: user.isActive ?? true,
    TimeZoneSidKey: 'Europe/Berlin',
    LocaleSidKey: 'en_US',
    ...(org.currency.isMulti ? { DefaultCurrencyIsoCode: org.currency.isoCode } : {}),
  };
  org.store.put('User', record);
  return record;
}
