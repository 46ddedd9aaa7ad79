import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { endpoints } from '../../src/http/contract/index.ts';
import type { LedgerPort } from '../../src/ports/ledger.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';
import { listenTo } from '../support/listen-to.ts';

let service: HttpService;
/** Another process on the same ledger, such as a worker. */
let worker: LedgerPort;
beforeAll(async () => {
  const names = Array.from({ length: 5 }, (_, n) => `wall${n}:viewer:token-of-wall-${n}`);
  service = await startHttpService({
    environment: { ADMIN_TOKENS: [`dash:viewer:${tokens.viewer}`, ...names].join(',') },
  });
  await service.service.ready;
  worker = createLedger(service.pool);
});
afterAll(() => service.close());

const bearer = { authorization: `Bearer ${tokens.viewer}` };
const wall = (n: number) => ({ authorization: `Bearer token-of-wall-${n}` });
const listen = (headers: Record<string, string> = bearer) => listenTo(`${service.url}/api/v1/events`, headers);
const failure = `insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
                 values (1, 'hubspot', 'contact', $1, 'needs-human', 'x', '', '')`;

it('what another process commits is told within three seconds, under its topic', async () => {
  const stream = await listen();
  const startedAt = Date.now();

  await service.pool.query(failure, ['1']);
  expect(await stream.topicsUntil('failures')).toContain('overview');
  expect(Date.now() - startedAt).toBeLessThan(3_000);

  await service.pool.query(`insert into pairs (connection_id, person_object, person_id) values (1, 'Lead', 'a')`);
  await worker.mark([{ system: 'hubspot', object: 'contact', recordId: '7', priority: 2, source: 'webhook' }]);
  expect(await stream.topicsUntil('records')).not.toContain('failures');
  stream.close();
});

it('what is committed late is told all the same, and what is rolled back is not', async () => {
  const stream = await listen();
  const [late, never] = [await service.pool.connect(), await service.pool.connect()];
  await late.query('begin');
  await late.query(failure, ['late']);
  await never.query('begin');
  await never.query(failure, ['never']);
  // A later transaction is told of before the two.
  await service.pool.query(`insert into pairs (connection_id, person_object, person_id) values (1, 'Lead', 'b')`);
  const told = await stream.topicsUntil('records');
  expect(told).not.toContain('failures');

  await never.query('rollback');
  await service.pool.query(`update pairs set handed_over_at = now() where person_id = 'b'`);
  expect(await stream.topicsUntil('records')).not.toContain('failures');
  await late.query('commit');
  await stream.topicsUntil('failures');
  late.release();
  never.release();
  stream.close();
});

it('as long as nobody listens the ledger is not asked', async () => {
  const lastAsked = async () => {
    const text = `select max(query_start)::text as at from pg_stat_activity
                  where datname = current_database() and query like '%pg_visible_in_snapshot%' and pid <> pg_backend_pid()`;
    return (await service.pool.query<{ at: string | null }>(text)).rows[0]?.at ?? null;
  };
  const stream = await listen();
  const first = await lastAsked();
  expect(first).not.toBeNull();
  await expect.poll(lastAsked, { timeout: 10_000, interval: 100 }).not.toBe(first);

  stream.close();

  // The look that is under way when the connection goes is the last one.
  await new Promise((done) => setTimeout(done, 1_500));
  const asked = new Set<string | null>();
  for (let round = 0; round < 12; round += 1) {
    asked.add(await lastAsked());
    await new Promise((done) => setTimeout(done, 150));
  }
  expect([...asked].filter((at) => at !== null).length).toBeLessThanOrEqual(1);
});

it('signing out ends the stream of that session and of no other', async () => {
  const signedIn = async () => {
    const answer = await fetch(`${service.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: service.url },
      body: JSON.stringify({ token: tokens.viewer }),
    });
    expect(answer.status).toBe(200);
    return { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' };
  };
  const [first, second] = [await signedIn(), await signedIn()];
  const [one, other] = [await listen(first), await listen(second)];

  const answer = await fetch(`${service.url}/api/v1/session`, {
    method: 'DELETE',
    headers: { ...first, origin: service.url },
  });
  expect(answer.status).toBe(204);

  await one.ended;
  await service.pool.query(failure, ['after']);
  await other.topicsUntil('failures');
  expect((await fetch(`${service.url}/api/v1/events`, { headers: first })).status).toBe(401);
  other.close();
});

it('a hundred listen in one process, the next one is told to come later, and one that goes makes room', async () => {
  const streams = await Promise.all(Array.from({ length: 100 }, (_, n) => listen(wall(n % 5))));
  const refused = await fetch(`${service.url}/api/v1/events`, { headers: bearer });
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'too_many_listeners' }]);

  await service.pool.query(failure, ['for all']);
  await Promise.all(streams.map((stream) => stream.topicsUntil('failures')));
  streams.pop()?.close();
  await expect
    .poll(async () => {
      const ours = new AbortController();
      const { status } = await fetch(`${service.url}/api/v1/events`, { headers: bearer, signal: ours.signal });
      ours.abort();
      return status;
    })
    .toBe(200);
  for (const stream of streams) stream.close();
});

it('twenty listen with one token: more would take the places of others', async () => {
  // The places of those who have just gone are free in a moment.
  const soon = { timeout: 10_000, interval: 100 };
  const streams = await Promise.all(Array.from({ length: 20 }, () => vi.waitFor(() => listen(), soon)));
  const refused = await fetch(`${service.url}/api/v1/events`, { headers: bearer });
  expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'too_many_streams' }]);
  (await vi.waitFor(() => listen(wall(0)), soon)).close();

  streams.pop()?.close();
  await expect
    .poll(async () => {
      const ours = new AbortController();
      const { status } = await fetch(`${service.url}/api/v1/events`, { headers: bearer, signal: ours.signal });
      ours.abort();
      return status;
    })
    .toBe(200);
  for (const stream of streams) stream.close();
});

it('HEAD is answered at once, and takes no place', async () => {
  for (let n = 0; n < 25; n++) {
    const signal = AbortSignal.timeout(20_000);
    const answer = await fetch(`${service.url}/api/v1/events`, { method: 'HEAD', headers: wall(1), signal });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('event-stream')]);
  }
});

it('nobody listens without a token', async () => {
  expect((await fetch(`${service.url}/api/v1/events`)).status).toBe(401);
});

it('the first view is what the contract says, and tells first what stops everything', async () => {
  const answer = await fetch(`${service.url}/api/v1/overview`, { headers: bearer });
  const overview = endpoints['GET /overview'].answer.strict().parse(await answer.json());

  expect(overview).toMatchObject({
    health: { level: 'error' },
    pairs: { contact: 2, company: 0, deal: 0 },
    failures: { count: 4, newInDay: 4, newInDayBefore: 0, causes: [{ code: 'x', count: 4 }] },
    pending: { due: 1, more: false },
    today: { handoffs: 1 },
  });
  // Only the HTTP role runs here.
  expect(overview.advice[0]).toMatchObject({ severity: 'error', code: 'no_worker' });
  expect(overview.advice.map(({ code }) => code)).toEqual(expect.arrayContaining(['failures', 'observe_mode']));
  expect(overview.health.sentence).toContain('No worker process is running');
  expect(overview.flow).toHaveLength(24);
  expect(overview.sources.map(({ label }) => label)).toContain('HubSpot sweep of contacts');
});

it('closing the service ends every stream at once', async () => {
  const own = await startHttpService({ databaseUrl: service.databaseUrl, portalId: service.portalId });
  await own.service.ready.catch(() => undefined);
  const stream = await listenTo(`${own.url}/api/v1/events`, bearer);
  const startedAt = Date.now();

  await own.close();

  await stream.ended;
  expect(Date.now() - startedAt).toBeLessThan(5_000);
});
