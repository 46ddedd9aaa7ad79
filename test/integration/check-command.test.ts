import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { unusedPort } from '../support/http-service.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;
let faulty: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'handoff-check-'));
  // Root lends PostgreSQL another account, which must be able to come here.
  chmodSync(folder, 0o755);
  faulty = join(folder, 'faulty');
  cpSync(join(root, 'mappings'), faulty, { recursive: true });
  const gate = join(faulty, 'gate.yaml');
  writeFileSync(gate, `${readFileSync(gate, 'utf8')}\nnonsense: true\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const answer = z.strictObject({
  ok: z.boolean(),
  findings: z.array(
    z.strictObject({
      severity: z.enum(['error', 'warning']),
      code: z.string(),
      file: z.string(),
      line: z.number(),
      column: z.number(),
      what: z.string(),
      why: z.string(),
      fix: z.string(),
    }),
  ),
});

/** Runs `handoff check --json` with these variables alone; its answer has its shape whatever is wrong. */
async function check(env: Record<string, string>, ...args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'check', '--json', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, MAPPINGS_DIR: join(root, 'mappings'), ...env },
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.err += part));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  expect(`${text.out}${text.err}`).not.toMatch(/\n\s+at /);
  const { ok, findings } = answer.parse(JSON.parse(text.out));
  const places = findings.filter(({ severity }) => severity === 'error').map((at) => `${at.code} ${at.file}`);
  return { code, ok, findings, errors: places };
}

const crms = async () => {
  const nobody = `http://127.0.0.1:${await unusedPort()}`;
  return {
    HUBSPOT_ACCESS_TOKEN: 'a-token-of-nobody',
    HUBSPOT_CLIENT_SECRET: 'a-secret-of-nobody',
    HUBSPOT_BASE_URL: nobody,
    SALESFORCE_LOGIN_URL: nobody,
    SALESFORCE_CLIENT_ID: 'nobody',
    SALESFORCE_CLIENT_SECRET: 'another-secret-of-nobody',
  };
};

describe('handoff check --json', () => {
  it('tells faults of the configuration beside those of the mappings', async () => {
    const { code, ok, findings, errors } = await check({ MAPPINGS_DIR: faulty, SYNC_MODE: 'nonsense' });

    expect([code, ok]).toEqual([1, false]);
    expect(errors).toEqual(expect.arrayContaining(['config_fault .env', expect.stringMatching(/^unknown_key .*gate/)]));
    const faults = findings.filter(({ file }) => file === '.env');
    expect(faults.map(({ what }) => what.split(' ')[0])).toEqual(
      expect.arrayContaining(['SYNC_MODE', 'HUBSPOT_ACCESS_TOKEN', 'SALESFORCE_CLIENT_ID']),
    );
    expect(faults[0]).toMatchObject({ code: 'config_fault', line: 0, column: 0 });
  });

  it('needs no configuration with --offline', async () => {
    expect(await check({ SYNC_MODE: 'nonsense' }, '--offline')).toMatchObject({ code: 0, ok: true, errors: [] });
  });

  it('tells a database that is away in one finding', async () => {
    const away = `postgresql://nobody@127.0.0.1:${await unusedPort()}/none`;

    const { code, errors } = await check({ ...(await crms()), DATABASE_URL: away });

    expect([code, errors]).toEqual([1, ['ledger_unreachable ']]);
  });

  it('tells CRMs that are away in one finding each', async () => {
    const { code, findings } = await check({ ...(await crms()), DATA_DIR: join(folder, 'data') });

    const about = findings.filter(({ severity }) => severity === 'error').map(({ what }) => what.split(':')[0]);
    expect([code, about]).toEqual([1, ['HubSpot', 'Salesforce']]);
  });
});
