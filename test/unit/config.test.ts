import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, loadLedgerConfig, loadSetupConfig } from '../../src/config.ts';
import { options } from '../../src/config-options.ts';
import { createSecret } from '../../src/secret.ts';
import { renderEnvExample } from '../../tools/env-example.ts';

const pem = '-----BEGIN PRIVATE KEY-----\\nbm90IGEga2V5\\n-----END PRIVATE KEY-----\\n';

const least = {
  HUBSPOT_ACCESS_TOKEN: 'token-of-hubspot',
  HUBSPOT_CLIENT_SECRET: 'new-secret, old-secret',
  SALESFORCE_LOGIN_URL: 'https://acme.my.salesforce.com',
  SALESFORCE_CLIENT_ID: 'client-id',
  SALESFORCE_CLIENT_SECRET: 'secret-of-salesforce',
};
const { SALESFORCE_CLIENT_SECRET: _, ...withoutAuth } = least;
const jwt = { ...withoutAuth, SALESFORCE_USERNAME: 'handoff@example.com', SALESFORCE_PRIVATE_KEY: pem };

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults;
    throw thrown;
  }
  return [];
}

describe('configuration: the least that works', () => {
  it('observes on embedded PostgreSQL, with the defaults of the contract', () => {
    const config = loadConfig(least);

    expect(config).toMatchObject({
      observe: true,
      databaseUrl: null,
      redisUrl: null,
      port: 3000,
      publicUrl: null,
      pageUrl: null,
      adminTokens: [],
    });
    expect(config).toMatchObject({ mappingsDir: './mappings', logLevel: 'info', sweepMinutes: 15 });
    expect(config.hubspot).toMatchObject({ baseUrl: 'https://api.hubapi.com', ratePer10s: 100, apiPaths: 'v3' });
    expect(config.salesforce).toMatchObject({ apiVersion: '67.0', dailyBudget: { share: 0.5 }, pollSeconds: 30 });
  });

  it.each([
    { set: {}, pageUrl: null },
    { set: { PUBLIC_URL: 'https://hooks.example.com' }, pageUrl: 'https://hooks.example.com' },
    {
      set: { PUBLIC_URL: 'https://hooks.example.com', PAGE_URL: 'https://page.example.com/' },
      pageUrl: 'https://page.example.com',
    },
    { set: { PAGE_URL: 'https://page.example.com' }, pageUrl: 'https://page.example.com' },
  ])('links lead to $pageUrl with $set', ({ set, pageUrl }) => {
    expect([loadConfig({ ...least, ...set }).pageUrl, loadSetupConfig(set).pageUrl]).toEqual([pageUrl, pageUrl]);
  });

  it('takes several client secrets, the new one first', () => {
    expect(loadConfig(least).hubspot.clientSecrets.map((secret) => secret.reveal())).toEqual([
      'new-secret',
      'old-secret',
    ]);
  });

  it('takes an empty variable for an unset one', () => {
    expect(loadConfig({ ...least, DATABASE_URL: '', PORT: ' ' })).toMatchObject({ databaseUrl: null, port: 3000 });
  });

  it('parses admin tokens into names, roles and secrets', () => {
    const { adminTokens } = loadConfig({ ...least, ADMIN_TOKENS: 'ann:admin:abc:def, dash:viewer:xyz' });

    expect(adminTokens.map(({ name, role, token }) => [name, role, token.reveal()])).toEqual([
      ['ann', 'admin', 'abc:def'],
      ['dash', 'viewer', 'xyz'],
    ]);
  });

  it('takes a token for the metrics, or none', () => {
    const { metricsToken } = loadConfig({ ...least, METRICS_TOKEN: 'token-of-prometheus' });

    expect([metricsToken?.reveal(), loadConfig(least).metricsToken]).toEqual(['token-of-prometheus', null]);
  });

  it('trusts no proxy unless it is told how many there are', () => {
    const { trustProxy } = loadConfig({ ...least, TRUST_PROXY: '2' });

    expect([trustProxy, loadConfig(least).trustProxy]).toEqual([2, 0]);
  });

  it('drops the slash at the end of base URLs, which would break signatures', () => {
    expect(loadConfig({ ...least, PUBLIC_URL: 'https://handoff.example.com/' }).publicUrl).toBe(
      'https://handoff.example.com',
    );
  });
});

describe('configuration: wrong values', () => {
  it('tells every fault at once, one line each, with an example', () => {
    const faults = faultsOf({ PORT: 'abc', SYNC_MODE: 'on', SWEEP_MINUTES: '0' });

    expect(faults.map((line) => line.split(' ')[0]).toSorted()).toEqual([
      'HUBSPOT_ACCESS_TOKEN',
      'HUBSPOT_CLIENT_SECRET',
      'PORT',
      'SALESFORCE_CLIENT_ID',
      'SALESFORCE_CLIENT_SECRET',
      'SALESFORCE_LOGIN_URL',
      'SWEEP_MINUTES',
      'SYNC_MODE',
    ]);
    for (const line of faults) expect(line).toMatch(/^[A-Z_0-9]+ [^\n]+ Example: [A-Z_0-9]+=[^\n]+$/);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '3000.5'],
    ['SYNC_MODE', 'Live'],
    ['LOG_LEVEL', 'verbose'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['REDIS_URL', 'localhost:6379'],
    ['PUBLIC_URL', 'handoff.example.com'],
    ['PUBLIC_URL', 'http://handoff.example.com'],
    ['PUBLIC_URL', 'https://user:word@handoff.example.com'],
    ['HUBSPOT_BASE_URL', 'http://api.hubapi.com'],
    ['HUBSPOT_BASE_URL', 'http://127.0.0.1.example.com'],
    ['SALESFORCE_LOGIN_URL', 'http://acme.my.salesforce.com'],
    ['HUBSPOT_API_PATHS', 'v4'],
    ['HUBSPOT_RATE_PER_10S', '0'],
    ['HUBSPOT_CLIENT_SECRET', ' , '],
    ['ADMIN_TOKENS', 'ann:root:abc'],
    ['ADMIN_TOKENS', 'ann:admin:'],
    ['ADMIN_TOKENS', 'justatoken'],
    ['ADMIN_TOKENS', 'ann:admin:abc,sync:viewer:def'],
    ['ADMIN_TOKENS', 'Metrics:viewer:abc'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '11'],
    ['METRICS_TOKEN', 'short'],
    ['METRICS_TOKEN', 'two words that are long enough'],
    ['SALESFORCE_API_VERSION', '67'],
    ['SALESFORCE_DAILY_BUDGET', '0'],
    ['SALESFORCE_DAILY_BUDGET', '1.5'],
    ['SALESFORCE_DAILY_BUDGET', 'half'],
    ['SALESFORCE_POLL_SECONDS', '-1'],
  ])('%s=%s stops the start', (name, value) => {
    const faults = faultsOf({ ...least, [name]: value });

    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} `));
  });

  it.each(['http://localhost:1234', 'http://127.0.0.1:1234', 'http://127.9.9.9', 'http://[::1]:1234'])(
    '%s may be called without TLS',
    (url) => {
      expect(faultsOf({ ...least, HUBSPOT_BASE_URL: url, SALESFORCE_LOGIN_URL: url, PUBLIC_URL: url })).toEqual([]);
    },
  );

  it.each([
    ['0.25', { share: 0.25 }],
    ['1', { share: 1 }],
    ['20000', { calls: 20_000 }],
  ])('a daily budget of %s is %o', (text, budget) => {
    expect(loadConfig({ ...least, SALESFORCE_DAILY_BUDGET: text }).salesforce.dailyBudget).toEqual(budget);
  });

  it('never shows the value of a secret', () => {
    const hidden = 'do-not-show-this';
    const secrets = options.filter((option) => 'secret' in option).map(({ name }) => name);

    const faults = faultsOf({ ...Object.fromEntries(secrets.map((name) => [name, hidden])), PORT: 'x' });

    expect(secrets).toContain('SALESFORCE_PRIVATE_KEY');
    expect(faults.length).toBeGreaterThan(3);
    expect(faults.join('\n')).not.toContain(hidden);
  });
});

describe('configuration: how Salesforce is logged in to', () => {
  it.each([
    ['https://acme.my.salesforce.com', 'https://login.salesforce.com'],
    ['https://acme--dev.sandbox.my.salesforce.com', 'https://test.salesforce.com'],
    ['https://test.salesforce.com', 'https://test.salesforce.com'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
  ])('the audience for %s is %s', (loginUrl, audience) => {
    expect(loadConfig({ ...jwt, SALESFORCE_LOGIN_URL: loginUrl }).salesforce.auth).toMatchObject({
      flow: 'jwt_bearer',
      audience,
    });
  });

  it('an audience of one’s own beats the rule', () => {
    const config = loadConfig({ ...jwt, SALESFORCE_JWT_AUDIENCE: 'https://login.example.com' });

    expect(config.salesforce.auth).toMatchObject({ audience: 'https://login.example.com' });
  });

  it('reads the key with its line ends from the variable, or from the file it names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'handoff-config-'));
    writeFileSync(join(folder, 'key.pem'), pem.replaceAll('\\n', '\n'));
    const keys = [pem, `@${join(folder, 'key.pem')}`].map((key) => {
      const { auth } = loadConfig({ ...jwt, SALESFORCE_PRIVATE_KEY: key }).salesforce;
      return auth.flow === 'jwt_bearer' ? auth.privateKey.reveal() : null;
    });
    rmSync(folder, { recursive: true });

    expect(keys).toEqual([pem.replaceAll('\\n', '\n'), pem.replaceAll('\\n', '\n')]);
  });

  it.each([
    ['both flows', { ...jwt, SALESFORCE_CLIENT_SECRET: 'x' }, 'SALESFORCE_CLIENT_SECRET'],
    ['neither flow', withoutAuth, 'SALESFORCE_CLIENT_SECRET'],
    ['a key without a user', { ...withoutAuth, SALESFORCE_PRIVATE_KEY: pem }, 'SALESFORCE_USERNAME'],
    ['a user without a key', { ...withoutAuth, SALESFORCE_USERNAME: 'a@example.com' }, 'SALESFORCE_PRIVATE_KEY'],
    ['a key that is none', { ...jwt, SALESFORCE_PRIVATE_KEY: 'abc' }, 'SALESFORCE_PRIVATE_KEY'],
    ['a key file that is not there', { ...jwt, SALESFORCE_PRIVATE_KEY: '@/nowhere/key.pem' }, 'SALESFORCE_PRIVATE_KEY'],
  ])('%s is one fault', (_case, environment, name) => {
    expect(faultsOf(environment)).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
  });
});

describe('configuration: who needs what', () => {
  it('commands on the ledger need no CRM, and are not stopped by its faults', () => {
    expect(loadLedgerConfig({ HUBSPOT_BASE_URL: 'nonsense', DATA_DIR: '/srv/handoff' })).toMatchObject({
      observe: true,
      dataDir: '/srv/handoff',
    });
    expect(() => loadLedgerConfig({ DATABASE_URL: 'nonsense' })).toThrow(ConfigError);
  });

  it('setup knows the public URL without credentials', () => {
    expect(loadSetupConfig({ PUBLIC_URL: 'https://handoff.example.com' })).toMatchObject({
      publicUrl: 'https://handoff.example.com',
      apiVersion: '67.0',
    });
  });
});

describe('configuration: .env', () => {
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'handoff-env-'));

  beforeAll(() => process.chdir(folder));
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  it('is read from the working folder, and the process environment beats it', () => {
    writeFileSync('.env', 'MAPPINGS_DIR=./from-file\nLOG_LEVEL="debug"\n');
    process.env.MAPPINGS_DIR = './from-process';
    try {
      expect(loadLedgerConfig()).toMatchObject({ mappingsDir: './from-process', logLevel: 'debug' });
    } finally {
      delete process.env.MAPPINGS_DIR;
    }
  });
});

describe('.env.example', () => {
  it('is what the option table says', () => {
    expect(readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')).toBe(renderEnvExample());
  });
});

describe('a secret', () => {
  it('shows itself to nobody who does not ask for it', () => {
    const secret = createSecret('hush');

    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { showHidden: true }),
    ];

    expect(shown.join()).not.toContain('hush');
    expect(shown[0]).toBe('[secret]');
    expect(secret.reveal()).toBe('hush');
  });
});
