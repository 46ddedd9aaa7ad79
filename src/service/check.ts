import type pg from 'pg';
import { openFolder } from '../cli/folder.ts';
import { type Config, ConfigError, loadConfig, loadMappingsDir } from '../config.ts';
import type { Finding } from '../domain/finding.ts';
import type { ServiceLog } from '../log.ts';
import { createLedger } from '../store/ledger.ts';
import { migrate } from '../store/migrate.ts';
import { toLedgerError } from '../store/pool.ts';
import { compareAppFolder } from '../usecases/check/compare-webhooks.ts';
import { runCheck } from '../usecases/check/run-check.ts';
import { toFinding } from '../usecases/check-crms.ts';
import { type Crms, createCrms } from './adapters.ts';
import { createCommandBudget } from './budget.ts';
import { systemClock } from './clock.ts';
import { type Database, dataDirOf } from './database.ts';
import { checkMappings, loadMappingOrThrow } from './mapping.ts';

type InDatabase = <Result>(
  config: Config,
  work: (database: Database, log: ServiceLog) => Promise<Result>,
) => Promise<Result>;

/**
 * Everything that is wrong, as findings: the mappings; unless `offline` the configuration too; and where both hold, the ledger's
 * database, the credentials and both live schemas. Never throws.
 */
export async function check(offline: boolean, inDatabase: InDatabase): Promise<readonly Finding[]> {
  const mappings = attempt(() => checkMappings(loadMappingsDir()));
  if (offline) return mappings.value ?? mappings.faults;
  const configured = attempt(() => loadConfig());
  // A wrong MAPPINGS_DIR is among the faults of the configuration already.
  const found = [...(mappings.value ?? []), ...configured.faults];
  const config = configured.value;
  if (config === null || found.some(({ severity }) => severity === 'error')) return found;
  try {
    return await inDatabase(config, async ({ pool }, log) => {
      await migrate(pool);
      const crms = createCrms(config, await createCommandBudget(config, pool), log);
      return [...found, ...(await checkOnline(config, pool, crms))];
    });
  } catch (thrown) {
    return [...found, toFinding('Ledger', toLedgerError(thrown))];
  }
}

/** Everything that can be asked of both CRMs, and of what is on this machine. A look of a person is compared, and not kept. */
async function checkOnline(config: Config, pool: pg.Pool, crms: Crms): Promise<readonly Finding[]> {
  const ledger = createLedger(pool);
  const mapping = loadMappingOrThrow(config.mappingsDir);
  const { pollSeconds, dailyBudget } = config.salesforce;
  const hasRun = (await ledger.status()).mappingVersion !== null;
  const given = { ports: crms, ledger, mapping, settings: { pollSeconds, dailyBudget }, clock: systemClock };
  const { findings, fault } = await runCheck(given, { keep: false, knowsEvents: hasRun });
  if (fault !== null) return findings;
  const folder = openFolder(`${dataDirOf(config)}/hubspot-app`);
  return [...findings, ...(await compareAppFolder(folder, mapping, config.publicUrl))];
}

/** The value, or the faults of the configuration that keep it from being read. */
function attempt<Value>(read: () => Value): { value: Value | null; faults: readonly Finding[] } {
  try {
    return { value: read(), faults: [] };
  } catch (thrown) {
    if (thrown instanceof ConfigError) return { value: null, faults: thrown.faults.map(toConfigFinding) };
    return { value: null, faults: [toFinding('Handoff', thrown)] };
  }
}

function toConfigFinding(fault: string): Finding {
  return {
    severity: 'error',
    code: 'config_fault',
    file: '.env',
    line: 0,
    column: 0,
    what: fault,
    why: 'The service does not start before it is set right.',
    fix: 'Correct it in .env or in the environment of the process; .env.example says what each variable is.',
  };
}
