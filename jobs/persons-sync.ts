import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';
import { tickEveryMs } from './pending-tick.ts';

/** Works through the persons that were born in Salesforce, and wakes the look at the contacts that they lead to. */
export const syncPersons = defineJob({
  name: 'persons.sync',
  payload: z.object({ slot: z.int().min(0) }),
  async run(_payload, { app, wake, stop, log }) {
    const startedAt = performance.now();
    const { worked, nextInMs } = await app.drainPersons(stop);
    if (worked > 0) {
      log.info({ worked, durationMs: Math.round(performance.now() - startedAt) }, 'persons worked off');
      await wake('contacts.sync');
    }
    if (stop.aborted || nextInMs === null || nextInMs >= tickEveryMs) return;
    await wake('pending.tick', { delayMs: nextInMs });
  },
});
