import type { Config } from '../config.ts';
import { SyncError } from '../errors.ts';
import { createMetrics } from '../http/metrics.ts';
import type { ServiceLog } from '../log.ts';
import { noAddresses } from '../usecases/crm-addresses.ts';
import { bringUp, type RunningParts } from './bring-up.ts';
import type { CrmChecks } from './identity.ts';
import { proposeMapping } from './mappings.ts';
import { openHealth, openHttp } from './open-http.ts';
import { createSteps } from './steps.ts';
import { readVersion } from './version.ts';

export type Role = 'http' | 'worker' | 'all';

export type ServiceOptions = {
  config: Config;
  role: Role;
  log: ServiceLog;
  /** The ledger of a demo refuses to serve real accounts, and the other way round. */
  demo?: boolean;
};

export type Service = {
  /** Null for a worker that found its port taken: it does without. */
  url: string | null;
  /** Fulfilled when the service does its work; rejected when it never will (another portal, faulty mappings). */
  ready: Promise<void>;
  /** Fulfilled with the fault when the service cannot go on and should be closed. */
  broken: Promise<unknown>;
  /** Proposes what the mapping files say now, as SIGHUP asks for. A faulty mapping is told in the log, and the old one stays. */
  propose(): Promise<void>;
  /** Hands back what is active and closes everything in order. */
  close(): Promise<void>;
};

/** How long running requests may take once the service closes. */
const lastRequestsMs = 5_000;

/**
 * Starts the service: it listens at once and answers 503 until the ledger is there; a database or CRM that is away is waited for.
 * @throws SyncError needs-human `embedded_roles` | `port_taken`
 */
export async function startService({ config, role, log, demo = false }: ServiceOptions): Promise<Service> {
  assertRole(config, role);
  const stop = new AbortController();
  const crms: CrmChecks = {
    hubspot: { ok: false, detail: 'not asked yet' },
    salesforce: { ok: false, detail: 'not asked yet' },
  };
  const parts: RunningParts = {
    ledger: null,
    portalId: null,
    addresses: { known: noAddresses },
    core: null,
    queue: null,
    mapping: null,
    mappings: null,
    follower: null,
  };
  const steps = createSteps(log);
  const { promise: broken, resolve: onBroken } = Promise.withResolvers<unknown>();
  const metrics = createMetrics(readVersion());
  const httpParts = { config, log, metrics, parts, crms, draining: () => stop.signal.aborted, demo };
  const listener = role === 'worker' ? await openHealth(httpParts) : await openHttp(httpParts);
  const ready = bringUp({
    config,
    role,
    log,
    metrics,
    demo,
    signal: stop.signal,
    parts,
    checks: crms,
    steps,
    onBroken,
  });
  return {
    url: listener === null ? null : `http://localhost:${listener.port}`,
    ready,
    broken,
    async propose() {
      if (parts.mappings === null) log.warn({}, 'the service is starting, what the mapping files say is read anyway');
      else await proposeMapping(parts.mappings, log);
    },
    async close() {
      stop.abort();
      // What is still being brought up ends first: it may hold things that are to be closed.
      await ready.catch(() => undefined);
      await steps.close('queue');
      await listener?.close(lastRequestsMs);
      await steps.close('database');
      log.info({}, 'service stopped');
    },
  };
}

function assertRole(config: Config, role: Role): void {
  if (role === 'all' || config.databaseUrl !== null) return;
  const advice = 'Set DATABASE_URL, or start with --role all.';
  throw new SyncError(
    'needs-human',
    'embedded_roles',
    `The embedded PostgreSQL serves one process only, so --role ${role} alone needs a database of its own. ${advice}`,
    { advice },
  );
}
