import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';

const everyMs = 10 * 60_000;

/** Begins the daily comparison of both CRMs once its time has come; `runs.advance` carries it on. */
export const compareCrms = defineJob({
  name: 'crms.compare',
  payload: z.object({ slot: z.int() }),
  everyMs: () => everyMs,
  async run(_payload, { app, wake }) {
    if (await app.compareWhenDue()) await wake('runs.advance');
  },
});
