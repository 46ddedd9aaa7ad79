import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';
import { tickEveryMs } from './pending-tick.ts';

/** Works through the due deals, and wakes the companies they want and the contacts whose stage follows them. */
export const syncDeals = defineJob({
  name: 'deals.sync',
  payload: z.object({ slot: z.int().min(0) }),
  async run({ slot }, { app, wake, stop, log }) {
    const startedAt = performance.now();
    const { worked, nextInMs } = await app.drainDeals(stop);
    if (worked > 0) {
      log.info({ slot, worked, durationMs: Math.round(performance.now() - startedAt) }, 'deals worked off');
      await wake('companies.sync');
      await wake('contacts.sync');
    }
    if (stop.aborted || nextInMs === null || nextInMs >= tickEveryMs) return;
    await wake('pending.tick', { delayMs: nextInMs });
  },
});
