import type { Config } from '../config.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { HubSpotObject, SystemName } from '../domain/record.ts';
import { objectsOff } from '../domain/records/kinds-off.ts';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { LedgerPort } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';
import type { DueRecords, JobApp, RecordCounts } from '../queue/define-job.ts';
import { createCatchUpWatch } from '../usecases/catch-up/catch-up.ts';
import { type CheckReport, runCheck } from '../usecases/check/run-check.ts';
import { startComparison, startDailyComparison } from '../usecases/compare-both/start-comparison.ts';
import type { DrainDependencies, OrgFacts } from '../usecases/drain/dependencies.ts';
import { drainContacts } from '../usecases/drain/drain-contacts.ts';
import { drainBackground } from '../usecases/drain-background.ts';
import { drainCounterparts } from '../usecases/drain-counterparts/drain-counterparts.ts';
import { drainPersons } from '../usecases/drain-persons/drain-persons.ts';
import { drainRecords } from '../usecases/drain-records/drain-records.ts';
import type { RecordKind } from '../usecases/drain-records/kinds.ts';
import { type Explanation, explainContact } from '../usecases/explain-contact.ts';
import { explainRecord, type RecordExplanation } from '../usecases/explain-record.ts';
import { createOrgFacts } from '../usecases/org-facts.ts';
import { createPoller, type Poller } from '../usecases/poll-salesforce/poll-salesforce.ts';
import { previewRecords } from '../usecases/preview/preview-records.ts';
import { advanceRuns } from '../usecases/runs/advance-runs.ts';
import type { ForecastDependencies } from '../usecases/runs/backfill/forecast.ts';
import { type SearchPage, type SearchQuestion, searchRecords } from '../usecases/search/search-records.ts';
import { sweepRecords } from '../usecases/sweep-records.ts';
import type { Crms } from './adapters.ts';
import { createAlertWatch, watchedIn } from './alerts.ts';
import { runBudgetOf } from './budget.ts';
import { systemClock } from './clock.ts';
import { createGiveWay } from './give-way.ts';
import { noteFailures } from './note-failures.ts';
import { checkOfRound, type RoundCheck } from './poll-check.ts';
import { createSchemaCheck, type SchemaChecker } from './schema-check.ts';

export type CoreParts = {
  config: Config;
  ledger: LedgerPort;
  budget: DrainDependencies['budget'];
  crms: Crms;
  mapping: CompiledMapping;
  mappingVersion: number;
  log: Log;
  /** Makes partitions and drops what is older than its retention. */
  maintain(): Promise<void>;
  /** Another mapping version is active: goes over to it. @returns whether this process works under it now */
  onMappingChanged?(): Promise<boolean>;
};

/** The use cases, joined with what they need. */
export type Core = JobApp & {
  explain(recordIdOrEmail: string): Promise<Explanation>;
  /** @param id of the company or deal, or of its Account or Opportunity */
  explainRecord(kind: RecordKind, id: string): Promise<RecordExplanation>;
  search(kind: HubSpotObject, question: SearchQuestion): Promise<SearchPage>;
  /** Whether the mapping fits what both CRMs have. */
  schemas: SchemaChecker;
  /** What the last round of reading Salesforce came to in this process; null: there was none. */
  lastPoll(): RoundCheck | null;
  /** What it takes to prepare and start runs. */
  runs: ForecastDependencies;
};

/** Joins the use cases with the adapters. */
export function createCore(parts: CoreParts): Core {
  const { config, crms, mapping, mappingVersion, log, maintain } = parts;
  const ledger = noteFailures(parts.ledger, log);
  const clock = systemClock;
  const facts: (spend: Spend) => Promise<OrgFacts> = createOrgFacts({
    ...crms,
    clock,
    kindsOn: () => ({ companies: mapping.company.isOn, deals: mapping.deal.isOn }),
  });
  const { budget } = parts;
  const drain = { ledger, ...crms, budget, facts, clock, log, mapping, mappingVersion, observe: config.observe };
  const live = { ...drain, band: 'live' } as const;
  const way = createGiveWay(clock);
  const asLive = async (work: () => Promise<Drained>) => await way.live(() => underOurMapping(parts, work));
  const runs: ForecastDependencies = {
    ...drain,
    preview: async (object, wanted, spend) => await previewRecords(drain, object, wanted, spend),
    runBudget: runBudgetOf(config),
  };
  const poll = createPoller({ ledger, salesforce: crms.salesforce, mapping, facts, clock, log });
  const schemas = createSchemaCheck({
    check: async () => await checkMapping(parts, { keep: true }),
    ledger,
    clock,
    log,
  });
  let lastPoll: RoundCheck | null = null;
  const catchUp = createCatchUpWatch({
    ledger,
    clock,
    log,
    watched: watchedIn(parts),
    off: objectsOff(mapping),
    startComparison: async () => await startComparison(runs, { by: 'the service, after an outage', isDryRun: false }),
  });
  return {
    drainContacts: async (stop, onFull) => await asLive(async () => await drainContacts(live, stop, onFull)),
    drainCompanies: async (stop) => await asLive(async () => await drainRecords(live, 'company', stop)),
    drainDeals: async (stop) => await asLive(async () => await drainRecords(live, 'deal', stop)),
    drainPersons: async (stop) => await asLive(async () => await drainPersons(live, stop)),
    drainCounterparts: async (stop) => await asLive(async () => await drainCounterparts(live, stop)),
    drainBackground: async (stop) =>
      await underOurMapping(parts, async () => await drainBackground(drain, stop, { giveWay: way.background })),
    advanceRuns: async (stop) => await advanceRuns(runs, stop),
    async pollSalesforce(stop) {
      await catchUp.before();
      const round = await pollOnce(poll, stop, log);
      await catchUp.after();
      lastPoll = checkOfRound(round, clock.now());
      return round instanceof SyncError ? nothingMarked : round.marked;
    },
    async sweepContacts(stop) {
      await catchUp.before();
      try {
        const { read, marked } = await sweepRecords({ ledger, hubspot: crms.hubspot, clock, mapping }, stop);
        log.info({ read, marked }, 'sweep ended');
      } catch (thrown) {
        log.warn({ errorCode: vendorFault(thrown).code }, 'sweep put off to the next time');
      }
      await catchUp.after();
    },
    dueRecords: async () => await dueRecords(ledger, mapping),
    maintainLedger: maintain,
    compareWhenDue: async () => (await startDailyComparison(runs, config.compareAt)) !== null,
    explain: async (recordIdOrEmail) => await explainContact(drain, recordIdOrEmail),
    explainRecord: async (kind, id) => await explainRecord(drain, kind, id),
    search: async (kind, question) => await searchRecords({ ...crms, ledger, mapping, clock }, kind, question),
    schemas,
    checkSchemas: async () => await schemas.daily(),
    watchAlerts: createAlertWatch(parts),
    lastPoll: () => lastPoll,
    runs,
  };
}

/**
 * Compares the mapping with both CRMs. Whether webhooks come can be told from the second check on: a service that has just begun was told of
 * nothing yet.
 *
 * @param keep whether the next check is compared with this one; what a service does not work under is not kept
 * @throws SyncError when the ledger does not answer
 */
export async function checkMapping(
  { ledger, crms, mapping, config }: Pick<CoreParts, 'ledger' | 'crms' | 'mapping' | 'config'>,
  { keep }: { keep: boolean },
): Promise<CheckReport> {
  const { pollSeconds, dailyBudget } = config.salesforce;
  const given = { ports: crms, ledger, mapping, settings: { pollSeconds, dailyBudget }, clock: systemClock };
  return await runCheck(given, { keep, knowsEvents: (await ledger.lastCheck()) !== null });
}

type Drained = Awaited<ReturnType<JobApp['drainContacts']>>;

/** Comes back soon where this process has gone over to the version that is active now. */
async function underOurMapping(parts: CoreParts, work: () => Promise<Drained>): Promise<Drained> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof SyncError) || thrown.code !== 'mapping_changed') throw thrown;
    const isFollowed = await parts.onMappingChanged?.();
    return { worked: 0, nextInMs: isFollowed === true ? comeBackMs : null };
  }
}

const comeBackMs = 200;

async function pollOnce(poll: Poller, stop: AbortSignal, log: Log) {
  try {
    return await poll(stop);
  } catch (thrown) {
    const fault = vendorFault(thrown);
    log.warn({ errorCode: fault.code }, 'Salesforce could not be read, it will be with the next round');
    return fault;
  }
}

/**
 * A CRM that is away or at its limit is no fault of the job: the watermarks stand, the next time reads from there.
 * @throws whatever is not a CRM's fault
 */
function vendorFault(thrown: unknown): SyncError {
  if (!(thrown instanceof SyncError) || thrown.code.startsWith('ledger_')) throw thrown;
  return thrown;
}

const nothingMarked: RecordCounts = { contacts: 0, companies: 0, deals: 0, persons: 0, counterparts: 0 };

type DueKind = readonly [kind: keyof RecordCounts, system: SystemName, object: string];

const contactKinds: readonly DueKind[] = [
  ['contacts', 'hubspot', 'contact'],
  ['persons', 'salesforce', 'Lead'],
  ['persons', 'salesforce', 'Contact'],
];
const companyKinds: readonly DueKind[] = [
  ['companies', 'hubspot', 'company'],
  ['counterparts', 'salesforce', 'Account'],
];
const dealKinds: readonly DueKind[] = [
  ['deals', 'hubspot', 'deal'],
  ['counterparts', 'salesforce', 'Opportunity'],
];

/** Which pending records are worked off; rows of what the mapping has off wait for the day it has not. */
function dueKinds({ company, deal }: CompiledMapping): readonly DueKind[] {
  return [...contactKinds, ...(company.isOn ? companyKinds : []), ...(deal.isOn ? dealKinds : [])];
}

async function dueRecords(
  ledger: Pick<LedgerPort, 'due' | 'runsDue'>,
  mapping: CompiledMapping,
): ReturnType<JobApp['dueRecords']> {
  const kinds = dueKinds(mapping);
  const [live, background, runs] = await Promise.all([
    Promise.all(kinds.map(([, system, object]) => ledger.due(system, object, 'live'))),
    Promise.all(kinds.map(([, system, object]) => ledger.due(system, object, 'background'))),
    ledger.runsDue(objectsOff(mapping)),
  ]);
  const counts: Record<keyof DueRecords, number> = { ...nothingMarked, background: 0, runs };
  for (const [index, [kind]] of kinds.entries()) counts[kind] += live[index]?.due ?? 0;
  for (const { due } of background) counts.background += due;
  const waits = [...live, ...background].flatMap(({ nextInMs }) => nextInMs ?? []).filter((nextInMs) => nextInMs > 0);
  return { ...counts, nextInMs: waits.length === 0 ? null : Math.min(...waits) };
}
