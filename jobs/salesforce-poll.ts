import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';

/** Marks what changed in Salesforce since the last look, and wakes whoever works it off. */
export const pollSalesforce = defineJob({
  name: 'salesforce.poll',
  payload: z.object({ slot: z.int() }),
  everyMs: ({ pollEveryMs }) => pollEveryMs,
  async run(_payload, { app, wake, stop }) {
    const { contacts, persons } = await app.pollSalesforce(stop);
    if (contacts > 0) await wake('contacts.sync');
    if (persons > 0) await wake('persons.sync');
  },
});
