import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SyncError } from '../errors.ts';
import type { Binaries, ServerUser } from './embedded-binaries.ts';
import { type ClusterFolders, serverEnvironment } from './embedded-cluster.ts';
import { sqlState } from './pool.ts';

/** Over the socket in `run`; the port is only a part of the socket's name. */
export type SocketSettings = { host: string; port: number; user: string; database: string };

export function socketSettings(folders: ClusterFolders, database: string): SocketSettings {
  return { host: folders.run, port: 5432, user: 'postgres', database };
}

/** Nothing but the socket listens. The server's own log must not hold statements or row values: they carry personal data. */
const settings: Readonly<Record<string, string | number>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  logging_collector: 'off',
  max_connections: 200,
  shared_buffers: '64MB',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_min_messages: 'fatal',
  log_statement: 'none',
  log_min_duration_statement: -1,
};

type Answer = 'up' | 'starting' | 'down';

async function ask(folders: ClusterFolders): Promise<Answer> {
  const client = new pg.Client({ ...socketSettings(folders, 'postgres'), connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return 'up';
  } catch (thrown) {
    // 57P03: it starts, recovers or stops.
    return sqlState(thrown) === '57P03' ? 'starting' : 'down';
  } finally {
    await client.end().catch(() => {});
  }
}

function readPid(folders: ClusterFolders): number | null {
  const pid = Number.parseInt(readIfThere(path.join(folders.data, 'postmaster.pid')) ?? '', 10);
  return Number.isInteger(pid) ? pid : null;
}

/** The file's text; null where there is none, also when it goes away while it is read: a server that stops removes its own. */
function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    if (sqlState(thrown) === 'ENOENT' || sqlState(thrown) === 'ESRCH') return null;
    throw thrown;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return sqlState(thrown) === 'EPERM';
  }
}

/** A process id can belong to another program by now, or to one that ended and was not yet reaped: Linux tells. */
function isPostmaster(pid: number, folders: ClusterFolders): boolean {
  if (!isAlive(pid)) return false;
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync('/proc/self/cmdline') || readIfThere(commandLine)?.includes(folders.data) === true;
}

/** The server that wrote `postmaster.pid`, as long as it lives. */
function findPostmaster(folders: ClusterFolders): number | null {
  const pid = readPid(folders);
  return pid !== null && isPostmaster(pid, folders) ? pid : null;
}

/**
 * PostgreSQL would refuse to start when the number in a file of a killed server belongs to some other process today, or to a dead one that
 * nobody reaped (usual in containers). So it finds ours there, which it passes over as its parent's; the other lines stay, by which it
 * sees processes of the killed server that still end. To be called only when the server is known not to run.
 */
function dropStaleFiles(folders: ClusterFolders): void {
  const pid = readPid(folders);
  const file = path.join(folders.data, 'postmaster.pid');
  if (pid !== null && isAlive(pid)) writeFileSync(file, readFileSync(file, 'utf8').replace(/^.*/, String(process.pid)));
  for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) rmSync(path.join(folders.run, name), { force: true });
}

/**
 * Makes sure that a server answers on the cluster: adopts one that runs (left behind by a killed process), waits for one that starts or
 * stops, else starts one that outlives Ctrl-C, so that the drain can still write. To be called under the start lock.
 *
 * @returns `started` or `adopted`
 * @throws SyncError needs-human `embedded_start` with the end of the server's log
 */
export async function ensureServer(
  folders: ClusterFolders,
  binaries: Binaries,
  user: ServerUser,
  extra: Readonly<Record<string, string | number>>,
  timeoutMs: number,
): Promise<'started' | 'adopted'> {
  const endMs = performance.now() + timeoutMs;
  let [child, started]: [ChildProcess | null, number] = [null, 0];
  while (performance.now() < endMs) {
    const answer = await ask(folders);
    if (answer === 'up') return child !== null && child.exitCode === null ? 'started' : 'adopted';
    const ended = child === null || child.exitCode !== null || child.signalCode !== null;
    if (answer === 'down' && ended && findPostmaster(folders) === null) {
      // A second try covers a server that went away between our look and its own; a third would only repeat the fault.
      if (started === 2) break;
      started += 1;
      dropStaleFiles(folders);
      child = spawnServer(folders, binaries, user, extra);
    }
    await sleep(20);
  }
  throw new SyncError(
    'needs-human',
    'embedded_start',
    `The embedded PostgreSQL did not start:\n${readTail(folders.log)}`,
    {
      advice: `Its log is ${folders.log}.`,
    },
  );
}

function spawnServer(
  folders: ClusterFolders,
  binaries: Binaries,
  user: ServerUser,
  extra: Readonly<Record<string, string | number>>,
): ChildProcess {
  const flags = Object.entries({ ...settings, unix_socket_directories: folders.run, ...extra });
  const log = openSync(folders.log, 'a', 0o600);
  const child = spawn(
    binaries.postgres,
    ['-D', folders.data, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...user,
      cwd: folders.home,
      env: serverEnvironment,
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  // `exitCode` stays null when the program could not be run at all; the log's tail is told all the same.
  child.on('error', () => {});
  child.unref();
  closeSync(log);
  return child;
}

function readTail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-8).join('\n') : '(no log was written)';
}

/** Stops the server the fast way (open transactions are rolled back) and waits until it is gone. */
export async function stopServer(folders: ClusterFolders, timeoutMs: number): Promise<void> {
  const pid = findPostmaster(folders);
  if (pid === null) return;
  process.kill(pid, 'SIGINT');
  const endMs = performance.now() + timeoutMs;
  while (performance.now() < endMs && findPostmaster(folders) === pid) await sleep(10);
}

/** Makes a database unless it is there. */
export async function ensureDatabase(folders: ClusterFolders, name: string): Promise<void> {
  const client = new pg.Client(socketSettings(folders, 'postgres'));
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
