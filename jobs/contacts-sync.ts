import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';
import { tickEveryMs } from './pending-tick.ts';

/** Drains run side by side in this many slots; the ledger's claims keep them apart. */
const slots = 3;

/** Works through the due contacts, and wakes the next slot as long as more is due than one batch holds. */
export const syncContacts = defineJob({
  name: 'contacts.sync',
  payload: z.object({ slot: z.int().min(0) }),
  slots,
  async run({ slot }, { app, wake, stop, log }) {
    const startedAt = performance.now();
    const wakeNext = () => void wake('contacts.sync', { key: String((slot + 1) % slots) });
    const { worked, nextInMs } = await app.drainContacts(stop, wakeNext);
    if (worked > 0) {
      log.info({ slot, worked, durationMs: Math.round(performance.now() - startedAt) }, 'contacts worked off');
      // Their companies may be wanted now, and their deals may have waited for them.
      await wake('companies.sync');
      await wake('deals.sync');
      await wake('counterparts.sync');
    }
    if (stop.aborted || nextInMs === null || nextInMs >= tickEveryMs) return;
    await wake('pending.tick', { delayMs: nextInMs });
  },
});
