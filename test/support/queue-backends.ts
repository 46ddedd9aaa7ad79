/** One of the two places where the queue may live; `env` switches the service to it. */
export type QueueBackend = { name: 'postgresql' | 'redis'; env: Record<string, string> };

/**
 * The backends that this run tests on. The runner starts a Redis where the machine has one and names it here; where there is none, it says
 * so by name in its closing lines.
 */
export function queueBackends(): QueueBackend[] {
  const redisUrl = process.env.TEST_REDIS_URL;
  const both: QueueBackend[] = [{ name: 'postgresql', env: {} }];
  if (redisUrl !== undefined && redisUrl !== '') both.push({ name: 'redis', env: { REDIS_URL: redisUrl } });
  return both;
}

/** A tenth of the full size, or the full one under `npm run test:full`. */
export function scaled(full: number): number {
  return process.env.HANDOFF_TEST_FULL === '1' ? full : Math.round(full / 10);
}
