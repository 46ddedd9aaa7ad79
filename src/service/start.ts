import type { Config } from '../config.ts';
import { SyncError } from '../errors.ts';
import { createHttpApp } from '../http/app.ts';
import { createMetrics } from '../http/metrics.ts';
import { verifySignature } from '../hubspot/signature.ts';
import { parseWebhookEvent } from '../hubspot/webhook-events.ts';
import type { ServiceLog } from '../log.ts';
import { acceptEvents } from '../usecases/accept-events.ts';
import { bringUp, type RunningParts } from './bring-up.ts';
import type { CrmChecks } from './identity.ts';
import { type Listener, listen } from './listen.ts';
import { checkReadiness } from './readiness.ts';
import { createSteps } from './steps.ts';

export type Role = 'http' | 'worker' | 'all';

export type ServiceOptions = {
  config: Config;
  role: Role;
  log: ServiceLog;
  /** The ledger of a demo refuses to serve real accounts, and the other way round. */
  demo?: boolean;
};

export type Service = {
  /** Null for a worker: it listens on nothing. */
  url: string | null;
  /** Fulfilled when the service does its work; rejected when it never will (another portal, faulty mappings). */
  ready: Promise<void>;
  /** Fulfilled with the fault when the service cannot go on and should be closed. */
  broken: Promise<unknown>;
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
  const parts: RunningParts = { ledger: null, portalId: null, core: null, queue: null, mapping: null };
  const steps = createSteps(log);
  const { promise: broken, resolve: onBroken } = Promise.withResolvers<unknown>();
  const listener =
    role === 'worker' ? null : await openHttp({ config, log, parts, crms, draining: () => stop.signal.aborted });
  const ready = bringUp({ config, role, log, demo, signal: stop.signal, parts, checks: crms, steps, onBroken });
  return {
    url: listener === null ? null : `http://localhost:${listener.port}`,
    ready,
    broken,
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

type HttpParts = { config: Config; log: ServiceLog; parts: RunningParts; crms: CrmChecks; draining(): boolean };

async function openHttp({ config, log, parts, crms, draining }: HttpParts): Promise<Listener> {
  const wake = () => void parts.queue?.wake('contacts.sync');
  const ledger = () => parts.ledger ?? starting();
  let publicUrl = config.publicUrl;
  const secrets = config.hubspot.clientSecrets.map((secret) => secret.reveal());
  const app = createHttpApp({
    log,
    metrics: createMetrics(),
    tokens: config.adminTokens,
    mode: config.observe ? 'observe' : 'live',
    ledger: {
      status: async () => await ledger().status(),
      failures: async (limit) => await ledger().failures(limit),
      retryFailures: async (code) => await ledger().retryFailures(code),
      mark: async (marks) => await ledger().mark(marks),
    },
    explain: async (idOrEmail) => await (parts.core ?? starting()).explain(idOrEmail),
    wake,
    parseEvent: parseWebhookEvent,
    acceptEvents: async (events) => {
      const { portalId, mapping } = parts;
      if (portalId === null || mapping === null) return starting();
      return await acceptEvents({ ledger: ledger(), gate: mapping.gate, portalId }, events);
    },
    checkSignature({ method, path, body, signature, timestamp }) {
      const signed = { secrets, method, url: `${publicUrl}${path}`, rawBody: body, nowMs: Date.now() };
      const check = verifySignature({ ...signed, signatureHeader: signature, timestampHeader: timestamp });
      return check.ok ? null : check.reason;
    },
    readiness: async () =>
      await checkReadiness({
        draining,
        ledger: () => (parts.portalId === null ? null : parts.ledger),
        queue: () => parts.queue,
        crms,
      }),
  });
  const listener = await listen(app, config.port);
  publicUrl ??= `http://localhost:${listener.port}`;
  log.info({ port: listener.port, url: publicUrl }, 'listening');
  if (config.publicUrl === null)
    log.warn({ url: publicUrl }, 'PUBLIC_URL is not set, signatures are checked against this address');
  return listener;
}

/** @throws SyncError wait `starting`: the service is not there yet */
function starting(): never {
  throw new SyncError('wait', 'starting', 'The service is starting and cannot do this yet.');
}
