import type { Log } from '../ports/log.ts';
import type { Backend } from './backend.ts';
import type { JobDefinition, ScheduleTimes } from './define-job.ts';
import { errorCode, keepJobs } from './wake.ts';

/** A schedule whose next run lies this far in the past has lost its job and is made anew. */
const lostAfterMs = 30_000;

/**
 * Builds `ensureSchedules`: makes what is missing (after a flush), what has another interval (after a changed setting), and what has
 * lost its next run. What is as it should be is left alone, for renewing a schedule moves it. Never throws; it is called again soon.
 */
export function createScheduler(
  queue: Backend['queue'],
  jobs: readonly JobDefinition[],
  times: ScheduleTimes,
  log: Log,
): () => Promise<void> {
  let failing = false;
  let running: Promise<void> | null = null;

  async function ensure(): Promise<void> {
    try {
      for (const job of jobs) {
        if (job.everyMs !== null) await ensureOne(queue, job, job.everyMs(times), log);
      }
      failing = false;
    } catch (thrown) {
      if (!failing) log.warn({ errorCode: errorCode(thrown) }, 'the schedules could not be checked, they will be soon');
      failing = true;
    }
  }

  return async () => {
    running ??= ensure().finally(() => {
      running = null;
    });
    await running;
  };
}

async function ensureOne(queue: Backend['queue'], job: JobDefinition, everyMs: number, log: Log): Promise<void> {
  const found = await queue.getJobScheduler(job.name);
  const lost = found?.next !== undefined && found.next < Date.now() - everyMs - lostAfterMs;
  if (found !== undefined && Number(found.every) === everyMs && !lost) return;
  await queue.upsertJobScheduler(
    job.name,
    { every: everyMs },
    { name: job.name, data: job.payloadFor(0), opts: keepJobs },
  );
  log.info({ job: job.name, delayMs: everyMs }, 'schedule made');
}
