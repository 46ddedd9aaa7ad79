import { toSyncError } from '../errors.ts';
import type { ServiceLog } from '../log.ts';
import type { EmbeddedPostgres } from '../store/embedded.ts';
import { type ProcessLock, takeProcessLock } from '../store/process-lock.ts';
import { systemClock } from './clock.ts';
import { keepTrying } from './keep-trying.ts';

export type OnlyProcessOptions = {
  log: ServiceLog;
  /** Raised when the service closes. */
  signal: AbortSignal;
  /** The database cannot be brought back, or another service holds it by now: this one must end. */
  onBroken(fault: unknown): void;
};

/** How long the server is tried to be brought back before the process ends, so that its supervisor starts it anew. */
const reviveWithinMs = 60_000;

/**
 * Makes this process the only service on the embedded PostgreSQL. The connection that holds this right also shows when the server went
 * away: then it is started again, and the pools find it under the same socket.
 *
 * @returns what gives the right up
 * @throws SyncError needs-human `embedded_in_use`
 */
export async function becomeOnlyProcess(
  embedded: EmbeddedPostgres,
  { log, signal, onBroken }: OnlyProcessOptions,
): Promise<() => Promise<void>> {
  const trying = { clock: systemClock, log, signal };
  const sentence = 'the embedded database does not answer, it will be tried again';
  let lock = await keepTrying(() => takeProcessLock(embedded.connection, signal), { ...trying, sentence });
  let closing = false;

  async function watch(): Promise<void> {
    for (;;) {
      await lock.lost;
      if (closing) return;
      log.error({}, 'the embedded database went away, it is started again');
      lock = await bringBack();
      log.info({}, 'the embedded database is back');
    }
  }

  async function bringBack(): Promise<ProcessLock> {
    const endMs = performance.now() + reviveWithinMs;
    // The new server refuses to start until the last process of the old one has ended: a matter of moments.
    const isWorthWaiting = (thrown: unknown) =>
      toSyncError(thrown).code !== 'embedded_in_use' && performance.now() < endMs;
    const revive = async () => {
      await embedded.revive();
      return await takeProcessLock(embedded.connection, signal);
    };
    return await keepTrying(revive, { ...trying, sentence, isWorthWaiting });
  }

  const watching = watch().catch((fault: unknown) => {
    if (!closing) onBroken(fault);
  });
  return async () => {
    closing = true;
    await lock.release();
    await watching;
  };
}
