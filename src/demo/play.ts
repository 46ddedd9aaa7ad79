import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { type Config, loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { type Service, startService } from '../service/start.ts';
import { runDemo } from './run-demo.ts';
import { connectService, createWaits, startLocalCrms } from './stage.ts';

export type DemoOptions = {
  /** Plays the story and ends; otherwise everything stays up until `stopped`. */
  once: boolean;
  json: boolean;
  /** One line on standard output. */
  print(line: string): void;
  /** One line on standard error. */
  tell(line: string): void;
  /** Fulfilled with the exit code when the person wants to stop. */
  stopped: Promise<number>;
};

const shippedMappings = resolve(import.meta.dirname, '../../mappings');

/**
 * The whole product on embedded defaults between two local CRMs: own data directory, free ports, loopback only, no `.env`.
 * @returns 0 when every promise held; the signal's code when the person stopped it, at any moment
 */
export async function playDemo(options: DemoOptions): Promise<number> {
  const { once, stopped } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'handoff-demo-'));
  const crms = await startLocalCrms();
  const token = randomUUID();
  const logLines: string[] = [];
  const config = configOf(crms, dataDir, token);
  const service = await startService({ config, role: 'all', log: createLog('info', keepLines(logLines)), demo: true });
  try {
    const story = playOn(options, { ...crms, service, token, logLines });
    // A story that is left behind fails on what is closed under it.
    story.catch(() => undefined);
    const code = await Promise.race([story, stopped.then((signal) => ({ signal }))]);
    if (typeof code === 'object') return code.signal;
    return once ? code : await stopped;
  } finally {
    await service.close();
    await Promise.all([crms.hubspot.close(), crms.salesforce.close()]);
    await rm(dataDir, { recursive: true, force: true });
  }
}

type Crms = Awaited<ReturnType<typeof startLocalCrms>>;
type Play = Crms & { service: Service; token: string; logLines: readonly string[] };

/** @returns 0 when every promise held */
async function playOn({ once, json, print, tell }: DemoOptions, play: Play): Promise<number> {
  const { hubspot, salesforce, ownerId, service, token, logLines } = play;
  const narrate = json ? tell : print;
  await service.ready;
  const url = service.url ?? '';
  hubspot.setWebhookTarget(`${url}/webhooks/hubspot`);
  const api = connectService(url, token);
  narrate(`Service on ${url}, local HubSpot on ${hubspot.url}, local Salesforce on ${salesforce.url}.`);
  const report = await runDemo(
    { hubspot, salesforce, service: api, ownerId, logLines, ...createWaits(hubspot, api) },
    narrate,
  );
  narrate(report.ok ? '\nEvery promise held.' : '\nA promise was broken: see the table.');
  if (json) print(JSON.stringify(report));
  if (!once) for (const line of invitation(hubspot.url, salesforce.url, url, token)) narrate(line);
  return report.ok ? 0 : 1;
}

function configOf({ hubspot, salesforce }: Crms, dataDir: string, token: string): Config {
  return loadConfig({
    SYNC_MODE: 'live',
    DATA_DIR: dataDir,
    MAPPINGS_DIR: shippedMappings,
    PORT: '0',
    ADMIN_TOKENS: `demo:admin:${token}`,
    HUBSPOT_ACCESS_TOKEN: hubspot.accessToken,
    HUBSPOT_CLIENT_SECRET: hubspot.clientSecret,
    HUBSPOT_BASE_URL: hubspot.url,
    SALESFORCE_LOGIN_URL: salesforce.url,
    SALESFORCE_CLIENT_ID: salesforce.clientId,
    SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
    // Nobody should have to wait half a minute to see the way back.
    SALESFORCE_POLL_SECONDS: '5',
  });
}

function keepLines(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
}

function invitation(hubspotUrl: string, salesforceUrl: string, serviceUrl: string, token: string): string[] {
  return [
    `\nEverything stays up until Ctrl-C. The admin page: ${serviceUrl}/sign-in#token=${token}`,
    'Look there why Milo Maybe is not in Salesforce (search for his name), or try it by hand:',
    `  curl -s ${hubspotUrl}/__sandbox/contacts`,
    `  curl -s -X PATCH ${hubspotUrl}/__sandbox/contacts/ID -H 'content-type: application/json' -d '{"lifecyclestage":"salesqualifiedlead"}'`,
    `  curl -s ${salesforceUrl}/__sandbox/Lead`,
    `  curl -s -X PATCH ${salesforceUrl}/__sandbox/Lead/ID -d '{"Title":"Head of Purchasing"}'`,
    `  curl -s ${hubspotUrl}/__sandbox/deals`,
    `  curl -s -X PATCH ${salesforceUrl}/__sandbox/Opportunity/ID -d '{"StageName":"Needs Analysis"}'`,
    `  curl -s ${serviceUrl}/api/v1/contacts/ID/explain -H 'authorization: Bearer ${token}'`,
    '  and the same of companies/ID and deals/ID',
  ];
}
