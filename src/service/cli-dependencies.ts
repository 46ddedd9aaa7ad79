import { userInfo } from 'node:os';
import { createWebhook } from '../alerts/webhook.ts';
import type { Audited, CliAction } from '../cli/audited.ts';
import type { CliDependencies } from '../cli/dependencies.ts';
import { type Config, loadConfig, loadLedgerConfig, loadSetupConfig } from '../config.ts';
import { writeTest } from '../domain/alerts/write-message.ts';
import { isLoopback } from '../domain/loopback.ts';
import { toSyncError } from '../errors.ts';
import { createLog, type ServiceLog } from '../log.ts';
import type { LedgerPort } from '../ports/ledger.ts';
import type { ActionLedger } from '../ports/ledger-access.ts';
import { createSalesforceSetup } from '../salesforce/metadata.ts';
import { chooseDataDir } from '../store/embedded.ts';
import { createLedger } from '../store/ledger.ts';
import { migrate } from '../store/migrate.ts';
import { recordAction } from '../usecases/access/record-action.ts';
import type { MappingDesk } from '../usecases/preview/mapping-desk.ts';
import { syncedPropertiesOf } from '../usecases/setup/hubspot-app.ts';
import { thawFields } from '../usecases/thaw-fields.ts';
import { createCrms } from './adapters.ts';
import { createCommandBudget } from './budget.ts';
import { check } from './check.ts';
import { createCore } from './core.ts';
import { type Database, dataDirOf, openDatabase } from './database.ts';
import { loadMappingOrThrow } from './mapping.ts';
import { loadActive, openMappingDesk } from './mappings.ts';
import { runService } from './run-service.ts';
import { createConfirm, openRunSession } from './run-session.ts';
import { createInterruptible } from './work-in-process.ts';

const commandUser = () => `${userInfo().username} (command line)`;

const tell = (line: string) => void process.stderr.write(`${line}\n`);

/** Whoever can start a command holds the credentials themselves: there is no role. */
const audited: Audited = async (ledger, { code, target = null, details = {} }, work, learn) =>
  await recordAction(
    {
      ledger,
      onUnnoted: (thrown) => tell(`It was done. The audit log could not note it (${toSyncError(thrown).code}).`),
    },
    { actor: userInfo().username, role: null, via: 'cli', code, target, details },
    work,
    learn,
  );

const isHubSpotId = (named: string) => /^\d{1,32}$/.test(named);

/** Builds what the commands need; nothing is opened before a command asks for it. */
export function createCliDependencies({ exitNow }: { exitNow(code: number): void }): CliDependencies {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  return {
    print,
    tell,
    user: commandUser,
    audited,
    mode: () => (loadLedgerConfig().observe ? 'observe' : 'live'),
    withLedger: async (work) => await withLedger(loadLedgerConfig(), ({ ledger }) => work(ledger)),
    withMappings: async (work) => await withMappings(loadConfig(), work),
    withExplain: async (work) => await withCore(loadConfig(), (core) => work(core)),
    async thaw({ object, named }, field) {
      const recordId = isHubSpotId(named)
        ? named
        : await withCore(loadConfig(), async ({ explain, explainRecord }) =>
            object === 'contact' ? (await explain(named)).contactId : (await explainRecord(object, named)).recordId,
          );
      const { mappingsDir } = loadSetupConfig();
      const by = commandUser();
      const action: CliAction = {
        code: `${object}_thaw`,
        target: { kind: object, id: recordId },
        details: field === undefined ? {} : { field },
      };
      const thawed = await withLedger(loadLedgerConfig(), async ({ ledger }) => {
        const mapping = await loadActive(ledger, mappingsDir);
        const work = async () => await thawFields({ ledger, mapping }, { object, recordId, by, field });
        return await audited(ledger, action, work, (count) => ({ details: { thawed: count } }));
      });
      return { recordId, thawed };
    },
    migrate: async () => await withDatabase(loadLedgerConfig(), ({ pool }) => migrate(pool)),
    demo: async (options) => {
      const { playDemo } = await import('../demo/play.ts');
      return await playDemo({ ...options, print, tell, stopped: waitForSignal(exitNow) });
    },
    sandbox: async () => {
      const { runSandbox } = await import('../demo/sandbox.ts');
      const { port, publicUrl } = loadSetupConfig();
      const here = publicUrl !== null && isLoopback(new URL(publicUrl).hostname);
      const serviceUrl = here ? publicUrl : `http://localhost:${port}`;
      const dataDir = chooseDataDir('./data-sandbox', '/var/lib/handoff-sandbox');
      return await runSandbox({ print, serviceUrl, port, dataDir, stopped: waitForSignal(exitNow) });
    },
    start: async (role) => await runService({ role, tell, exitNow }),
    check: async ({ offline }) => await check(offline, withDatabase),
    alerts: {
      hasWebhook: () => loadSetupConfig().alertWebhookUrl !== null,
      async sendTest() {
        const config = loadSetupConfig();
        if (config.alertWebhookUrl === null) return null;
        return await createWebhook({ url: config.alertWebhookUrl.reveal() }).send(
          writeTest(config.pageUrl, Date.now()),
        );
      },
    },
    setup: {
      async settings() {
        const config = loadSetupConfig();
        const { publicUrl, apiVersion } = config;
        const mapping = loadMappingOrThrow(config.mappingsDir);
        return { publicUrl, apiVersion, properties: syncedPropertiesOf(mapping), dataDir: dataDirOf(config) };
      },
      withPorts: async (work) => {
        const config = loadConfig();
        return await withDatabase(config, async ({ pool }, log) => {
          await migrate(pool);
          const { hubspot, salesforce } = createCrms(config, await createCommandBudget(config, pool), log);
          const salesforceSetup = createSalesforceSetup(() => salesforce.connection());
          return await work({ hubspot, salesforce, salesforceSetup }, createLedger(pool));
        });
      },
      now: () => Date.now(),
    },
    runs: {
      withRuns: async (work) => {
        const config = loadConfig();
        return await withLedger(config, async (opened) => await work(await openRunSession(config, opened)));
      },
      confirm: createConfirm(),
      interruptible: createInterruptible(exitNow),
    },
  };
}

/** One Ctrl-C can come twice, from the terminal and from what started us; a signal after that is the person's second. */
const sameSignalMs = 1_000;

/** The exit code of the first signal. A second one ends the process at once. */
function waitForSignal(exitNow: (code: number) => void): Promise<number> {
  return new Promise((done) => {
    let firstAt: number | null = null;
    const onSignal = (code: number) => {
      if (firstAt !== null && performance.now() - firstAt > sameSignalMs) return exitNow(code);
      firstAt ??= performance.now();
      done(code);
    };
    process.on('SIGINT', () => onSignal(130));
    process.on('SIGTERM', () => onSignal(143));
  });
}

type Opened = { database: Database; ledger: LedgerPort; log: ServiceLog };

/** Only warnings: the log shares standard error with what the command tells. */
const commandLog = () => createLog('warn');

async function withDatabase<Result>(
  config: Parameters<typeof openDatabase>[0],
  work: (database: Database, log: ServiceLog) => Promise<Result>,
): Promise<Result> {
  const log = commandLog();
  const database = await openDatabase(config, log);
  try {
    return await work(database, log);
  } finally {
    await database.close();
  }
}

async function withLedger<Result>(
  config: Parameters<typeof openDatabase>[0],
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  return await withDatabase(config, async (database, log) => {
    await migrate(database.pool);
    return await work({ database, ledger: createLedger(database.pool), log });
  });
}

async function withMappings<Result>(
  config: Config,
  work: (desk: MappingDesk, actions: ActionLedger) => Promise<Result>,
): Promise<Result> {
  return await withLedger(config, async ({ database, ledger, log }) => {
    const crms = createCrms(config, await createCommandBudget(config, database.pool), log);
    return await work(openMappingDesk({ config, ledger, crms, log }), ledger);
  });
}

async function withCore<Result>(
  config: Config,
  work: (core: ReturnType<typeof createCore>) => Promise<Result>,
): Promise<Result> {
  return await withLedger(config, async ({ database, ledger, log }) => {
    const mapping = await loadActive(ledger, config.mappingsDir);
    const budget = await createCommandBudget(config, database.pool);
    const crms = createCrms(config, budget, log);
    const maintain = async () => undefined;
    return await work(createCore({ config, ledger, budget, crms, mapping, mappingVersion: 0, log, maintain }));
  });
}
