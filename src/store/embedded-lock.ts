import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock of the operating system: it ends with its process, however that ends. */
export type FileLock = { release(): void };

/** SQLITE_BUSY: another process (or another lock of this one) holds the file. */
const busy = 5;

/**
 * Tries to lock a file, alone or together with other sharers. SQLite's transactions on an empty database are the one way to `fcntl` locks
 * that Node has; nothing is ever written to the file.
 *
 * @returns null when others hold it in a way that excludes this
 */
export function tryLock(file: string, mode: 'alone' | 'shared'): FileLock | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec(mode === 'alone' ? 'begin exclusive' : 'begin; select count(*) from sqlite_master');
  } catch (thrown) {
    database.close();
    if (thrown instanceof Error && 'errcode' in thrown && thrown.errcode === busy) return null;
    throw thrown;
  }
  return { release: () => database.close() };
}

/** As `tryLock`, but waits for its turn; null once `timeoutMs` are over. */
export async function waitForLock(file: string, mode: 'alone' | 'shared', timeoutMs: number): Promise<FileLock | null> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const lock = tryLock(file, mode);
    if (lock !== null || performance.now() > endMs) return lock;
    await sleep(20 + Math.random() * 40);
  }
}
