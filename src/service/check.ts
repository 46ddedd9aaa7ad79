import { type Config, ConfigError, loadConfig, loadMappingsDir } from '../config.ts';
import type { Finding } from '../domain/finding.ts';
import type { ServiceLog } from '../log.ts';
import { migrate } from '../store/migrate.ts';
import { toLedgerError } from '../store/pool.ts';
import { checkCrms, toFinding } from '../usecases/check-crms.ts';
import { createCrms } from './adapters.ts';
import { createCommandBudget } from './budget.ts';
import type { Database } from './database.ts';
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
      return [...found, ...(await checkCrms(crms, loadMappingOrThrow(config.mappingsDir)))];
    });
  } catch (thrown) {
    return [...found, toFinding('Ledger', toLedgerError(thrown))];
  }
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
