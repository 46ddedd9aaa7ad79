import { jobs } from '../../jobs/index.ts';
import type { Config } from '../config.ts';
import { credentialFaults } from '../domain/health/limits.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { toSyncError } from '../errors.ts';
import type { Metrics } from '../http/metrics.ts';
import type { ServiceLog } from '../log.ts';
import type { LedgerPort } from '../ports/ledger.ts';
import { createQueue, type Queue, type QueueOptions } from '../queue/queue.ts';
import { createLedger } from '../store/ledger.ts';
import { migrate } from '../store/migrate.ts';
import { retire } from '../store/retention.ts';
import type { CrmAddresses } from '../usecases/crm-addresses.ts';
import type { MappingDesk } from '../usecases/preview/mapping-desk.ts';
import { sweepSources } from '../usecases/sweep-records.ts';
import { type Crms, createCrms } from './adapters.ts';
import { watchWithoutWorkers } from './alerts.ts';
import { createServiceBudget } from './budget.ts';
import { systemClock } from './clock.ts';
import { type Core, checkMapping, createCore } from './core.ts';
import { countCalls } from './count-calls.ts';
import { type Database, openDatabase } from './database.ts';
import { type Followed, followMapping, type MappingFollower } from './follow-mapping.ts';
import { startHeartbeat } from './heartbeat.ts';
import { bindIdentity, type CrmChecks } from './identity.ts';
import { keepTrying } from './keep-trying.ts';
import { loadFilesOrThrow } from './mapping.ts';
import { activateAtStart, openMappingDesk } from './mappings.ts';
import { becomeOnlyProcess } from './only-process.ts';
import { refuseErrors } from './schema-check.ts';
import type { Role } from './start.ts';
import type { Steps } from './steps.ts';

/** What is there by now; the HTTP side looks here. */
export type RunningParts = {
  ledger: LedgerPort | null;
  /** Set once the ledger knows whose events it takes. */
  portalId: string | null;
  /** Where people open records; asked for once, when the ledger is bound. */
  addresses: { known: CrmAddresses };
  mapping: CompiledMapping | null;
  core: Core | null;
  queue: Queue | null;
  /** Where mappings are proposed, planned and activated. */
  mappings: MappingDesk | null;
  /** Keeps this process under the active mapping version; `core` and `mapping` are replaced by it. */
  follower: MappingFollower | null;
};

type BringUp = {
  config: Config;
  role: Role;
  log: ServiceLog;
  metrics: Metrics;
  demo: boolean;
  signal: AbortSignal;
  parts: RunningParts;
  checks: CrmChecks;
  steps: Steps;
  /** Called when the service cannot go on. */
  onBroken(fault: unknown): void;
};

/**
 * Opens everything in order: mappings, database, schema, whom the ledger serves, the active mapping, queue, workers. What is away is waited for.
 * @throws SyncError when a person must act first, or when the service is closed meanwhile
 */
export async function bringUp(options: BringUp): Promise<void> {
  const { config, role, log, signal, parts, steps } = options;
  const loaded = loadFilesOrThrow(config.mappingsDir, log);
  const { mapping } = loaded;
  const database = await openDatabase(config, log);
  steps.add('database', 'database', () => database.close());
  const trying = { clock: systemClock, log, signal };
  const sentence = 'the database does not answer, it will be tried again';
  if (database.embedded !== null)
    steps.add('database', 'only process', await becomeOnlyProcess(database.embedded, options));
  await keepTrying(() => migrate(database.pool), { ...trying, sentence });
  const ledger = createLedger(database.pool);
  // Whoever held leases here is dead. Where several processes share the database, leases run out by themselves.
  if (database.embedded !== null) await keepTrying(() => ledger.releaseAll(), { ...trying, sentence });
  await keepTrying(() => ledger.forgetPauses([...credentialFaults]), { ...trying, sentence });
  const budget = createServiceBudget(config, database.pool);
  steps.add('database', 'budget', () => budget.close());
  const crms = createCrms(config, budget, log);
  const stopCounting = countCalls(config, options.metrics.calls);
  steps.add('database', 'call counter', async () => stopCounting());

  Object.assign(parts, { ledger, mapping });
  await bind(options, ledger, crms);
  // Before the activation: a start that is refused leaves the version that was active, and whoever works under it, alone.
  if (config.checkAtStart === 'refuse') {
    const check = async () => await checkMapping({ config, ledger, crms, mapping }, { keep: false });
    refuseErrors(await keepTrying(check, { ...trying, sentence }));
  }
  const mappingVersion = await keepTrying(() => activateAtStart(ledger, loaded, log), { ...trying, sentence });
  await keepTrying(() => beginWatermarks(ledger, mapping), { ...trying, sentence });
  if (!config.observe) await keepTrying(() => markWhatWasObserved(ledger, log), { ...trying, sentence });

  const coreUnder = ({ mapping, version }: Followed) =>
    createCore({
      config,
      ledger,
      budget,
      crms,
      mapping,
      mappingVersion: version,
      log,
      maintain: async () => await maintain(database, ledger, log),
      onMappingChanged: async () => (await parts.follower?.follow()) === true,
    });
  const first = { mapping, version: mappingVersion };
  parts.core = coreUnder(first);
  lookAtCrms(config, parts.core, log);
  const follower = followMapping({
    ledger,
    log,
    first,
    async adopt(next) {
      await beginWatermarks(ledger, next.mapping);
      const core = coreUnder(next);
      Object.assign(parts, { mapping: next.mapping, core });
      lookAtCrms(config, core, log);
    },
  });
  steps.add('queue', 'mapping', () => follower.stop());
  Object.assign(parts, { follower, mappings: openMappingDesk({ config, ledger, crms, log }) });
  const queue = await keepTrying(() => createQueue(queueOptions(options, database)), {
    ...trying,
    sentence: 'the queue does not answer, it will be tried again',
  });
  steps.add('queue', 'queue', () => queue.close());
  parts.queue = queue;
  if (role !== 'http' && !signal.aborted) await queue.work(currentCore(parts.core, parts));
  const leave = startHeartbeat({ ledger, role, mappingVersion: () => follower.version(), log });
  steps.add('queue', 'heartbeat', leave);
  if (role === 'http') {
    const watch = async () => await parts.core?.watchAlerts();
    steps.add('queue', 'alerts', watchWithoutWorkers({ ledger, log, watch }));
  }
  log.info(
    {
      role,
      mode: config.observe ? 'observe' : 'live',
      mappingVersion,
      backend: config.redisUrl === null ? 'postgresql' : 'redis',
    },
    'service ready',
  );
}

/** Looks at both CRMs under the active mapping and keeps what is seen; nobody waits for it, and nothing is refused any more. */
function lookAtCrms(
  { checkAtStart }: Pick<Config, 'checkAtStart'>,
  { schemas }: Pick<Core, 'schemas'>,
  log: ServiceLog,
): void {
  if (checkAtStart === 'off') return;
  schemas.run().catch((thrown) => {
    log.warn({ code: toSyncError(thrown).code }, 'the mapping could not be checked at the start');
  });
}

/** What jobs call: whichever core is the current one at that moment. */
function currentCore(first: Core, parts: RunningParts): Core {
  return new Proxy(first, { get: (core, name) => Reflect.get(parts.core ?? core, name) });
}

/** What waits for a parent this long is looked at again where the parent is there by now. */
const oldWaitMs = 15 * 60_000;

/** Makes the coming months of the audit log, drops what is past its time, and marks whoever has waited for long. */
async function maintain(
  { pool }: Database,
  ledger: Pick<LedgerPort, 'remarkOldWaits'>,
  log: ServiceLog,
): Promise<void> {
  await migrate(pool);
  await ledger.remarkOldWaits(oldWaitMs);
  const { partitions, calls } = await retire(pool);
  if (partitions.length === 0) return;
  log.info({ count: partitions.length, calls }, 'months of the audit log that are past their time were dropped');
}

function queueOptions({ config, log, metrics }: BringUp, database: Database): QueueOptions {
  const location =
    config.redisUrl === null
      ? ({ kind: 'postgresql', database: database.settings, alone: database.embedded !== null } as const)
      : ({ kind: 'redis', url: config.redisUrl.reveal() } as const);
  const times = { sweepEveryMs: config.sweepMinutes * 60_000, pollEveryMs: config.salesforce.pollSeconds * 1_000 };
  const onJob: QueueOptions['onJob'] = ({ name, outcome, seconds }) =>
    metrics.jobs.observe({ job: name, outcome }, seconds);
  return { location, jobs, times, log, onJob };
}

/** Faults that no waiting mends. */
const otherIdentity = new Set(['other_portal', 'other_org', 'demo_ledger']);

/**
 * Makes sure that the credentials lead to the portal and org that the ledger belongs to. At the very first start a fault that needs a
 * person ends the start; later ones are waited for, and events are taken meanwhile.
 */
async function bind(options: BringUp, ledger: LedgerPort, crms: Crms): Promise<void> {
  const { parts, checks, demo, log, signal } = options;
  const trying = { clock: systemClock, log, signal };
  const known = await keepTrying(() => ledger.bound(), {
    ...trying,
    sentence: 'the database does not answer, it will be tried again',
  });
  parts.portalId = known.portalId;
  const isFirst = known.portalId === null || known.orgId === null;
  const attempt = async () => {
    try {
      return await bindIdentity(crms, ledger, { demo, checks, addresses: parts.addresses });
    } finally {
      parts.portalId = (await ledger.bound()).portalId;
    }
  };
  const isWorthWaiting = (thrown: unknown) => {
    const { code, kind } = toSyncError(thrown);
    return !otherIdentity.has(code) && (!isFirst || kind === 'retryable' || kind === 'wait');
  };
  const sentence = 'a CRM does not answer as it should, it will be asked again';
  const identity = await keepTrying(attempt, { ...trying, sentence, isWorthWaiting });
  log.info(identity, 'the ledger serves this portal and org');
}

/** Older records enter by a backfill only: the first start sets the watermarks, later ones find them. */
async function beginWatermarks(ledger: LedgerPort, mapping: CompiledMapping): Promise<void> {
  for (const source of sweepSources(mapping)) {
    const found = await ledger.watermark(source);
    if (found === null) await ledger.advance(null, { source, atMs: Date.now(), cursor: null }, []);
  }
}

/** What would have been written while observing is looked at again now that writing is allowed. */
async function markWhatWasObserved(ledger: LedgerPort, log: ServiceLog): Promise<void> {
  const marked = await ledger.markObserved();
  if (marked > 0) log.info({ marked }, 'contacts that were only observed so far are looked at again');
}
