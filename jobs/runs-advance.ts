import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';
import { tickEveryMs } from './pending-tick.ts';

/** Brings backfills and other runs on: lists what they are about, and wakes whoever works it off. */
export const advanceRuns = defineJob({
  name: 'runs.advance',
  payload: z.object({ slot: z.int() }),
  async run(_payload, { app, wake, stop }) {
    const { pages, ended, nextInMs } = await app.advanceRuns(stop);
    if (pages + ended > 0) await wake('background.sync');
    // The tick comes round soon enough for what has to wait longer.
    if (stop.aborted || nextInMs === null || nextInMs >= tickEveryMs) return;
    await wake('runs.advance', nextInMs > 0 ? { delayMs: nextInMs } : {});
  },
});
