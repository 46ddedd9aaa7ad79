import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';
import { tickEveryMs } from './pending-tick.ts';

/** Works through the due companies, and wakes those who may have waited for one. */
export const syncCompanies = defineJob({
  name: 'companies.sync',
  payload: z.object({ slot: z.int().min(0) }),
  async run({ slot }, { app, wake, stop, log }) {
    const startedAt = performance.now();
    const { worked, nextInMs } = await app.drainCompanies(stop);
    if (worked > 0) {
      log.info({ slot, worked, durationMs: Math.round(performance.now() - startedAt) }, 'companies worked off');
      await wake('contacts.sync');
      await wake('deals.sync');
      await wake('counterparts.sync');
    }
    if (stop.aborted || nextInMs === null || nextInMs >= tickEveryMs) return;
    await wake('pending.tick', { delayMs: nextInMs });
  },
});
