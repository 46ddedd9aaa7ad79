import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';

const hourMs = 60 * 60_000;

/** Makes the coming months' partitions and drops what is older than its retention. */
export const maintainLedger = defineJob({
  name: 'ledger.maintain',
  payload: z.object({ slot: z.int() }),
  everyMs: () => hourMs,
  async run(_payload, { app }) {
    await app.maintainLedger();
  },
});
