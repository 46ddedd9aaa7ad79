import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';

const everyMs = 60_000;

/** Looks at the ledger and tells people what is wrong, and what is over. One process at a time, and each incident once. */
export const watchAlerts = defineJob({
  name: 'alerts.watch',
  payload: z.object({ slot: z.int() }),
  everyMs: () => everyMs,
  async run(_payload, { app }) {
    await app.watchAlerts();
  },
});
