import {
  createPostgresBackend,
  type Job,
  type JobSchedulerJson,
  Queue,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Log } from '../ports/log.ts';

/** Where the queue lives: a Redis, or the ledger's own PostgreSQL (in a schema of its own, `bullmq`). */
export type QueueLocation =
  | { kind: 'redis'; url: string }
  /** `alone`: no other process uses this queue. What a killed one left in it would block its slots for a while, so it is cleared. */
  | { kind: 'postgresql'; database: pg.PoolConfig; alone?: boolean };

type Processor = (job: Job) => Promise<void>;

type WorkerListeners = { failed(job: Job | undefined, error: Error): void; stalled(jobId: string): void };

/** The part of BullMQ that is used, the same on both backends. */
export type Backend = {
  kind: 'postgresql' | 'redis';
  queue: Pick<Queue, 'add' | 'upsertJobScheduler' | 'close'> & {
    getJobScheduler(id: string): Promise<JobSchedulerJson | undefined>;
  };
  startWorker(
    processor: Processor,
    options: Omit<WorkerOptions, 'connection'>,
    listeners: WorkerListeners,
  ): { close(): Promise<void> };
  /** @throws when the backend does not answer */
  ping(): Promise<void>;
  /** Closes the connections; the queue and its workers are closed before. */
  close(): Promise<void>;
};

/** All jobs share one queue: a queue and its worker each hold connections on PostgreSQL. */
const queueName = 'handoff';

/** How long a producer waits for the backend before it gives up: a webhook is never slowed by the queue. */
const producerTimeoutMs = 2_000;

/** Opens the backend; on PostgreSQL its schema is brought up to date first. @throws when it does not answer */
export async function openBackend(location: QueueLocation, log: Log): Promise<Backend> {
  return location.kind === 'redis' ? await openRedis(location.url, log) : await openPostgres(location, log);
}

async function openRedis(url: string, log: Log): Promise<Backend> {
  const onError = reportOnce(log);
  // Producers fail fast, workers wait for ever.
  const producer = new Redis(url, {
    maxRetriesPerRequest: 1,
    connectTimeout: producerTimeoutMs,
    commandTimeout: producerTimeoutMs,
  });
  const consumer = new Redis(url, { maxRetriesPerRequest: null });
  for (const connection of [producer, consumer]) connection.on('error', onError);
  const disconnect = async () => {
    for (const connection of [producer, consumer]) connection.disconnect();
  };
  // BullMQ asks the server once who it is and keeps the refusal for ever: it may only begin when Redis answers.
  await producer.ping().catch(async (thrown: unknown) => {
    await disconnect();
    throw thrown;
  });
  const queue = new Queue(queueName, { connection: producer, skipWaitingForReady: true });
  queue.on('error', onError);
  return {
    kind: 'redis',
    queue,
    startWorker: (processor, options, { failed, stalled }) =>
      new Worker(queueName, processor, { ...options, connection: consumer })
        .on('error', onError)
        .on('failed', failed)
        .on('stalled', stalled),
    ping: async () => void (await producer.ping()),
    close: disconnect,
  };
}

type PostgresLocation = Extract<QueueLocation, { kind: 'postgresql' }>;

async function openPostgres({ database, alone = false }: PostgresLocation, log: Log): Promise<Backend> {
  const onError = reportOnce(log);
  const settings = {
    ...database,
    options: '-c search_path=bullmq,public',
    application_name: 'handoff-queue',
    keepAlive: true,
  };
  const producers = new pg.Pool({
    ...settings,
    max: 3,
    connectionTimeoutMillis: producerTimeoutMs,
    query_timeout: 2 * producerTimeoutMs,
  });
  // A worker pins one connection to LISTEN; BullMQ needs about eight more or it can hang (measured).
  const workers = new pg.Pool({ ...settings, max: 10, connectionTimeoutMillis: 10_000 });
  for (const pool of [producers, workers]) {
    pool.on('error', onError);
    // While a connection is in use its pool does not listen, and an error that nobody hears ends the process.
    pool.on('connect', (client) => void client.on('error', onError));
  }
  const closePools = async () => void (await Promise.all([producers.end(), workers.end()]));
  const queue = await openPostgresQueue(producers, workers, alone).catch(async (thrown: unknown) => {
    await closePools();
    throw thrown;
  });
  queue.on('error', onError);
  return {
    kind: 'postgresql',
    queue,
    startWorker: (processor, options, { failed, stalled }) =>
      new Worker(queueName, processor, { ...options, connection: workers }, createPostgresBackend)
        .on('error', onError)
        .on('failed', failed)
        .on('stalled', stalled),
    ping: async () => void (await producers.query('select 1')),
    close: closePools,
  };
}

async function openPostgresQueue(producers: pg.Pool, workers: pg.Pool, alone: boolean) {
  await migrateQueue(workers);
  const queue = new Queue(queueName, { connection: producers }, createPostgresBackend);
  if (!alone) return queue;
  await queue.obliterate({ force: true });
  // Their next runs are gone with the jobs; the service makes them anew.
  for (const { key } of await queue.getJobSchedulers()) await queue.removeJobScheduler(key);
  return queue;
}

async function migrateQueue(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
}

/** Reports the queue's connection trouble at most once per ten seconds; BullMQ and the drivers retry by themselves. */
function reportOnce(log: Log): (error: Error) => void {
  let silentUntil = 0;
  return (error) => {
    if (performance.now() < silentUntil) return;
    silentUntil = performance.now() + 10_000;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    log.warn({ errorCode: code }, 'the queue does not answer or lost a job, it will be tried again');
  };
}
