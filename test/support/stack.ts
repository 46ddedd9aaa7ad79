import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type HubSpotSandbox,
  type HubSpotSandboxOptions,
  startHubSpotSandbox,
} from '../../src/sandbox/hubspot/index.ts';
import {
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
  startSalesforceSandbox,
} from '../../src/sandbox/salesforce/index.ts';
import { type MappingChanges, writeMappings } from './mappings.ts';
import type { QueueBackend } from './queue-backends.ts';

const root = resolve(import.meta.dirname, '../..');
const readyWithinMs = 90_000;
const stopWithinMs = 30_000;

export const adminToken = 'stack-admin-token-0123456789';

export type StackOptions = {
  queue: QueueBackend;
  hubspot?: HubSpotSandboxOptions;
  salesforce?: SalesforceSandboxOptions;
  mappings?: MappingChanges;
  env?: Record<string, string>;
};

/** A service process that was started with the stack's environment. */
type RunningService = {
  pid: number;
  url: string;
  lines: readonly string[];
  kill(): Promise<void>;
  stop(): Promise<number | null>;
};

type CommandResult = { code: number | null; stdout: string; stderr: string };

/** Both local CRMs, a data directory, and the means to start and kill real service processes on them. */
export type Stack = {
  hubspot: HubSpotSandbox;
  salesforce: SalesforceSandbox;
  dataDir: string;
  env: Record<string, string>;
  start(args?: readonly string[], env?: Record<string, string>): Promise<RunningService>;
  /** Runs one CLI command to its end. */
  run(...args: string[]): Promise<CommandResult>;
  /** The same under another environment. */
  runWith(env: Record<string, string>, ...args: string[]): Promise<CommandResult>;
  close(): Promise<void>;
};

/** Starts both local CRMs and prepares the environment of a service in `live` mode on embedded PostgreSQL. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'handoff-test-'));
  // Under root the database runs as another account, which must be able to enter.
  chmodSync(dataDir, 0o755);
  const hubspot = await startHubSpotSandbox({ withHandoffFields: true, ...options.hubspot });
  const salesforce = await startSalesforceSandbox(options.salesforce ?? {});
  const port = await freePort();
  const env = {
    SYNC_MODE: 'live',
    DATA_DIR: join(dataDir, 'data'),
    MAPPINGS_DIR: writeMappings(dataDir, salesforce, options.mappings ?? {}),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ADMIN_TOKENS: `tester:admin:${adminToken}`,
    LOG_LEVEL: 'info',
    HUBSPOT_ACCESS_TOKEN: hubspot.accessToken,
    HUBSPOT_CLIENT_SECRET: hubspot.clientSecret,
    HUBSPOT_BASE_URL: hubspot.url,
    SALESFORCE_LOGIN_URL: salesforce.url,
    SALESFORCE_CLIENT_ID: salesforce.clientId,
    SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
    ...options.queue.env,
    ...options.env,
  };
  hubspot.setWebhookTarget(`${env.PUBLIC_URL}/webhooks/hubspot`);
  const running = new Set<RunningService>();
  return {
    hubspot,
    salesforce,
    dataDir: env.DATA_DIR,
    env,
    async start(args = [], more = {}) {
      const service = await startService(['start', ...args], { ...env, ...more });
      running.add(service);
      return service;
    },
    run: (...args) => runCommand(args, env),
    runWith: (more, ...args) => runCommand(args, { ...env, ...more }),
    async close() {
      await Promise.all([...running].map((service) => service.stop()));
      stopDatabase(env.DATA_DIR);
      await Promise.all([hubspot.close(), salesforce.close()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startService(args: readonly string[], env: Record<string, string>): Promise<RunningService> {
  const child = launch(args, env);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream
      ?.setEncoding('utf8')
      .on('data', (text: string) => lines.push(...text.split('\n').filter((line) => line !== '')));
  }
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const url = `http://127.0.0.1:${env.PORT}`;
  const ready = args.includes('worker') ? waitForLine(lines, 'ready') : waitUntilReady(url);
  const failed = exited.then((code) => {
    throw new Error(`the service ended with ${code} before it was ready:\n${lines.slice(-20).join('\n')}`);
  });
  failed.catch(() => undefined);
  await Promise.race([ready, failed]);
  return {
    pid: child.pid ?? 0,
    url,
    lines,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      const code = await Promise.race([exited, sleep(stopWithinMs, 'late' as const)]);
      if (code !== 'late') return code;
      child.kill('SIGKILL');
      throw new Error(`the service did not stop within ${stopWithinMs} ms:\n${lines.slice(-20).join('\n')}`);
    },
  };
}

function launch(args: readonly string[], env: Record<string, string>): ChildProcess {
  // Run from the data directory's side, so that no `.env` of a developer is read.
  const cwd = resolve(env.DATA_DIR ?? root, '..');
  const childEnv = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env };
  return spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    cwd,
    env: childEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function waitUntilReady(url: string): Promise<void> {
  const until = Date.now() + readyWithinMs;
  while (Date.now() < until) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`the service was not ready within ${readyWithinMs} ms`);
}

async function waitForLine(lines: readonly string[], part: string): Promise<void> {
  const until = Date.now() + readyWithinMs;
  while (Date.now() < until) {
    if (lines.some((line) => line.includes(part))) return;
    await sleep(50);
  }
  throw new Error(`no line with "${part}" within ${readyWithinMs} ms`);
}

async function runCommand(args: readonly string[], env: Record<string, string>) {
  const child = launch(args, env);
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, stdout, stderr };
}

/** A killed service leaves its database running; the next start would adopt it, the end of a test must not. */
function stopDatabase(dataDir: string): void {
  try {
    const [pid] = readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGQUIT');
  } catch (thrown) {
    // No such file, no such process: it has stopped by itself.
    if (!(thrown instanceof Error && 'code' in thrown && ['ENOENT', 'ESRCH'].includes(String(thrown.code))))
      throw thrown;
  }
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

/** Polls until the condition holds; the message says what never happened. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`within ${withinMs} ms it did not come true that ${what}`);
}
