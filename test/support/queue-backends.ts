/** One of the two places where the queue may live; `env` switches the service to it. */
export type QueueBackend = { name: 'postgresql' | 'redis'; env: Record<string, string> };

/** Files run side by side: on one database of Redis the service of one would take the jobs of another's. */
function ownDatabase(redisUrl: string): string {
  return `${redisUrl}/${process.env.VITEST_POOL_ID ?? '0'}`;
}

/**
 * The backends that this run tests on. The runner starts a Redis where the machine has one and names it here; where there is none, it says
 * so by name in its closing lines.
 */
export function queueBackends(): QueueBackend[] {
  const redisUrl = process.env.TEST_REDIS_URL;
  const both: QueueBackend[] = [{ name: 'postgresql', env: {} }];
  if (redisUrl !== undefined && redisUrl !== '')
    both.push({ name: 'redis', env: { REDIS_URL: ownDatabase(redisUrl) } });
  return both;
}

/** A tenth of the full size, or the full one under `npm run test:full`. */
export function scaled(full: number): number {
  return process.env.HANDOFF_TEST_FULL === '1' ? full : Math.round(full / 10);
}
