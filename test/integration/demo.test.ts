import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeWorkFolder, pressControlC, runCommand, untilSaid, type WorkFolder } from '../support/command-process.ts';

const storyMs = 150_000;

let work: WorkFolder;
const run = (args: readonly string[], cwd: string, env: Record<string, string> = {}) =>
  runCommand(args, { cwd, temporary: work.temporary, env });

beforeAll(() => {
  work = makeWorkFolder();
  const hostile = ['DATABASE_URL=postgresql://nobody@127.0.0.1:1/none', 'SYNC_MODE=nonsense', 'PORT=eighty'];
  writeFileSync(join(work.folder, '.env'), [...hostile, 'HUBSPOT_BASE_URL=https://api.hubapi.com'].join('\n'));
});
afterAll(() => work.remove());

const report = z.strictObject({
  ok: z.literal(true),
  promises: z.array(
    z.strictObject({ number: z.number(), promise: z.string(), held: z.boolean(), evidence: z.string() }),
  ),
  counts: z.record(z.string(), z.number()),
});

describe('npm run demo', () => {
  it('with --once --json plays the story whatever .env holds, and every promise is held', {
    timeout: storyMs,
  }, async () => {
    const { text, ended } = run(['demo', '--once', '--json'], work.folder);

    const [code] = await ended;

    expect(code, text.err).toBe(0);
    const { promises, counts } = report.parse(JSON.parse(text.out.trimEnd().split('\n').at(-1) ?? ''));
    expect(promises.map(({ number, held }) => [number, held])).toEqual(
      Array.from({ length: 9 }, (_, index) => [index + 1, true]),
    );
    expect(promises.filter(({ evidence }) => evidence === '')).toEqual([]);
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    expect(promises.filter(({ number, promise }) => !readme.includes(`| ${number} | ${promise} |`))).toEqual([]);
    expect(promises[6]?.evidence).toMatch(/at that moment (\d+) of the other \1 past the gate had their person/);
    expect(promises[1]?.evidence).toMatch(/2 companies and 2 deals passed .*, 4 of them .*two creates were lost, and/);
    expect(promises[3]?.evidence).toMatch(/^0 writes after [1-9]\d\d+ webhooks .* polled 2 times$/);
    expect(promises[5]?.evidence).toMatch(
      /has 2 steps back, 2 of them by a recycle .*, 0 by anything else; 0 steps back of companies$/,
    );
    expect(counts).toMatchObject({ contacts: 29, pastTheGate: 12, leads: 12, salesforceContacts: 2 });
    expect(counts).toMatchObject({ companies: 3, accounts: 2, deals: 3, opportunities: 2, contactRoles: 2 });
    expect(text.err, 'the conflict, both values, and whose won').toContain('"Buyer" -> "Head of Buying" (newest;');
    expect(text.err).toMatch(/Salesforce is no\s+longer\s+updated: .* Returned by sales: 1\./s);
    expect(text.err).toMatch(/What happened to Grace Handover.*Create of the Lead.*Now: It is paired with Lead/s);
    expect(text.err, 'a deal below the gate').toMatch(/Deal \d+ waits: its contact has not passed the gate yet/);
    expect(text.err, 'a role that comes with the conversion').toMatch(/still\s+the\s+Lead.*converts\s+the\s+Lead/s);
    expect(text.err, 'won to the digit').toMatch(/at closedwon, 48250\.55, closed [\d-]+T\d\d:00:00/);
    expect(text.err).toMatch(
      /What happened to the deal Lighthouse Labs.*roles\/\d+: null -> "\*".*Now: Deal \d+ is paired/s,
    );
    expect(text.err, 'every transition of the stage is stored').toMatch(
      /seen\s+at\s+this\s+stage\.\s+Stage:\s+salesqualifiedlead.*salesqualifiedlead\s+to\s+lead\..*Stage:\s+salesqualifiedlead/s,
    );
    expect(
      text.err.split('\n').filter((line) => line.length > 100 && !line.startsWith('Service on')),
      'fits a terminal',
    ).toEqual([]);
    expect(readdirSync(work.temporary)).toEqual([]);
  });

  it('ends with 130 on Ctrl-C in the middle of the story too', { timeout: storyMs }, async () => {
    const demo = run(['demo', '--once'], work.folder);
    await untilSaid(demo, 'becomes sales qualified');

    expect(await pressControlC(demo)).toEqual({ code: 130, err: '' });
    expect(demo.text.out).not.toContain('Every promise held');
    expect(readdirSync(work.temporary)).toEqual([]);
  });
});

describe('npm run sandbox', () => {
  it('prints an environment of its own for the service, and ends with 130 on Ctrl-C', async () => {
    const sandbox = run(['sandbox'], work.temporary, { PORT: '4321', PUBLIC_URL: 'https://handoff.example.com' });
    await untilSaid(sandbox, 'SALESFORCE_CLIENT_SECRET=');

    expect(await pressControlC(sandbox)).toEqual({ code: 130, err: '' });
    expect(sandbox.text.out.split('\n')).toEqual(
      expect.arrayContaining([
        '#   set -a; . ./sandbox.env; set +a; npm start',
        expect.stringMatching(/^# The owner \d+ in HubSpot is a user in Salesforce too\./),
        'SYNC_MODE=live',
        expect.stringMatching(/^DATA_DIR=.*-?sandbox$/),
        'PORT=4321',
        'PUBLIC_URL=http://localhost:4321',
      ]),
    );
  });
});
