import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';

const root = join(import.meta.dirname, '../..');

let hubspot: HubSpotSandbox;
let salesforce: SalesforceSandbox;
let dataDir: string;

beforeAll(async () => {
  hubspot = await startHubSpotSandbox();
  hubspot.properties.remove('contacts', 'salesforce_person_id');
  salesforce = await startSalesforceSandbox({ withHandoffFields: false });
  dataDir = await mkdtemp(join(tmpdir(), 'handoff-setup-command-'));
  // Root lends PostgreSQL another account, which must be able to come here.
  await chmod(dataDir, 0o755);
});

afterAll(async () => {
  await hubspot.close();
  await salesforce.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Runs the command as a person would: with the variables of `.env` alone. */
function handoff(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      PUBLIC_URL: 'https://handoff.example.com',
      HUBSPOT_ACCESS_TOKEN: hubspot.accessToken,
      HUBSPOT_CLIENT_SECRET: hubspot.clientSecret,
      HUBSPOT_BASE_URL: hubspot.url,
      SALESFORCE_LOGIN_URL: salesforce.url,
      SALESFORCE_CLIENT_ID: salesforce.clientId,
      SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
    },
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      text[name] += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text }));
  });
}

const answer = z.object({
  ok: z.boolean(),
  steps: z.array(
    z.object({ id: z.string(), state: z.string(), outcome: z.object({ outcome: z.string() }).nullable() }),
  ),
});

const webhooks = z.object({
  config: z.object({
    subscriptions: z.object({
      legacyCrmObjects: z.array(z.object({ subscriptionType: z.string(), propertyName: z.string().optional() })),
    }),
  }),
});

describe('handoff setup as a person runs it', () => {
  it('shows, applies, and finds nothing to do afterwards', async () => {
    const shown = await handoff('setup');
    expect(shown.stderr).toBe('');
    expect(shown.stdout).toContain('Run with --apply to carry out 11 steps.');
    expect(shown.code).toBe(0);

    const applied = await handoff('setup', '--apply', '--json');
    expect(applied.code, applied.stderr).toBe(0);
    expect(answer.parse(JSON.parse(applied.stdout)).steps.map(({ outcome }) => outcome?.outcome)).toEqual(
      Array.from({ length: 11 }, () => 'done'),
    );

    const again = await handoff('setup');
    expect(again.stdout).toContain('Nothing to do.');
    expect(again.code).toBe(0);
  });

  it('subscribes the app to every property of the mapping that comes with the project', async () => {
    await handoff('setup', '--offline');

    const text = await readFile(join(dataDir, 'hubspot-app/src/app/webhooks/webhooks-hsmeta.json'), 'utf8');
    const { subscriptions } = webhooks.parse(JSON.parse(text)).config;
    const watched = subscriptions.legacyCrmObjects.map(
      ({ subscriptionType, propertyName }) => `${subscriptionType}:${propertyName ?? ''}`,
    );
    for (const property of ['email', 'lastname', 'lifecyclestage', 'hubspot_owner_id', 'zip']) {
      expect(watched).toContain(`contact.propertyChange:${property}`);
    }
    for (const property of ['company:domain', 'deal:dealstage', 'deal:amount', 'deal:closedate', 'deal:pipeline']) {
      const [object, name] = property.split(':');
      expect(watched).toContain(`${object}.propertyChange:${name}`);
    }
    for (const id of [
      'contact:salesforce_person_id',
      'company:salesforce_account_id',
      'deal:salesforce_opportunity_id',
    ]) {
      expect(watched).toContain(id.replace(':', '.propertyChange:'));
    }
    expect(watched).toContain('deal.associationChange:');
    expect(new Set(watched).size).toBe(watched.length);
  });

  it('leaves nothing that handoff check would call an error', async () => {
    const { code, stdout, stderr } = await handoff('check', '--json');

    expect(JSON.parse(stdout || stderr)).toMatchObject({ ok: true, findings: [{ code: 'no_fallback_owner' }] });
    expect(code).toBe(0);
  });

  it('prints neither the token nor the secrets', async () => {
    const [setup, check] = [await handoff('setup', '--json'), await handoff('check')];
    const printed = [setup.stdout, setup.stderr, check.stdout, check.stderr].join('\n');

    for (const secret of [hubspot.accessToken, hubspot.clientSecret, salesforce.clientSecret]) {
      expect(printed).not.toContain(secret);
    }
  });
});
