import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';

/**
 * Marks the contacts, companies and deals that changed since the last sweep, so that a lost webhook costs minutes and not a record. Its name
 * is from the time when there were contacts only.
 */
export const sweepContacts = defineJob({
  name: 'contacts.sweep',
  payload: z.object({ slot: z.int() }),
  everyMs: ({ sweepEveryMs }) => sweepEveryMs,
  async run(_payload, { app, wake, stop }) {
    await app.sweepContacts(stop);
    await wake('background.sync');
  },
});
