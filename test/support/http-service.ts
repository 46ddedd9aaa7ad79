import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import type pg from 'pg';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { type Service, startService } from '../../src/service/start.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { signWebhook } from './sign-webhook.ts';

/** The HTTP role alone on a real ledger, between two local CRMs: what it marks stays pending. */
export type HttpService = {
  url: string;
  databaseUrl: string;
  portalId: number;
  service: Service;
  database: TestDatabase;
  pool: pg.Pool;
  lines: string[];
  hubspot: HubSpotSandbox;
  createContact(properties: Record<string, string>): string;
  /** Sends a body signed as HubSpot signs. */
  send(body: string | Buffer, options?: SendOptions): Promise<Response>;
  close(): Promise<void>;
};

export type SendOptions = {
  secret?: string;
  timestampMs?: number;
  /** What is signed, where that differs from what is sent. */
  signedBody?: string;
  signedUrl?: string;
  headers?: Record<string, string>;
  /** Names of headers to leave out. */
  without?: readonly string[];
};

export const secrets = { current: 'the-new-client-secret', old: 'the-old-client-secret' };
export const tokens = { viewer: 'token-of-a-viewer', operator: 'token-of-an-operator', admin: 'token-of-an-admin' };

/** Starts it. `databaseUrl` overrides where the ledger is, `environment` anything else. */
export async function startHttpService(
  options: { databaseUrl?: string; portalId?: number; environment?: Readonly<Record<string, string>> } = {},
): Promise<HttpService> {
  const [hubspot, salesforce, database] = await Promise.all([
    startHubSpotSandbox({
      withHandoffFields: true,
      ...(options.portalId === undefined ? {} : { portalId: options.portalId }),
    }),
    startSalesforceSandbox({}),
    createTestDatabase(),
  ]);
  const lines: string[] = [];
  const config = loadConfig({
    DATABASE_URL: options.databaseUrl ?? urlOf(database),
    MAPPINGS_DIR: resolve(import.meta.dirname, '../../mappings'),
    PORT: '0',
    ADMIN_TOKENS: `ann:operator:${tokens.operator},dash:viewer:${tokens.viewer},eve:admin:${tokens.admin}`,
    HUBSPOT_ACCESS_TOKEN: hubspot.accessToken,
    HUBSPOT_CLIENT_SECRET: `${secrets.current},${secrets.old}`,
    HUBSPOT_BASE_URL: hubspot.url,
    SALESFORCE_LOGIN_URL: salesforce.url,
    SALESFORCE_CLIENT_ID: salesforce.clientId,
    SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
    ...options.environment,
  });
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  const service = await startService({ config, role: 'http', log });
  const url = service.url ?? '';
  return {
    url,
    databaseUrl: urlOf(database),
    portalId: Number(hubspot.portalId),
    service,
    database,
    pool: database.pool,
    lines,
    hubspot,
    createContact: (properties) => hubspot.createContact(properties),
    send: async (body, more = {}) => await send(url, body, more),
    async close() {
      await service.close();
      await Promise.all([hubspot.close(), salesforce.close()]);
      await database.close();
    },
  };
}

/** The connection string of a test database, as an operator would write it. */
export function urlOf({ settings }: TestDatabase): string {
  if (!('host' in settings)) return settings.connectionString;
  return `postgresql://${settings.user}@localhost:${settings.port}/${settings.database}?host=${encodeURIComponent(settings.host)}`;
}

async function send(url: string, body: string | Buffer, options: SendOptions): Promise<Response> {
  const address = `${url}/webhooks/hubspot`;
  const signed = {
    secret: options.secret ?? secrets.current,
    url: options.signedUrl ?? address,
    rawBody: options.signedBody ?? body,
    timestampMs: options.timestampMs ?? Date.now(),
  };
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ...signWebhook(signed),
    ...options.headers,
  };
  for (const name of options.without ?? []) delete headers[name];
  return await fetch(address, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

/** A port on which nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
