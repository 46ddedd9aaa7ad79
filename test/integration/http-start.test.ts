import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startHttpService } from '../support/http-service.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
const cwd = mkdtempSync(join(tmpdir(), 'handoff-start-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function run(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const credentials = {
  HUBSPOT_ACCESS_TOKEN: 'a-token-not-to-be-shown',
  HUBSPOT_CLIENT_SECRET: 'b',
  SALESFORCE_LOGIN_URL: 'http://127.0.0.1:9',
  SALESFORCE_CLIENT_ID: 'c',
  SALESFORCE_CLIENT_SECRET: 'd',
};

describe('starting: what a person must mend first', () => {
  it('prints every fault of the configuration at once and exits 1', () => {
    const { status, stderr } = run(['start'], { PORT: 'abc', HUBSPOT_ACCESS_TOKEN: 'a-token-not-to-be-shown' });

    expect(status).toBe(1);
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toContain('PORT');
    expect(stderr.trim().split('\n').length).toBeGreaterThan(3);
    expect(stderr).not.toContain('not-to-be-shown');
  });

  it.each(['http', 'worker'])('refuses the embedded database with --role %s alone', (role) => {
    const { status, stderr } = run(['start', '--role', role], credentials);

    expect(status).toBe(1);
    expect(stderr).toContain('Set DATABASE_URL');
  });

  it.each([
    [['nonsense']],
    [['start', '--role', 'nobody']],
    [['approve']],
    [['explain']],
    [['failures', '--limit', '0']],
  ])('%j is wrong usage and exits 2', (args) => {
    expect(run(args).status).toBe(2);
  });

  it('prints one JSON document for a fault where JSON was asked for', () => {
    const { status, stdout } = run(['status', '--json'], { DATABASE_URL: 'nonsense' });

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
  });

  it('refuses a ledger that belongs to another portal', async () => {
    const first = await startHttpService();
    await first.service.ready;
    const second = await startHttpService({ databaseUrl: first.databaseUrl, portalId: first.portalId + 1 });

    await expect(second.service.ready).rejects.toMatchObject({ kind: 'needs-human', code: 'other_portal' });
    await second.close();
    await first.close();
  });
});
