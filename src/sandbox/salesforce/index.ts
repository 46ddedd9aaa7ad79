import type { Faults } from '../faults.ts';
import { type LoggedRequest, startSandboxServer } from '../server.ts';
import { answerControl } from './control.ts';
import { defineField } from './fields.ts';
import { createHumanHands, type HumanHands } from './human.ts';
import { normaliseId, toId18 } from './ids.ts';
import { createOrg, type Org } from './org.ts';
import { answerRequest } from './router.ts';
import type { DuplicateRule, ValidationRule } from './rules.ts';
import { setPicklist } from './schema.ts';
import type { FieldDefinition, SfRecord } from './types.ts';

export type { ConvertedIds, ConvertOptions } from './human.ts';
export type { NewUser } from './org.ts';
export type { DuplicateRule, ValidationRule } from './rules.ts';
export type { FieldDefinition, FieldValue, SfRecord } from './types.ts';

export type SalesforceSandboxOptions = {
  /** 0 or absent: a free port. */
  port?: number;
  latencyMs?: number;
  /** 15 or 18 characters, `00D...`. */
  orgId?: string;
  clientId?: string;
  clientSecret?: string;
  /** The integration user. */
  runAs?: { username?: string; email?: string; lastName?: string };
  /** PEM of the public key or certificate that signs JWT bearer assertions; without it signatures are not checked. */
  jwtPublicKey?: string;
  sessionLifetimeMs?: number;
  dailyLimit?: number;
  isSandbox?: boolean;
  /** API versions on offer; default 60.0 to 67.0. */
  versions?: string[];
  /** The external id fields exist and are granted, and the lead's is mapped to the contact (default true). */
  withHandoffFields?: boolean;
  canModifyMetadata?: boolean;
  /** Epoch milliseconds; default the system clock. */
  clock?: () => number;
  keepBodies?: boolean;
};

export type SalesforceSandbox = HumanHands & {
  /** Login and instance URL in one. */
  url: string;
  orgId: string;
  clientId: string;
  clientSecret: string;
  /** Username and id of the integration user. */
  username: string;
  runAsUserId: string;
  /** Id of the queue that the default lead assignment rule hands leads to. */
  leadQueueId: string;
  faults: Faults;
  requests: readonly LoggedRequest[];
  countByPattern(): Record<string, number>;
  /** API calls as Salesforce counts them since the last reset: composite 1, collections 1, token and version list 0. */
  countedCalls(): number;
  resetRequests(): void;
  setLatencyMs(latencyMs: number): void;
  /** Live records, or with `withDeleted` all. */
  all(type: string, options?: { withDeleted?: boolean }): SfRecord[];
  get(type: string, id: string): SfRecord | undefined;
  /** Each answers a function that takes the rule away again. */
  addValidationRule(rule: ValidationRule): () => void;
  addDuplicateRule(rule: DuplicateRule): () => void;
  /** The next `times` writes on this record, or on records of this account, fail with UNABLE_TO_LOCK_ROW. */
  lock(id: string, times?: number): void;
  setLeadAssignment(ownerId: string | undefined): void;
  setUserActive(userId: string, isActive: boolean): void;
  setRequired(type: string, field: string, isRequired: boolean): void;
  setPicklist(
    type: string,
    field: string,
    values: string[],
    options?: { restricted?: boolean; defaultValue?: string },
  ): void;
  setFieldLength(type: string, field: string, length: number): void;
  addField(type: string, name: string, options?: Partial<FieldDefinition>): void;
  removeField(type: string, name: string): void;
  /** `none`: hidden by field-level security; `all`: visible again. */
  setFieldAccess(type: string, field: string, access: FieldDefinition['access']): void;
  setCanModifyMetadata(canModify: boolean): void;
  expireSessions(): void;
  setDailyLimit(max: number): void;
  setDailyUsed(used: number): void;
  close(): Promise<void>;
};

const DEFAULT_LIFETIME_MS = 2 * 60 * 60 * 1000;
const OLDEST_OFFERED = 60;
const NEWEST_OFFERED = 67;

function toOrg(options: SalesforceSandboxOptions): Org {
  const versions = Array.from(
    { length: NEWEST_OFFERED - OLDEST_OFFERED + 1 },
    (_, index) => `${OLDEST_OFFERED + index}.0`,
  );
  const username = options.runAs?.username ?? 'integration@sandbox.example';
  return createOrg({
    orgId: normaliseId(options.orgId ?? '') ?? toId18('00D000000000062'),
    isSandbox: options.isSandbox ?? false,
    versions: options.versions ?? versions,
    now: options.clock ?? Date.now,
    app: {
      clientId: options.clientId ?? 'sandbox-client-id',
      clientSecret: options.clientSecret ?? 'sandbox-client-secret',
      jwtPublicKey: options.jwtPublicKey,
    },
    sessionLifetimeMs: options.sessionLifetimeMs ?? DEFAULT_LIFETIME_MS,
    dailyLimit: options.dailyLimit ?? 100_000,
    withHandoffFields: options.withHandoffFields ?? true,
    canModifyMetadata: options.canModifyMetadata ?? true,
    runAs: { username, email: options.runAs?.email ?? username, lastName: options.runAs?.lastName ?? 'Integration' },
  });
}

function requireField(org: Org, type: string, name: string): FieldDefinition {
  const field = org.schema.field(type, name);
  if (field === undefined) throw new Error(`no field ${type}.${name}`);
  return field;
}

type Settings = Omit<
  SalesforceSandbox,
  keyof HumanHands | 'url' | 'faults' | 'requests' | 'countByPattern' | 'resetRequests' | 'setLatencyMs' | 'close'
>;

function createSettings(org: Org): Settings {
  const { rules, schema, store } = org;
  const full = (id: string) => normaliseId(id) ?? id;
  return {
    orgId: org.id,
    clientId: org.app.clientId,
    clientSecret: org.app.clientSecret,
    username: String(store.get('User', org.runAsUserId)?.Username),
    runAsUserId: org.runAsUserId,
    leadQueueId: rules.leadAssignment?.ownerId ?? '',
    countedCalls: () => org.countedCalls,
    all: (type, options) => [...store.all(type)].filter((record) => options?.withDeleted || record.IsDeleted !== true),
    get: (type, id) => store.get(type, full(id)),
    addValidationRule(rule) {
      rules.validations.add(rule);
      return () => void rules.validations.delete(rule);
    },
    addDuplicateRule(rule) {
      rules.duplicates.add(rule);
      return () => void rules.duplicates.delete(rule);
    },
    lock: (id, times = 1) => void rules.locks.set(full(id), times),
    setLeadAssignment(ownerId) {
      rules.leadAssignment = ownerId === undefined ? undefined : { ownerId };
    },
    setUserActive(userId, isActive) {
      const user = store.get('User', full(userId));
      if (user === undefined) throw new Error(`no User ${userId}`);
      store.put('User', { ...user, IsActive: isActive });
    },
    setRequired(type, field, isRequired) {
      requireField(org, type, field).isRequired = isRequired;
    },
    setPicklist: (type, field, values, options) => setPicklist(requireField(org, type, field), values, options),
    setFieldLength(type, field, length) {
      requireField(org, type, field).length = length;
    },
    addField(type, name, options = {}) {
      schema.addField(type, defineField(name, options.type ?? 'string', options));
      if (options.isExternalId) store.addIndex(type, name);
    },
    removeField: schema.removeField,
    setFieldAccess(type, field, access) {
      requireField(org, type, field).access = access;
    },
    setCanModifyMetadata(canModify) {
      org.canModifyMetadata = canModify;
    },
    expireSessions: () => org.sessions.clear(),
    setDailyLimit(max) {
      org.daily.max = max;
    },
    setDailyUsed(used) {
      org.daily.used = used;
    },
  };
}

/**
 * A Salesforce org on loopback that behaves as the documented REST and Metadata APIs do for what Handoff uses; everything is in memory. What
 * it returns are also the hands of the people in that org. See docs in each file for the rule a behaviour follows.
 */
export async function startSalesforceSandbox(options: SalesforceSandboxOptions = {}): Promise<SalesforceSandbox> {
  const org = toOrg(options);
  const human = createHumanHands(org);
  const server = await startSandboxServer({
    port: options.port,
    latencyMs: options.latencyMs,
    keepBodies: options.keepBodies,
    now: org.now,
    handle: (request) => answerRequest(org, request),
    control: (request) => answerControl(org, human, request, () => server.countByPattern()),
  });
  org.instanceUrl = server.url;
  return {
    ...human,
    ...createSettings(org),
    url: server.url,
    faults: server.faults,
    requests: server.requests,
    countByPattern: () => server.countByPattern(),
    resetRequests() {
      org.countedCalls = 0;
      server.resetRequests();
    },
    setLatencyMs: (latencyMs) => server.setLatencyMs(latencyMs),
    close: () => server.close(),
  };
}
