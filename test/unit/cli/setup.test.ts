import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRun } from '../../../src/cli/command.ts';
import type { CliDependencies } from '../../../src/cli/dependencies.ts';
import { runCommandLine } from '../../../src/cli/program.ts';
import { registerSetup, renderSetup } from '../../../src/cli/setup.ts';
import { SyncError } from '../../../src/errors.ts';
import type { SetupReport } from '../../../src/usecases/setup/run-setup.ts';
import { unaudited } from '../../support/audited.ts';

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'handoff-setup-'));
});

afterAll(() => rm(dataDir, { recursive: true }));

async function runCommand(args: readonly string[], publicUrl: string | null = 'https://handoff.example.com') {
  const lines: string[] = [];
  const codes: number[] = [];
  const program = new Command();
  const run = createRun(
    { print: (line) => void lines.push(line), tell: (line) => void lines.push(line) },
    (code) => void codes.push(code),
  );
  const settings = async () => ({
    publicUrl,
    properties: { contact: ['email', 'phone'], company: null, deal: null },
    apiVersion: '67.0',
    dataDir,
  });
  const withPorts = async () => {
    throw new SyncError('needs-human', 'salesforce_invalid_client', 'Salesforce does not know the app.');
  };
  registerSetup(program, { setup: { settings, withPorts, now: () => 0 }, audited: unaudited }, run);
  await program.parseAsync(['setup', ...args], { from: 'user' });
  return { lines, codes };
}

const report: SetupReport = {
  ok: false,
  applied: false,
  steps: [
    {
      id: 'property',
      system: 'hubspot',
      what: 'property salesforce_person_id',
      where: 'contacts',
      why: 'leads to the person',
      state: 'wrong',
      note: 'its values are not unique',
      action: null,
      after: [],
      outcome: null,
    },
  ],
  warnings: [{ code: 'two_writers', text: 'Two writers.', fix: 'Switch one off.' }],
  folders: [],
  byHand: [{ system: 'hubspot', what: 'The app.', clicks: 'Development > Projects > Install.' }],
};

describe('handoff setup --offline', () => {
  it('writes the HubSpot app folder under DATA_DIR without calling any CRM', async () => {
    const { codes } = await runCommand(['--offline']);

    expect(codes).toEqual([0]);
    const webhooks = await readFile(join(dataDir, 'hubspot-app/src/app/webhooks/webhooks-hsmeta.json'), 'utf8');
    expect(webhooks).toContain('https://handoff.example.com/webhooks/hubspot');
    expect(webhooks).toContain('"propertyName": "phone"');
  });

  it('prints one JSON document with --json', async () => {
    const { lines } = await runCommand(['--offline', '--json', '--export', join(dataDir, 'export')]);

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ok: true, applied: false, steps: [] });
    expect(await readFile(join(dataDir, 'export/package.xml'), 'utf8')).toContain('Handoff_Sync');
  });

  it('says that PUBLIC_URL is needed for the app folder', async () => {
    const { lines } = await runCommand(['--offline'], null);

    expect(lines.join('\n')).toContain('PUBLIC_URL is not set');
  });
});

describe('handoff setup --offline --apply', () => {
  it('is wrong usage: nothing could be applied', async () => {
    const told: string[] = [];
    const refused = () => {
      throw new Error('nothing may be opened');
    };
    const settings = { settings: refused, withPorts: refused, now: () => 0 };
    const dependencies = { print: refused, tell: (line: string) => void told.push(line), setup: settings };

    // Only what this command needs is there; whatever else is asked for fails the test.
    const code = await runCommandLine(['setup', '--offline', '--apply'], dependencies as unknown as CliDependencies);

    expect(code).toBe(2);
    expect(told.join('\n')).toContain("option '--offline' cannot be used with option '--apply'");
  });
});

describe('handoff setup against CRMs that refuse the login', () => {
  it('ends with 1 and says why, as JSON where that was asked for', async () => {
    const { lines, codes } = await runCommand(['--apply', '--json']);

    expect(codes).toEqual([1]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ok: false, error: { code: 'salesforce_invalid_client' } });
  });
});

describe('what handoff setup prints', () => {
  it('shows state, place, reason and what is wrong of each step, every warning with its remedy, and what is left to a person', () => {
    expect(renderSetup(report)).toEqual([
      'WRONG     hubspot    contacts: property salesforce_person_id',
      '                     why: leads to the person',
      '                     its values are not unique',
      'warning   [two_writers] Two writers.',
      '          Switch one off.',
      'by hand   hubspot    The app.',
      '                     Development > Projects > Install.',
      'Some points need a person. Nothing was changed in either CRM.',
    ]);
  });
});
