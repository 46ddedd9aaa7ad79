import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { type Option, type OptionGroup, options } from './config-options.ts';
import { readSalesforceAuth, type SalesforceAuth } from './config-salesforce.ts';
import type { AdminToken } from './config-schemas.ts';
import type { Secret } from './secret.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Row = (typeof options)[number];
/** The parsed value of a row; undefined where it may be unset. */
type Value<Name extends Row['name']> =
  | z.output<Extract<Row, { name: Name }>['schema']>
  | (Extract<Row, { name: Name }> extends { default: string } | { required: true } ? never : undefined);

/** What every command needs: where the ledger and the queue are. */
export type LedgerConfig = {
  observe: boolean;
  /** Null: embedded PostgreSQL under the data directory. */
  databaseUrl: Secret | null;
  /** Null: `./data`, or for root below a path that others cannot read `/var/lib/handoff`. */
  dataDir: string | null;
  /** Null: queues on PostgreSQL. */
  redisUrl: Secret | null;
  logLevel: Value<'LOG_LEVEL'>;
  mappingsDir: string;
};

/** What the service and the commands that talk to the CRMs need. */
export type Config = LedgerConfig & {
  port: number;
  /** Null: `http://localhost` and the port. */
  publicUrl: string | null;
  /** Where people open the page; null: nobody has said so. */
  pageUrl: string | null;
  adminTokens: readonly AdminToken[];
  /** Reads `/metrics` and nothing else; null: only the admin tokens do. */
  metricsToken: Secret | null;
  /** How many proxies stand before us; they tell whose address a request comes from. */
  trustProxy: number;
  /** Null: incidents are recorded and shown, and nobody is told. */
  alertWebhookUrl: Secret | null;
  sweepMinutes: number;
  /** In UTC; null: both CRMs are not compared by themselves. */
  compareAt: { hour: number; minute: number } | null;
  checkAtStart: Value<'CHECK_AT_START'>;
  hubspot: {
    accessToken: Secret;
    clientSecrets: readonly Secret[];
    baseUrl: string;
    ratePer10s: number;
    apiPaths: Value<'HUBSPOT_API_PATHS'>;
  };
  salesforce: {
    loginUrl: string;
    clientId: string;
    auth: SalesforceAuth;
    apiVersion: string;
    dailyBudget: { share: number } | { calls: number };
    pollSeconds: number;
  };
};

/** Everything that is wrong with the environment, one line each. Holds names, never values. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads the configuration of the service.
 * @throws ConfigError with every fault at once
 */
export function loadConfig(environment: Environment = readEnvironment()): Config {
  const reader = createReader(environment, ['ledger', 'mappings', 'setup', 'http', 'crm']);
  const ledger = readLedgerConfig(reader);
  const auth = readSalesforceAuth(reader);
  reader.finish();
  return Object.freeze({
    ...ledger,
    port: reader.read('PORT'),
    publicUrl: reader.read('PUBLIC_URL') ?? null,
    pageUrl: reader.read('PAGE_URL') ?? reader.read('PUBLIC_URL') ?? null,
    adminTokens: reader.read('ADMIN_TOKENS') ?? [],
    metricsToken: reader.read('METRICS_TOKEN') ?? null,
    trustProxy: reader.read('TRUST_PROXY'),
    alertWebhookUrl: reader.read('ALERT_WEBHOOK_URL') ?? null,
    sweepMinutes: reader.read('SWEEP_MINUTES'),
    compareAt: reader.read('COMPARE_AT'),
    checkAtStart: reader.read('CHECK_AT_START'),
    hubspot: {
      accessToken: reader.read('HUBSPOT_ACCESS_TOKEN'),
      clientSecrets: reader.read('HUBSPOT_CLIENT_SECRET'),
      baseUrl: reader.read('HUBSPOT_BASE_URL'),
      ratePer10s: reader.read('HUBSPOT_RATE_PER_10S'),
      apiPaths: reader.read('HUBSPOT_API_PATHS'),
    },
    salesforce: {
      loginUrl: reader.read('SALESFORCE_LOGIN_URL'),
      clientId: reader.read('SALESFORCE_CLIENT_ID'),
      auth,
      apiVersion: reader.read('SALESFORCE_API_VERSION'),
      dailyBudget: reader.read('SALESFORCE_DAILY_BUDGET'),
      pollSeconds: reader.read('SALESFORCE_POLL_SECONDS'),
    },
  });
}

/**
 * Reads what commands need that work on the ledger or the mappings alone; faults of other variables do not stop them.
 * @throws ConfigError with every fault at once
 */
export function loadLedgerConfig(environment: Environment = readEnvironment()): LedgerConfig {
  const reader = createReader(environment, ['ledger', 'mappings']);
  const config = readLedgerConfig(reader);
  reader.finish();
  return Object.freeze(config);
}

/** Where the mapping files are. @throws ConfigError */
export function loadMappingsDir(environment: Environment = readEnvironment()): string {
  const reader = createReader(environment, ['mappings']);
  reader.finish();
  return reader.read('MAPPINGS_DIR');
}

/**
 * Reads what `handoff setup` needs to write its folders and `handoff sandbox` to be found: no credentials.
 * @throws ConfigError with every fault at once
 */
export function loadSetupConfig(environment: Environment = readEnvironment()) {
  const reader = createReader(environment, ['ledger', 'mappings', 'setup']);
  const config = readLedgerConfig(reader);
  reader.finish();
  const [publicUrl, apiVersion] = [reader.read('PUBLIC_URL') ?? null, reader.read('SALESFORCE_API_VERSION')];
  const alertWebhookUrl = reader.read('ALERT_WEBHOOK_URL') ?? null;
  const pageUrl = reader.read('PAGE_URL') ?? publicUrl;
  return Object.freeze({ ...config, port: reader.read('PORT'), publicUrl, pageUrl, apiVersion, alertWebhookUrl });
}

/** The environment of the process laid over `.env` in the working folder. The only reader of both. */
function readEnvironment(): Environment {
  return { ...readEnvFile(resolve('.env')), ...process.env };
}

function readEnvFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return {};
    throw new ConfigError([`.env cannot be read: ${path}`]);
  }
}

export type Reader = {
  /** The value of a variable. Where it is wrong the fault is kept and `finish` throws before anybody can use the value. */
  read<Name extends Row['name']>(name: Name): Value<Name>;
  isSet(name: Row['name']): boolean;
  fault(name: Row['name'], what: string): void;
  finish(): void;
};

function createReader(environment: Environment, groups: readonly OptionGroup[]): Reader {
  const faults = new Map<string, string>();
  const values = new Map<string, unknown>();
  const isSet = (name: string) => (environment[name] ?? '').trim() !== '';
  const fault = (name: string, what: string) => {
    const example = options.find((option) => option.name === name)?.example;
    if (!faults.has(name)) faults.set(name, `${name} ${what}. Example: ${name}=${example}`);
  };
  for (const option of options as readonly Option[]) {
    if (!groups.includes(option.group)) continue;
    const text = isSet(option.name) ? (environment[option.name] ?? '').trim() : option.default;
    if (text === undefined) {
      if (option.required === true) fault(option.name, 'is missing');
      continue;
    }
    const parsed = option.schema.safeParse(text);
    if (parsed.success) values.set(option.name, parsed.data);
    else fault(option.name, parsed.error.issues.map(({ message }) => message).join('; and '));
  }
  return {
    // The table gives the type of each value; the map cannot express that.
    read: <Name extends Row['name']>(name: Name) => values.get(name) as Value<Name>,
    isSet,
    fault,
    finish() {
      if (faults.size > 0) throw new ConfigError([...faults.values()]);
    },
  };
}

function readLedgerConfig(reader: Reader): LedgerConfig {
  const databaseUrl = reader.read('DATABASE_URL') ?? null;
  return {
    observe: reader.read('SYNC_MODE') !== 'live',
    databaseUrl,
    dataDir: reader.read('DATA_DIR') ?? null,
    redisUrl: reader.read('REDIS_URL') ?? null,
    logLevel: reader.read('LOG_LEVEL'),
    mappingsDir: reader.read('MAPPINGS_DIR'),
  };
}
