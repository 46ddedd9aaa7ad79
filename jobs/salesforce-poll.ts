import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';
import { wakeDue } from './wake-due.ts';

/** Marks what changed in Salesforce since the last look, and wakes whoever works it off. */
export const pollSalesforce = defineJob({
  name: 'salesforce.poll',
  payload: z.object({ slot: z.int() }),
  everyMs: ({ pollEveryMs }) => pollEveryMs,
  async run(_payload, { app, wake, stop }) {
    await wakeDue(await app.pollSalesforce(stop), wake);
  },
});
