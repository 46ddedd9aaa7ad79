import { SyncError, toSyncError } from '../errors.ts';
import { describeError } from '../log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

const firstDelayMs = 250;
const longestDelayMs = 15_000;

export type KeepTrying = {
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** The static sentence of the log line while it does not work. */
  sentence: string;
  /** Whether an error is worth waiting for; default: whatever needs no person. */
  isWorthWaiting?(thrown: unknown): boolean;
};

/**
 * Repeats `work` with a growing delay until it succeeds.
 * @throws what `work` threw when that is not worth waiting for, or when the signal is raised
 */
export async function keepTrying<Result>(work: () => Promise<Result>, options: KeepTrying): Promise<Result> {
  const { clock, log, signal, sentence, isWorthWaiting = needsNoPerson } = options;
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      return await work();
    } catch (thrown) {
      if (signal.aborted || !isWorthWaiting(thrown)) throw thrown;
      const waitMs = Math.round(delayMs * (0.5 + clock.random() / 2));
      log.warn({ ...describeError(thrown), ...whatToDo(thrown), retryAfterMs: waitMs }, sentence);
      await clock.sleep(waitMs, signal);
      if (signal.aborted) throw thrown;
    }
  }
}

function needsNoPerson(thrown: unknown): boolean {
  const { kind } = toSyncError(thrown);
  return kind === 'retryable' || kind === 'wait';
}

/** Our own errors say in plain words what is wrong and what to do; their texts hold no values. */
function whatToDo(thrown: unknown): { reason?: string; advice?: string } {
  if (!(thrown instanceof SyncError)) return {};
  const { message, detail } = thrown;
  return { reason: message, ...(detail.advice === undefined ? {} : { advice: detail.advice }) };
}
