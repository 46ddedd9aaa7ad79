import type { Faults } from '../faults.ts';
import { type LoggedRequest, startSandboxServer } from '../server.ts';
import type { BulkBehaviour } from './bulk-state.ts';
import { answerControl } from './control.ts';
import { createHumanHands, type HumanHands } from './human.ts';
import { normaliseId, toId18 } from './ids.ts';
import { type Behaviour, createOrg, type Org } from './org.ts';
import { findRecordPage } from './record-page.ts';
import { answerRequest } from './router.ts';
import { createSettings, type OrgSettings } from './settings.ts';

export type SalesforceSandboxOptions = Partial<Behaviour> & {
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

export type SalesforceSandbox = HumanHands &
  OrgSettings & {
    /** Login and instance URL in one. */
    url: string;
    faults: Faults;
    requests: readonly LoggedRequest[];
    countByPattern(): Record<string, number>;
    resetRequests(): void;
    setLatencyMs(latencyMs: number): void;
    /** How long jobs of Bulk API 2.0 take, and what goes wrong with the next ones. */
    setBulk(change: Partial<BulkBehaviour>): void;
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
    behaviour: {
      deleteMovesStamp: options.deleteMovesStamp ?? true,
      mergeMovesStamp: options.mergeMovesStamp ?? true,
      mergeMovesChildStamps: options.mergeMovesChildStamps ?? false,
      restrictsStages: options.restrictsStages ?? false,
      childPageSize: options.childPageSize ?? 200,
    },
    runAs: { username, email: options.runAs?.email ?? username, lastName: options.runAs?.lastName ?? 'Integration' },
  });
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
    handle: (request) => findRecordPage(org, request) ?? answerRequest(org, request),
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
    setBulk: (change) => void Object.assign(org.bulk, change),
    close: () => server.close(),
  };
}
