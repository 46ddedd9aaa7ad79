import { z } from 'zod';
import { defineJob } from '../../src/queue/define-job.ts';
import { createQueue } from '../../src/queue/queue.ts';

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
await queue.work({
  drainContacts: async () => ({ worked: 0, nextInMs: null }),
  sweepContacts: async () => undefined,
  drainPersons: async () => ({ worked: 0, nextInMs: null }),
  pollSalesforce: async () => ({ contacts: 0, persons: 0 }),
  dueRecords: async () => ({ contacts: 0, persons: 0, nextInMs: null }),
  maintainLedger: async () => undefined,
});
process.stdout.write('working\n');
