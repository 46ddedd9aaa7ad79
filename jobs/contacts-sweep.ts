import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';

/** Marks the contacts that changed since the last sweep, so that a lost webhook costs minutes and not a record. */
export const sweepContacts = defineJob({
  name: 'contacts.sweep',
  payload: z.object({ slot: z.int() }),
  everyMs: ({ sweepEveryMs }) => sweepEveryMs,
  async run(_payload, { app, wake, stop }) {
    await app.sweepContacts(stop);
    await wake('contacts.sync');
  },
});
