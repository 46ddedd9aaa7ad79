import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';
import { tickEveryMs } from './pending-tick.ts';

/** Works through the Accounts and Opportunities that were born in Salesforce, and wakes the look at the records that they lead to. */
export const syncCounterparts = defineJob({
  name: 'counterparts.sync',
  payload: z.object({ slot: z.int().min(0) }),
  async run({ slot }, { app, wake, stop, log }) {
    const startedAt = performance.now();
    const { worked, nextInMs } = await app.drainCounterparts(stop);
    if (worked > 0) {
      log.info({ slot, worked, durationMs: Math.round(performance.now() - startedAt) }, 'counterparts worked off');
      await wake('companies.sync');
      await wake('deals.sync');
    }
    if (stop.aborted || nextInMs === null || nextInMs >= tickEveryMs) return;
    await wake('pending.tick', { delayMs: nextInMs });
  },
});
