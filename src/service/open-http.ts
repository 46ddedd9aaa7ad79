import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { HubSpotObject } from '../domain/record.ts';
import { SyncError, toSyncError } from '../errors.ts';
import { createHealthApp, createHttpApp } from '../http/app.ts';
import type { Metrics } from '../http/metrics.ts';
import { verifySignature } from '../hubspot/signature.ts';
import { parseWebhookEvent } from '../hubspot/webhook-events.ts';
import type { ServiceLog } from '../log.ts';
import { readContent } from '../mappings/content/read-content.ts';
import { sessionIdlesMs } from '../ports/ledger-access.ts';
import { acceptEvents } from '../usecases/accept-events.ts';
import { createActivityLog } from '../usecases/activity/activity-log.ts';
import { createArrivalNotes } from '../usecases/check/note-arrivals.ts';
import { createFunnelReader } from '../usecases/funnel/read-funnel.ts';
import { createMappingViews } from '../usecases/mapping-view/mapping-views.ts';
import { createOverviewReader } from '../usecases/overview/overview-reader.ts';
import { type OverviewSettings, type ReadLedger, readOverview } from '../usecases/overview/read-overview.ts';
import { watchChanges } from '../usecases/overview/watch-changes.ts';
import { sourcesOf } from '../usecases/poll-salesforce/sources.ts';
import type { MappingDesk } from '../usecases/preview/mapping-desk.ts';
import { createRunDesk } from '../usecases/runs/run-desk.ts';
import { thawFields } from '../usecases/thaw-fields.ts';
import type { RunningParts } from './bring-up.ts';
import { runBudgetOf } from './budget.ts';
import { systemClock } from './clock.ts';
import type { CrmChecks } from './identity.ts';
import { type Listener, listen } from './listen.ts';
import { checkPoll } from './poll-check.ts';
import { checkReadiness } from './readiness.ts';
import { readVersion } from './version.ts';
import { whenThere } from './when-there.ts';

export type HttpParts = {
  config: Config;
  log: ServiceLog;
  metrics: Metrics;
  parts: RunningParts;
  crms: CrmChecks;
  draining(): boolean;
  /** Only this machine may ask. */
  demo: boolean;
};

/** Where `npm run build` puts the admin page. */
const pageFolder = join(import.meta.dirname, '../../web/dist');

/** Who works off records of each kind. */
const jobs: Readonly<Record<HubSpotObject, string>> = {
  contact: 'contacts.sync',
  company: 'companies.sync',
  deal: 'deals.sync',
};

/**
 * Opens everything that the service answers: webhooks, API, health.
 * @throws SyncError needs-human `port_taken`
 */
export async function openHttp(given: HttpParts): Promise<Listener> {
  const { config, log, parts } = given;
  const wake = (object: HubSpotObject = 'contact') => {
    void parts.queue?.wake(jobs[object]);
    // It wakes whoever else has something due: an event may be about a record of any kind.
    if (object === 'contact') void parts.queue?.wake('pending.tick');
  };
  const ledger = () => parts.ledger ?? starting();
  const changes = watchChanges({ ledger, clock: systemClock, sessionIdlesMs });
  const noteArrivals = createArrivalNotes({ ledger, clock: systemClock });
  const overview = createOverviewReader(
    async (of: ReadLedger) => await readOverview(of, overviewSettingsOf(config), parts.mapping),
    systemClock,
  );
  let publicUrl = config.publicUrl;
  const secrets = config.hubspot.clientSecrets.map((secret) => secret.reveal());
  const app = createHttpApp({
    log,
    metrics: given.metrics,
    salesforceDaily: runBudgetOf(config).salesforceDaily,
    tokens: config.adminTokens,
    mode: config.observe ? 'observe' : 'live',
    ledger: whenThere(ledger, {
      thaw: async (recordId, by, field, object = 'contact') => {
        const mapping = parts.mapping ?? starting();
        return await thawFields({ ledger: ledger(), mapping }, { object, recordId, by, field });
      },
    }),
    metricsToken: config.metricsToken,
    trustProxy: config.trustProxy,
    publicUrl: () => config.pageUrl,
    addresses: () => parts.addresses.known,
    version: readVersion(),
    pageFolder,
    explain: async (idOrEmail) => await (parts.core ?? starting()).explain(idOrEmail),
    lifecycleStages: () => parts.mapping?.lifecycle.stages ?? [],
    funnel: createFunnelReader(() => ({ ledger: ledger(), mapping: parts.mapping ?? starting(), clock: systemClock })),
    search: async (kind, question) => await (parts.core ?? starting()).search(kind, question),
    explainRecord: async (kind, id) => await (parts.core ?? starting()).explainRecord(kind, id),
    runs: createRunDesk({
      ledger,
      dependencies: () => (parts.core ?? starting()).runs,
      onWork: () => void parts.queue?.wake('runs.advance'),
    }),
    overview: async () => await overview(ledger()),
    changes,
    incidents: { ledger: whenThere(ledger), hasWebhook: config.alertWebhookUrl !== null },
    mappings: deskOf(given),
    activity: createActivityLog({ ledger, clock: systemClock }),
    mappingViews: createMappingViews({ ledger, contentOf: readContent }),
    wake,
    parseEvent: parseWebhookEvent,
    acceptEvents: async (events) => {
      const { portalId, mapping } = parts;
      if (portalId === null || mapping === null) return starting();
      const answer = await acceptEvents({ ledger: ledger(), mapping, portalId }, events);
      await noteArrivals(events, portalId);
      return answer;
    },
    checkSignature({ method, path, body, signature, timestamp }) {
      const signed = { secrets, method, url: `${publicUrl}${path}`, rawBody: body, nowMs: Date.now() };
      const check = verifySignature({ ...signed, signatureHeader: signature, timestampHeader: timestamp });
      return check.ok ? null : check.reason;
    },
    readiness: readinessOf(given),
  });
  const listener = await listen(app, config.port, given.demo ? '127.0.0.1' : undefined);
  publicUrl ??= `http://localhost:${listener.port}`;
  log.info({ port: listener.port, url: publicUrl }, 'listening');
  if (config.publicUrl === null)
    log.warn({ url: publicUrl }, 'PUBLIC_URL is not set, signatures are checked against this address');
  const close: Listener['close'] = async (withinMs) => {
    await changes.close();
    await listener.close(withinMs);
  };
  return { ...listener, close };
}

/**
 * Opens what a worker answers, so that it can be watched. Several processes on one host may have been given one port: a worker does not
 * need it to work, so it goes on without.
 *
 * @returns null when the port is taken
 */
export async function openHealth(given: HttpParts): Promise<Listener | null> {
  const { config, log, parts } = given;
  const app = createHealthApp({
    log,
    metrics: given.metrics,
    salesforceDaily: runBudgetOf(config).salesforceDaily,
    tokens: config.adminTokens,
    metricsToken: config.metricsToken,
    trustProxy: config.trustProxy,
    ledger: whenThere(() => parts.ledger ?? starting()),
    readiness: readinessOf(given),
  });
  try {
    const listener = await listen(app, config.port);
    log.info({ port: listener.port }, 'listening for questions about health');
    return listener;
  } catch (thrown) {
    if (toSyncError(thrown).code !== 'port_taken') throw thrown;
    log.warn({ port: config.port }, 'the port is taken, this worker cannot be asked for its health');
    return null;
  }
}

function overviewSettingsOf({ observe, salesforce, sweepMinutes, alertWebhookUrl }: Config): OverviewSettings {
  return {
    mode: observe ? 'observe' : 'live',
    pollEveryMs: salesforce.pollSeconds * 1_000,
    sweepEveryMs: sweepMinutes * 60_000,
    salesforceDaily: salesforce.dailyBudget,
    hasWebhook: alertWebhookUrl !== null,
  };
}

/** After an activation this process goes over at once; the others notice by themselves. */
function deskOf({ parts }: HttpParts): MappingDesk {
  const desk = () => parts.mappings ?? starting();
  return {
    plan: async (wanted, onChange) => await desk().plan(wanted, onChange),
    versions: async () => await desk().versions(),
    propose: async (by) => await desk().propose(by),
    async activate(wanted, by) {
      const activation = await desk().activate(wanted, by);
      await parts.follower?.follow();
      void parts.queue?.wake('pending.tick');
      return activation;
    },
  };
}

function readinessOf({ config, parts, crms, draining }: HttpParts) {
  return async () =>
    await checkReadiness({
      draining,
      ledger: () => (parts.portalId === null ? null : parts.ledger),
      queue: () => parts.queue,
      crms,
      schemas: () => parts.core?.schemas.last() ?? null,
      poll: (watermarks) =>
        checkPoll(parts.core?.lastPoll() ?? null, watermarks, {
          now: Date.now(),
          pollEveryMs: config.salesforce.pollSeconds * 1_000,
          sources: parts.mapping === null ? [] : sourcesOf(parts.mapping),
        }),
    });
}

/** @throws SyncError wait `starting`: the service is not there yet */
function starting(): never {
  throw new SyncError('wait', 'starting', 'The service is starting and cannot do this yet.');
}
