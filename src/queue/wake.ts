import type { Log } from '../ports/log.ts';
import type { QueuePort } from '../ports/queue.ts';
import type { Backend } from './backend.ts';
import type { JobDefinition } from './define-job.ts';

/** Finished jobs leave at once; failed ones stay a day for a person to look at. */
export const keepJobs = { removeOnComplete: true, removeOnFail: { age: 86_400, count: 200 } } as const;

/**
 * Builds `wake`. Without a key the slots are taken in turn. Wake-ups of one slot collapse twice: here while one is on its way, and in the
 * queue, where one may be active and one waiting. It never throws; its errors are logged once until it works again.
 */
export function createWaker(queue: Backend['queue'], jobs: readonly JobDefinition[], log: Log): QueuePort['wake'] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const sending = new Map<string, { again: boolean; done: Promise<void> }>();
  let turn = 0;
  let failing = false;

  async function add(job: JobDefinition, slot: number, delayMs: number | undefined): Promise<void> {
    const id = slotId(job, slot, delayMs);
    // A later wake-up may not stand in the way of one that is wanted now, so it has a key of its own; the newest time holds.
    const deduplication = delayMs === undefined ? { id, keepLastIfActive: true } : { id, replace: true };
    try {
      // PostgreSQL takes no fraction of a millisecond here.
      const delay = Math.ceil(delayMs ?? 0);
      await queue.add(job.name, job.payloadFor(slot), { ...keepJobs, deduplication, delay });
      failing = false;
    } catch (thrown) {
      if (!failing)
        log.warn(
          { job: job.name, errorCode: errorCode(thrown) },
          'the queue took no wake-up, the next tick repeats it',
        );
      failing = true;
    }
  }

  return async function wake(name, { delayMs, key } = {}) {
    const job = byName.get(name);
    if (job === undefined) return log.error({ job: name }, 'nobody knows this job');
    const slot = key === undefined ? turn++ % job.slots : Number(key);
    const id = slotId(job, slot, delayMs);
    const running = sending.get(id);
    if (running !== undefined) {
      running.again = true;
      return await running.done;
    }
    const state = { again: false, done: Promise.resolve() };
    sending.set(id, state);
    state.done = (async () => {
      try {
        do {
          state.again = false;
          await add(job, slot, delayMs);
        } while (state.again && !failing);
      } finally {
        sending.delete(id);
      }
    })();
    await state.done;
  };
}

function slotId(job: JobDefinition, slot: number, delayMs: number | undefined): string {
  return `${job.name}-${slot}${delayMs === undefined ? '' : '-later'}`;
}

/** The system's or the driver's code, else the kind of error. */
export function errorCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
}
