import { setTimeout as sleep } from 'node:timers/promises';
import { UnrecoverableError } from 'bullmq';
import { ZodError } from 'zod';
import type { Log, LogContext } from '../ports/log.ts';
import type { QueuePort } from '../ports/queue.ts';
import { type Backend, openBackend, type QueueLocation } from './backend.ts';
import type { JobApp, JobDefinition, ScheduleTimes } from './define-job.ts';
import { createScheduler } from './schedules.ts';
import { createWaker, errorCode } from './wake.ts';

/** What came of a job, and how long it took. */
type OnJob = (job: { name: string; outcome: 'done' | 'failed'; seconds: number }) => void;

export type QueueOptions = {
  location: QueueLocation;
  jobs: readonly JobDefinition[];
  times: ScheduleTimes;
  log: Log & Partial<LogContext>;
  /** Told of each job of this process when it has ended. */
  onJob?: OnJob;
  /** How long a job of a process that was killed stays its own; default 15 s. */
  lockMs?: number;
};

export type Queue = QueuePort & {
  /** Starts taking jobs in this process. */
  work(app: JobApp): Promise<void>;
};

/**
 * The queue on PostgreSQL or Redis, one switch, same code. It only wakes: what is to be done stands in the ledger, so nothing is lost
 * with it. A job that throws is not repeated by the queue; the next tick wakes its successor.
 *
 * @throws when PostgreSQL or Redis does not answer at the start; later they are waited for
 */
export async function createQueue({
  location,
  jobs,
  times,
  log,
  onJob,
  lockMs = 15_000,
}: QueueOptions): Promise<Queue> {
  const backend = await openBackend(location, log);
  const stop = new AbortController();
  const wake = createWaker(backend.queue, jobs, log);
  const ensureSchedules = createScheduler(backend.queue, jobs, times, log);
  let worker: { close(): Promise<void> } | null = null;
  let timer: NodeJS.Timeout | null = null;
  const active = new Set<Promise<void>>();

  return {
    wake,
    ensureSchedules,
    health: async () => await checkHealth(backend),
    async work(app) {
      worker = startWorker(backend, jobs, { app, wake, stop: stop.signal, log }, { lockMs, active, onJob });
      await ensureSchedules();
      // Plain, so that a flushed Redis cannot take it away.
      timer = setInterval(() => void ensureSchedules(), 2_000);
    },
    async close() {
      stop.abort();
      if (timer !== null) clearInterval(timer);
      const closing = worker?.close() ?? Promise.resolve();
      // What is active ends by itself, and must have ended before the ledger is closed; BullMQ's own farewell may never be answered.
      await Promise.allSettled(active);
      await atMost(farewellMs, closing);
      await atMost(farewellMs, backend.queue.close());
      await backend.close();
    },
  };
}

type WorkContext = Parameters<JobDefinition['run']>[1] & { log: Log & Partial<LogContext> };

/** A Redis that went away in the middle can leave BullMQ waiting for an answer that never comes. */
const farewellMs = 5_000;

async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  const settled = work.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([settled, sleep(limitMs, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
}

type Working = { lockMs: number; active: Set<Promise<void>>; onJob: OnJob | undefined };

function startWorker(
  backend: Backend,
  jobs: readonly JobDefinition[],
  context: WorkContext,
  { lockMs, active, onJob }: Working,
) {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const concurrency = jobs.reduce((sum, { slots }) => sum + slots, 0);
  return backend.startWorker(
    async ({ name, data, id }) => {
      const job = byName.get(name);
      if (job === undefined) return context.log.warn({ job: name }, 'a job of another version was dropped');
      const { log } = context;
      const work = () => measureJob(job.name, onJob, () => runJob(job, data, context));
      // Every line of the job carries its ids, whoever writes it.
      const running = log.during?.({ job: name, jobId: id }, work) ?? work();
      active.add(running);
      await running.finally(() => active.delete(running));
    },
    // A job of a killed worker goes on in another one, however often that happens: the ledger keeps count of what fails.
    {
      concurrency,
      lockDuration: lockMs,
      stalledInterval: Math.ceil(lockMs / 3),
      maxStalledCount: 1_000_000,
      runRetryDelay: 1_000,
    },
    {
      failed: (job, error) =>
        context.log.error(
          { job: job?.name, jobId: job?.id, errorCode: errorCode(error) },
          'job failed, the next tick repeats it',
        ),
      stalled: (jobId) => context.log.warn({ jobId }, 'job of a lost worker taken over'),
    },
  );
}

async function measureJob(name: string, onJob: OnJob | undefined, work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  let outcome: 'done' | 'failed' = 'failed';
  try {
    await work();
    outcome = 'done';
  } finally {
    onJob?.({ name, outcome, seconds: (performance.now() - startedAt) / 1_000 });
  }
}

async function runJob(job: JobDefinition, data: unknown, context: WorkContext): Promise<void> {
  try {
    await job.run(data, context);
  } catch (thrown) {
    if (thrown instanceof ZodError) throw new UnrecoverableError(`the payload of ${job.name} is not ours`);
    throw thrown;
  }
}

async function checkHealth(backend: Backend): ReturnType<QueuePort['health']> {
  try {
    await backend.ping();
    return { backend: backend.kind, ok: true, detail: 'answers' };
  } catch {
    return { backend: backend.kind, ok: false, detail: 'does not answer' };
  }
}
