import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { SyncError } from '../errors.ts';
import { type Binaries, findBarrier, type ServerUser } from './embedded-binaries.ts';

/** Where everything of the embedded PostgreSQL lies. */
export type ClusterFolders = {
  home: string;
  data: string;
  run: string;
  log: string;
  startLock: string;
  clientsLock: string;
};

/** The longest path of a unix socket is 104 bytes on macOS and 108 on Linux, with its closing NUL. */
const longestSocketPath = 103;

/**
 * Makes the folders under `<dataDir>/postgres`, owned by the account that will run the server.
 *
 * @throws SyncError needs-human `data_dir_unreachable` | `data_dir_too_long`
 */
export function prepareFolders(dataDir: string, user: ServerUser): ClusterFolders {
  const home = path.join(path.resolve(dataDir), 'postgres');
  const run = path.join(home, 'run');
  if (Buffer.byteLength(path.join(run, '.s.PGSQL.5432')) > longestSocketPath) {
    throw new SyncError(
      'needs-human',
      'data_dir_too_long',
      `The path of the data directory is too long for a unix socket: ${dataDir}`,
      {
        advice: `Set DATA_DIR to a path of at most ${longestSocketPath - '/postgres/run/.s.PGSQL.5432'.length} bytes.`,
      },
    );
  }
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    mkdirSync(run, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw cannotCreate(dataDir, thrown);
  }
  if (user !== null) {
    // The data directory is ours: let the server's account pass through it, though not list it.
    if (findBarrier(dataDir, user) === path.resolve(dataDir)) chmodSync(dataDir, statSync(dataDir).mode | 0o011);
    const barrier = findBarrier(dataDir, user);
    if (barrier !== null) throw unreachable(dataDir, barrier);
    for (const folder of [home, run]) chownSync(folder, user.uid, user.gid);
  }
  return {
    home,
    run,
    data: path.join(home, 'cluster'),
    log: path.join(home, 'postgres.log'),
    startLock: path.join(home, 'start.lock'),
    clientsLock: path.join(home, 'clients.lock'),
  };
}

function cannotCreate(dataDir: string, thrown: unknown): SyncError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
  return new SyncError(
    'needs-human',
    'data_dir_unreachable',
    `The data directory ${dataDir} cannot be created: ${code}.`,
    { advice: 'Set DATA_DIR to a folder that this account may create and write.', cause: thrown },
  );
}

function unreachable(dataDir: string, barrier: string): SyncError {
  return new SyncError(
    'needs-human',
    'data_dir_unreachable',
    `Started as root, PostgreSQL runs under another account, and that one may not enter ${barrier}, on the way to ${dataDir}.`,
    {
      advice:
        'Set DATA_DIR to a path that every account can reach, such as /var/lib/handoff, or start Handoff as an ordinary user.',
    },
  );
}

/**
 * Makes the cluster unless it is there: in a folder of its own that is renamed when complete, so a crash in between leaves nothing that
 * looks like a cluster. To be called under the start lock.
 *
 * @throws SyncError needs-human `data_dir_version` when another major version made it
 */
export async function ensureCluster(folders: ClusterFolders, binaries: Binaries, user: ServerUser): Promise<void> {
  const version = path.join(folders.data, 'PG_VERSION');
  if (existsSync(version)) {
    const major = Number.parseInt(readFileSync(version, 'utf8'), 10);
    if (major !== binaries.major) throw otherVersion(major, binaries.major);
    return;
  }
  for (const name of readdirSync(folders.home)) {
    if (name.startsWith('unfinished-')) rmSync(path.join(folders.home, name), { recursive: true, force: true });
  }
  const unfinished = path.join(folders.home, `unfinished-${process.pid}`);
  await runInitdb(binaries.initdb, unfinished, user);
  renameSync(unfinished, folders.data);
}

function otherVersion(found: number, ours: number): SyncError {
  return new SyncError(
    'needs-human',
    'data_dir_version',
    `The data directory was made by PostgreSQL ${found}; this version of Handoff brings PostgreSQL ${ours}.`,
    {
      advice: `With the earlier Handoff run pg_dump of the database "handoff", move the folder postgres/ away, start this version once, stop it, and restore the dump. docs/runbook.md has the commands.`,
    },
  );
}

/** What the server's programs may see of our environment: no secret is in it. */
export const serverEnvironment = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };

async function runInitdb(initdb: string, target: string, user: ServerUser): Promise<void> {
  const options = ['-D', target, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-instructions'];
  // The working directory may be one that the server's account cannot enter.
  const child = spawn(initdb, options, {
    ...user,
    cwd: path.dirname(target),
    env: serverEnvironment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-2_000);
  });
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (status === 0) return;
  throw new SyncError('needs-human', 'embedded_init', `The embedded PostgreSQL could not be created: ${told.trim()}`, {
    advice: 'Look at the text above; often the disk is full or the folder is on a file system without permissions.',
  });
}
