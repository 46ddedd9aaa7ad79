import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';
import { wakeDue } from './wake-due.ts';

/** What a lost wake-up costs at most. */
export const tickEveryMs = 2_000;

/** Wakes the drains for records that are due: retries, waits that ended, and whatever a lost wake-up left behind. */
export const tickPending = defineJob({
  name: 'pending.tick',
  payload: z.object({ slot: z.int() }),
  everyMs: () => tickEveryMs,
  async run(_payload, { app, wake }) {
    const { nextInMs, background, runs, ...due } = await app.dueRecords();
    await wakeDue(due, wake);
    if (background > 0) await wake('background.sync');
    if (runs > 0) await wake('runs.advance');
    // The schedule itself comes round soon enough for what is due later.
    const isSoon = nextInMs !== null && nextInMs > 0 && nextInMs < tickEveryMs;
    if (isSoon) await wake('pending.tick', { delayMs: nextInMs });
  },
});
