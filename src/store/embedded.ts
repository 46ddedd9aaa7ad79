import path from 'node:path';
import { SyncError } from '../errors.ts';
import type { Log } from '../ports/log.ts';
import { findBarrier, findBinaries, findServerUser } from './embedded-binaries.ts';
import { ensureCluster, prepareFolders } from './embedded-cluster.ts';
import { tryLock, waitForLock } from './embedded-lock.ts';
import { ensureDatabase, ensureServer, type SocketSettings, socketSettings, stopServer } from './embedded-server.ts';

export type EmbeddedOptions = {
  dataDir: string;
  log?: Pick<Log, 'info'>;
  /** Further server settings, such as `fsync: 'off'` in tests. They apply only when this call starts the server. */
  settings?: Readonly<Record<string, string | number>>;
};

export type EmbeddedPostgres = {
  connection: SocketSettings;
  how: 'started' | 'adopted';
  /** Starts the server again should it have died; does nothing while it runs. @throws as `startEmbedded` */
  revive(): Promise<void>;
  /** Gives the cluster up; the last of its users stops the server. */
  stop(): Promise<'stopped' | 'left running'>;
};

const timeoutMs = 60_000;

/**
 * Starts the PostgreSQL that came with the project, or joins the one that runs on this data directory already. Service and CLI may share
 * it: each holds a lock of the operating system that ends with its process, and whoever leaves last stops the server. After a kill -9 of
 * everything the next start recovers; after a kill -9 of this process alone it adopts.
 *
 * @throws SyncError needs-human `data_dir_unreachable` | `data_dir_too_long` | `data_dir_version` | `embedded_*`
 */
export async function startEmbedded({ dataDir, log, settings = {} }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = findServerUser();
  const folders = prepareFolders(dataDir, user);
  return await alone(folders, async () => {
    const binaries = findBinaries(folders.home, user);
    await ensureCluster(folders, binaries, user);
    const how = await ensureServer(folders, binaries, user, settings, timeoutMs);
    await ensureDatabase(folders, 'handoff');
    const client = tryLock(folders.clientsLock, 'shared');
    if (client === null) throw held();
    log?.info({ how }, 'embedded database is up');
    let ended: Promise<'stopped' | 'left running'> | undefined;
    const leave = async () => {
      client.release();
      return await stopIfLast(folders);
    };
    const stop = () => {
      ended ??= leave();
      return ended;
    };
    const revive = async () =>
      await alone(folders, async () => void (await ensureServer(folders, binaries, user, settings, timeoutMs)));
    return { connection: socketSettings(folders, 'handoff'), how, revive, stop };
  });
}

type Folders = ReturnType<typeof prepareFolders>;

/** Runs `work` while no other process starts, joins or stops the server. */
async function alone<Result>(folders: Folders, work: () => Promise<Result>): Promise<Result> {
  const start = await waitForLock(folders.startLock, 'alone', timeoutMs);
  if (start === null) throw held();
  try {
    return await work();
  } finally {
    start.release();
  }
}

async function stopIfLast(folders: Folders): Promise<'stopped' | 'left running'> {
  // Nobody can start or join while this is held, so "last" stays true until the server is gone.
  const start = await waitForLock(folders.startLock, 'alone', timeoutMs);
  if (start === null) return 'left running';
  try {
    const last = tryLock(folders.clientsLock, 'alone');
    if (last === null) return 'left running';
    last.release();
    await stopServer(folders, timeoutMs);
    return 'stopped';
  } finally {
    start.release();
  }
}

function held(): SyncError {
  return new SyncError(
    'retryable',
    'embedded_busy',
    'Another process has been starting or stopping the embedded PostgreSQL for a minute.',
    {
      advice: 'Look for a Handoff process that hangs, end it, and start again.',
    },
  );
}

/** The data directory to use when none was asked for: the wanted one, or as root under an unreadable path the fallback. */
export function chooseDataDir(wanted: string, fallback = '/var/lib/handoff'): string {
  const user = findServerUser();
  const barrier = findBarrier(wanted, user);
  return barrier === null || barrier === path.resolve(wanted) ? wanted : fallback;
}
