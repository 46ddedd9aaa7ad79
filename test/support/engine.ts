import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompiledMapping } from '../../src/domain/mapping/types.ts';
import { createHubSpot } from '../../src/hubspot/crm.ts';
import { createBudget } from '../../src/limits/budget.ts';
import { loadMappings } from '../../src/mappings/load.ts';
import type { Priority } from '../../src/ports/budget.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { HubSpotPort } from '../../src/ports/hubspot.ts';
import type { LedgerPort } from '../../src/ports/ledger.ts';
import type { SalesforcePort } from '../../src/ports/salesforce.ts';
import { createSalesforce } from '../../src/salesforce/crm.ts';
import {
  type HubSpotSandbox,
  type HubSpotSandboxOptions,
  startHubSpotSandbox,
} from '../../src/sandbox/hubspot/index.ts';
import {
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
  startSalesforceSandbox,
} from '../../src/sandbox/salesforce/index.ts';
import { systemClock } from '../../src/service/clock.ts';
import { createLedger } from '../../src/store/ledger.ts';
import type { DrainDependencies } from '../../src/usecases/drain/dependencies.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { drainCounterparts } from '../../src/usecases/drain-counterparts/drain-counterparts.ts';
import { drainPersons } from '../../src/usecases/drain-persons/drain-persons.ts';
import { drainRecords } from '../../src/usecases/drain-records/drain-records.ts';
import { fieldPairs } from '../../src/usecases/field-pairs.ts';
import { createOrgFacts } from '../../src/usecases/org-facts.ts';
import { createPoller, type PollResult } from '../../src/usecases/poll-salesforce/poll-salesforce.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { writeMappings } from './mappings.ts';

/** What the use cases of a worker need. */
type EngineDependencies = DrainDependencies & {
  ledger: LedgerPort;
  hubspot: HubSpotPort;
  salesforce: SalesforcePort;
};

export type EngineOptions = {
  hubspot?: HubSpotSandboxOptions;
  salesforce?: SalesforceSandboxOptions;
  mappings?: Record<string, Record<string, unknown>>;
  observe?: boolean;
  /** For calls that hang or are cut. */
  timeoutMs?: number;
};

/** The real ledger, adapters and use cases on the local CRMs, without queue and HTTP: a test decides when a record is looked at. */
export type Engine = {
  hubspot: HubSpotSandbox;
  salesforce: SalesforceSandbox;
  ledger: LedgerPort;
  database: TestDatabase;
  mapping: CompiledMapping;
  logLines: string[];
  /** Marks the contacts and works until nothing is due any more. */
  look(...contactIds: string[]): Promise<void>;
  /** The same for companies or deals. */
  lookAt(kind: 'company' | 'deal', ...ids: string[]): Promise<void>;
  /** Works off what is due now. */
  drain(): Promise<void>;
  /** Makes everything that waits due at once, and works it off. */
  drainLater(): Promise<void>;
  /** Reads what changed in Salesforce and marks it; `drain` works it off. The first call only begins the watermarks. */
  poll(): Promise<PollResult>;
  /** A second worker of its own, on the same ledger. */
  secondWorker(): EngineDependencies;
  dependencies: EngineDependencies;
  close(): Promise<void>;
};

export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'handoff-engine-'));
  const hubspot = await startHubSpotSandbox({
    withHandoffFields: true,
    rateLimitPer10s: 0,
    searchPerSecond: 0,
    ...options.hubspot,
  });
  const salesforce = await startSalesforceSandbox(options.salesforce ?? {});
  const loaded = await loadMappings(writeMappings(folder, salesforce, options.mappings ?? {}));
  if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
  const database = await createTestDatabase();
  const ledger = createLedger(database.pool);
  await ledger.bind({ portalId: String(hubspot.portalId), orgId: salesforce.orgId, demo: false });
  const { mapping } = loaded;
  const mappingVersion = await ledger.activateMapping(mapping.hash, mapping.limits, fieldPairs(mapping));
  const logLines: string[] = [];
  const worker = () => createWorker({ hubspot, salesforce, database, mapping, mappingVersion, logLines, options });
  const dependencies = worker();
  const poller = createPoller(dependencies);
  const drain = async () => await drainAll(dependencies);
  return {
    hubspot,
    salesforce,
    ledger,
    database,
    mapping,
    logLines,
    dependencies,
    drain,
    poll: () => poller(),
    secondWorker: worker,
    async look(...contactIds) {
      await markContacts(ledger, contactIds);
      await drain();
    },
    async lookAt(kind, ...ids) {
      await ledger.mark(
        ids.map((recordId) => ({ system: 'hubspot', object: kind, recordId, priority: 2, source: 'test' })),
      );
      await drain();
    },
    async drainLater() {
      await database.pool.query(`update pending set due_at = now(), not_before = '-infinity'`);
      await database.pool.query('delete from waits');
      await drain();
    },
    async close() {
      await database.close();
      await Promise.all([hubspot.close(), salesforce.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One kind may bring another one further: until none has anything due. */
async function drainAll(dependencies: EngineDependencies): Promise<void> {
  const { signal } = new AbortController();
  for (;;) {
    const drained = [
      await drainPersons(dependencies, signal),
      await drainContacts(dependencies, signal),
      await drainCounterparts(dependencies, signal),
      await drainRecords(dependencies, 'company', signal),
      await drainRecords(dependencies, 'deal', signal),
    ];
    if (drained.slice(1).every(({ worked }) => worked === 0)) return;
  }
}

async function markContacts(ledger: LedgerPort, ids: readonly string[], priority: Priority = 2): Promise<void> {
  await ledger.mark(
    ids.map((recordId) => ({ system: 'hubspot', object: 'contact', recordId, priority, source: 'test' })),
  );
}

type WorkerParts = Pick<Engine, 'hubspot' | 'salesforce' | 'database' | 'mapping' | 'logLines'> & {
  mappingVersion: number;
  options: EngineOptions;
};

/** A worker as a process of its own would have it. */
function createWorker(parts: WorkerParts): EngineDependencies {
  const { database, mapping, mappingVersion, options, logLines } = parts;
  const write = (facts: Readonly<Record<string, unknown>>, text: string) =>
    void logLines.push(`${text} ${JSON.stringify(facts)}`);
  const log = { debug: write, info: write, warn: write, error: write };
  const pool = database.connect();
  const budget = createBudget(pool, { hubspotPer10s: 10_000, searchPerSecond: 1_000, salesforceDaily: 0.9 });
  const timeouts = { timeoutMs: options.timeoutMs ?? 20_000 };
  const hubspot = createHubSpot({
    accessToken: parts.hubspot.accessToken,
    baseUrl: parts.hubspot.url,
    apiPaths: 'v3',
    budget,
    log,
    ...timeouts,
  });
  const salesforce = createSalesforce({
    loginUrl: parts.salesforce.url,
    clientId: parts.salesforce.clientId,
    auth: { kind: 'client-credentials', clientSecret: parts.salesforce.clientSecret },
    apiVersion: '67.0',
    budget,
    log,
    ...timeouts,
  });
  // No jitter: what waits is made due by the test.
  const clock: Clock = { ...systemClock, random: () => 0.5 };
  return {
    ledger: createLedger(pool),
    hubspot,
    salesforce,
    budget,
    facts: createOrgFacts({
      hubspot,
      salesforce,
      clock,
      kindsOn: () => ({ companies: mapping.company.isOn, deals: mapping.deal.isOn }),
    }),
    clock,
    log,
    mapping,
    mappingVersion,
    observe: options.observe ?? false,
  };
}
