import { z } from 'zod';
import { defineJob } from '../src/queue/define-job.ts';

const hourMs = 60 * 60_000;

/** Sees each hour whether the mapping was compared with both CRMs within a day, and compares it where it was not. */
export const checkSchemas = defineJob({
  name: 'schemas.check',
  payload: z.object({ slot: z.int() }),
  everyMs: () => hourMs,
  async run(_payload, { app }) {
    await app.checkSchemas();
  },
});
