import { z } from 'zod';
import { defineJob } from '../../src/queue/define-job.ts';
import { createQueue } from '../../src/queue/queue.ts';
import { idleApp } from './idle-app.ts';

/** A worker process of its own: takes one job, says so, and never ends it. A test kills it. */
const location = JSON.parse(process.argv[2] ?? '{}');
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const hang = defineJob({
  name: 'test.kept',
  payload: z.object({ slot: z.int() }),
  async run() {
    process.stdout.write('taken\n');
    await new Promise(() => undefined);
  },
});
const queue = await createQueue({
  location,
  jobs: [hang],
  times: { sweepEveryMs: 60_000, pollEveryMs: 60_000 },
  log: silent,
  lockMs: 1_500,
});
await queue.work(idleApp);
process.stdout.write('working\n');
