import { z } from 'zod';
import { defineJob, type JobContext, type JobDefinition } from '../src/queue/define-job.ts';
import { tickEveryMs } from './pending-tick.ts';

type Drain = {
  name: string;
  /** How many run side by side; the ledger's claims keep them apart. */
  slots?: number;
  /** `wakeNext`: more is due than one batch holds. */
  drain(app: JobContext['app'], stop: AbortSignal, wakeNext: () => void): ReturnType<JobContext['app']['drainDeals']>;
  /** What the log says of those that were worked off. */
  done: string;
  /** Who may have waited for one of them, or is wanted by one. */
  wakes: readonly string[];
};

/** The job that works through what is due of one kind: tells how much that was, wakes those who follow, and comes back for what is due soon. */
export function defineDrain({ name, slots = 1, drain, done, wakes }: Drain): JobDefinition {
  return defineJob({
    name,
    payload: z.object({ slot: z.int().min(0) }),
    slots,
    async run({ slot }, { app, wake, stop, log }) {
      const startedAt = performance.now();
      const wakeNext = () => void wake(name, { key: String((slot + 1) % slots) });
      const { worked, nextInMs } = await drain(app, stop, wakeNext);
      if (worked > 0) {
        log.info({ slot, worked, durationMs: Math.round(performance.now() - startedAt) }, done);
        for (const other of wakes) await wake(other);
      }
      if (stop.aborted || nextInMs === null || nextInMs >= tickEveryMs) return;
      await wake('pending.tick', { delayMs: nextInMs });
    },
  });
}
