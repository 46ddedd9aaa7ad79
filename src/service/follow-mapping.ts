import type { CompiledMapping } from '../domain/mapping/types.ts';
import { toSyncError } from '../errors.ts';
import type { MappingLedger } from '../ports/ledger-mappings.ts';
import type { Log } from '../ports/log.ts';
import { compileFilesOrThrow, MappingError } from './mapping.ts';

export type Followed = { mapping: CompiledMapping; version: number };

export type FollowOptions = {
  ledger: Pick<MappingLedger, 'activeVersion' | 'mappingVersion'>;
  log: Log;
  first: Followed;
  /** Makes everything anew that works under a mapping. */
  adopt(next: Followed): Promise<void>;
};

/** How a process stays under the active version of the mapping. */
export type MappingFollower = {
  /** Looks which version is active, and goes over to it. @returns whether this process works under the active one now */
  follow(): Promise<boolean>;
  version(): number;
  /** The active version that this build cannot work under; null: there is none. */
  blockedBy(): number | null;
  /** Looks no more, and waits for a look that is on. */
  stop(): Promise<void>;
};

/** Another process may activate a version at any time; work under the old one is refused at once, so that this need not be short. */
const everyMs = 2_000;

/**
 * Follows the active version without a restart: its files are taken from the ledger, whatever the files of this process say. Where this build
 * cannot compile them, it stays under the old version, for which the ledger gives no work any more, and says so.
 */
export function followMapping({ ledger, log, first, adopt }: FollowOptions): MappingFollower {
  let current = first;
  let blockedBy: number | null = null;
  const look = async (): Promise<boolean> => {
    const active = await ledger.activeVersion();
    if (active === null || active === current.version) {
      blockedBy = null;
      return true;
    }
    if (active === blockedBy) return false;
    try {
      const files = (await ledger.mappingVersion(active))?.files ?? null;
      const mapping = files === null ? null : compileFilesOrThrow(files, active).mapping;
      if (mapping === null) return block(active, 'mapping_files_unknown');
      const next = { mapping, version: active };
      await adopt(next);
      log.info(
        { mappingVersion: active, before: current.version },
        'another mapping version is active, work goes on under it',
      );
      [current, blockedBy] = [next, null];
      return true;
    } catch (thrown) {
      if (thrown instanceof MappingError) return block(active, thrown.code);
      throw thrown;
    }
  };
  const block = (version: number, errorCode: string): false => {
    blockedBy = version;
    const text = 'this build cannot work under the active mapping version: it stops working off, start a newer build';
    log.error({ mappingVersion: version, errorCode }, text);
    return false;
  };
  let looking: Promise<boolean> | null = null;
  const follow = async (): Promise<boolean> => {
    looking ??= look().finally(() => {
      looking = null;
    });
    return await looking;
  };
  const quietly = () =>
    void follow().catch((thrown: unknown) => log.debug({ errorCode: toSyncError(thrown).code }, 'no mapping version'));
  const timer = setInterval(quietly, everyMs);
  timer.unref();
  return {
    follow,
    version: () => current.version,
    blockedBy: () => blockedBy,
    async stop() {
      clearInterval(timer);
      await looking?.catch(() => false);
    },
  };
}
