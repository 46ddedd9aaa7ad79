import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { incidentEndpoints } from '../../src/http/contract/incidents.ts';
import { createQueue, type Queue } from '../../src/queue/queue.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { hasRedisServer, startOwnRedis } from '../support/own-redis.ts';
import { sqlContact } from '../support/people.ts';
import { adminToken, eventually, type Stack, startStack } from '../support/stack.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const times = { sweepEveryMs: 60_000, pollEveryMs: 60_000 };
/** The machine may be busy: three starts of a service. A look whose process ended is taken up again within a minute, the next one is a minute away. */
const withinMs = 360_000;
const lookWithinMs = 150_000;
const secretPath = '/services/T0/B0/secret-part-of-the-address';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** What a Slack-compatible webhook was sent. `hold`: what it is sent is not answered. */
async function startReceiver() {
  const texts: string[] = [];
  let isHeld = false;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      texts.push(JSON.parse(Buffer.concat(parts).toString()).text);
      if (!isHeld) response.end('ok');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { texts, url: `http://127.0.0.1:${port}${secretPath}`, hold: (held: boolean) => (isHeld = held) };
}

type Place = {
  stack: Stack;
  database: TestDatabase;
  wake(): Promise<void>;
  receiver: Awaited<ReturnType<typeof startReceiver>>;
};

/** A service on a database and queue of its own, and a producer that wakes its jobs. */
async function openPlace(onRedis: boolean): Promise<Place> {
  const receiver = await startReceiver();
  const database = await createTestDatabase();
  closers.push(() => database.close());
  const redis = onRedis ? await startOwnRedis() : null;
  if (redis !== null) closers.push(() => redis.stop());
  const { settings } = database;
  if (!('host' in settings)) throw new Error('the test database is reached by its socket');
  const socket = encodeURIComponent(settings.host ?? '');
  const env = {
    DATABASE_URL: `postgresql://${settings.user}@localhost:${settings.port}/${settings.database}?host=${socket}`,
    ALERT_WEBHOOK_URL: receiver.url,
    LOG_LEVEL: 'debug',
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
  };
  const stack = await startStack({ queue: { name: 'postgresql', env: {} }, env });
  closers.push(() => stack.close());
  const location =
    redis === null ? { kind: 'postgresql' as const, database: settings } : { kind: 'redis' as const, url: redis.url };
  let queue: Queue | null = null;
  const wake = async () => {
    // Behind the service, which makes the queue's tables.
    queue ??= await createQueue({ location, jobs, times, log: silent });
    await queue.wake('alerts.watch');
  };
  closers.push(async () => await queue?.close());
  return { stack, database, wake, receiver };
}

/** HubSpot takes no token any more, and somebody's contact needs it. */
function loseAuthorisation({ hubspot }: Stack): void {
  const body = { status: 'error', category: 'INVALID_AUTHENTICATION', message: 'expired' };
  hubspot.faults.add({ kind: 'status', status: 401, body, match: '/crm/', times: Number.POSITIVE_INFINITY });
  hubspot.createContact(sqlContact('unread'));
}

/** Looks until so many messages have arrived. */
async function until({ wake, receiver }: Place, count: number): Promise<void> {
  await eventually(
    `${count} messages arrived`,
    async () => {
      await wake();
      return receiver.texts.length >= count;
    },
    lookWithinMs,
  );
}

const backends = [
  { name: 'PostgreSQL', onRedis: false },
  ...(hasRedisServer() ? [{ name: 'Redis', onRedis: true }] : []),
];

describe.each(backends)('alerts of a running service (queue on $name)', ({ onRedis }) => {
  it(
    'a lost authorisation is one message, and one when it was mended',
    async () => {
      const place = await openPlace(onRedis);
      const { stack, database, receiver, wake } = place;
      const first = await stack.start();
      loseAuthorisation(stack);
      await until(place, 1);
      for (let times = 0; times < 5; times++) await wake();
      const during = await incidentsOf(stack);
      stack.hubspot.faults.clear();
      await first.stop();
      // Who starts may have brought another credential: the pause is over.
      const second = await stack.start();
      await eventually(
        'it is seen that it is over',
        async () => {
          await wake();
          const { rowCount } = await database.pool.query(
            `update incidents set clear_at = clear_at - interval '1 hour' where clear_at is not null`,
          );
          return rowCount === 1;
        },
        lookWithinMs,
      );
      await until(place, 2);
      const ended = await incidentsOf(stack);

      expect(receiver.texts).toStrictEqual([
        expect.stringMatching(/^Problem: HubSpot refuses our sign-in\. Since .* UTC\. Incident \d+\.$/),
        expect.stringMatching(/^Over: HubSpot refuses our sign-in\. Incident \d+\.$/),
      ]);
      expect(during).toMatchObject({
        open: 1,
        webhook: { state: 'ok' },
        items: [{ code: 'auth_lost', endedAt: null }],
      });
      expect(ended).toMatchObject({ open: 0, items: [{ code: 'auth_lost', told: { ending: expect.any(String) } }] });
      const lines = [...first.lines, ...second.lines];
      expect(lines.filter((line) => line.includes('secret-part'))).toStrictEqual([]);
      const begun = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'an incident has begun');
      expect(begun).toMatchObject([{ code: 'auth_lost', job: 'alerts.watch', jobId: expect.any(String) }]);
    },
    withinMs,
  );
});

it(
  'a process that is killed while the webhook takes the message costs at most that message twice, and none',
  async () => {
    const place = await openPlace(false);
    const { stack, database, receiver } = place;
    const first = await stack.start();
    receiver.hold(true);
    loseAuthorisation(stack);
    await until(place, 1);
    await first.kill();
    receiver.hold(false);
    await stack.start();
    await database.pool.query('update alert_watch set leased_until = clock_timestamp()');
    await until(place, 2);
    await place.wake();
    const { items } = await incidentsOf(stack);

    expect(new Set(receiver.texts).size).toBe(1);
    expect(receiver.texts).toHaveLength(2);
    expect(items).toMatchObject([{ told: { opening: expect.any(String) } }]);
  },
  withinMs,
);

it(
  'the command line shows incidents, and sends a test message',
  async () => {
    const { stack, receiver } = await openPlace(false);
    const listed = await stack.run('alerts', '--json');
    const sent = await stack.run('alerts', '--test');
    const without = await stack.runWith({ ALERT_WEBHOOK_URL: '' }, 'alerts', '--test', '--json');
    const wrong = await stack.runWith({ ALERT_WEBHOOK_URL: 'http://example.com/secret-part' }, 'alerts', '--test');

    expect(JSON.parse(listed.stdout)).toStrictEqual({
      items: [],
      open: 0,
      webhook: { state: 'ok', code: null, since: null },
    });
    expect([sent.code, receiver.texts]).toStrictEqual([
      0,
      ['Handoff: This is a test. Messages about incidents arrive here.'],
    ]);
    expect([without.code, JSON.parse(without.stdout)]).toStrictEqual([1, { sent: false, code: 'no_webhook' }]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('ALERT_WEBHOOK_URL must begin with https://');
    expect(wrong.stderr).not.toContain('secret-part');
  },
  withinMs,
);

async function incidentsOf({ env }: Stack) {
  const headers = { authorization: `Bearer ${adminToken}` };
  const answer = await fetch(`${env.PUBLIC_URL}/api/v1/incidents`, { headers });
  return incidentEndpoints['GET /incidents'].answer.parse(await answer.json());
}
