import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpService, startHttpService, tokens, unusedPort } from '../support/http-service.ts';

let service: HttpService;

beforeAll(async () => {
  service = await startHttpService();
  await service.service.ready;
});
afterAll(async () => await service.close());

async function scrape(url = service.url): Promise<Map<string, number>> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${tokens.viewer}` } });
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('handoff_'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

it('tells what the ledger holds, and what this process did', async () => {
  await service.pool.query(`
    insert into pairs (connection_id, object, person_object, person_id, handed_over_at)
    select 1, 'contact', 'Lead', n::text, clock_timestamp() from generate_series(1, 4) as n;
    insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
    select 1, 'hubspot', 'contact', n::text, 'needs-human', 'owner_missing', '', '' from generate_series(1, 3) as n;
    insert into pending (connection_id, system, object, record_id, priority, due_at, counter, source)
    values (1, 'hubspot', 'contact', '8', 2, clock_timestamp() - interval '1 minute', 1, 'webhook'), (1, 'hubspot', 'contact', '9', 4, clock_timestamp(), 2, 'backfill');
    insert into runs (connection_id, kind, object, state, creates_limit, changes_limit) values (1, 'backfill', 'deals', 'stopped', 1, 1);
    insert into incidents (connection_id, code, subject, state, severity, facts, since, suspected_at, judged_at, opened_at)
    values (1, 'auth_lost', 'hubspot', 'open', 'error', '{}', now(), now(), now(), now());
    insert into calls (connection_id, bucket, hour, calls, vendor_used, vendor_limit)
    values (1, 'salesforce', date_trunc('hour', clock_timestamp()) + interval '1 hour', 10, 500, 1000);`);
  const told = await scrape();

  const expected: [string, number][] = [
    ['handoff_pairs', 4],
    ['handoff_handoffs_total', 4],
    ['handoff_failures', 3],
    ['handoff_failures_by_code{code="owner_missing"}', 3],
    ['handoff_due_records{band="live"}', 1],
    ['handoff_due_records{band="background"}', 1],
    ['handoff_runs{kind="backfill",state="stopped"}', 1],
    ['handoff_incidents_open{code="auth_lost",severity="error"}', 1],
    ['handoff_vendor_calls_used{bucket="salesforce"}', 500],
    ['handoff_processes{role="http"}', 1],
  ];
  expect(expected.map(([name]) => [name, told.get(name)])).toStrictEqual(expected);
  expect(told.get('handoff_oldest_live_due_seconds')).toBeGreaterThanOrEqual(60);
  expect(told.get('handoff_budget_left_calls{bucket="salesforce"}')).toBeLessThanOrEqual(490);
  expect([...told.keys()].filter((name) => name.startsWith('handoff_build_info{version="'))).toHaveLength(1);
  expect(told.get('handoff_calls_total{system="salesforce",outcome="ok"}')).toBeGreaterThan(0);
});

it('tells the same figures at the next scrape: nothing adds up twice', async () => {
  const [first, second] = [await scrape(), await scrape()];

  for (const name of ['handoff_handoffs_total', 'handoff_runs{kind="backfill",state="stopped"}'])
    expect(second.get(name)).toBe(first.get(name));
});

it('an endpoint has one route, however its address was written and however it ended', async () => {
  const headers = { authorization: `Bearer ${tokens.viewer}` };
  for (const path of ['/api/v1/overview', '/API/v1/Overview/', '/api/v1/overview?no=such', '/api/v1/contacts/no-id'])
    await (await fetch(`${service.url}${path}`, { headers })).text();
  await (await fetch(`${service.url}/api/v1/overview`)).text();
  for (const path of ['/Api/v1/jane@example.com', '/aPi']) await (await fetch(`${service.url}${path}`)).text();
  const routes = [...(await scrape()).keys()].flatMap(
    (name) => /^handoff_http_request_seconds_count\{route="([^"]*)"/.exec(name)?.[1] ?? [],
  );

  expect([...new Set(routes)].toSorted()).toEqual([
    '/metrics',
    '/{*view}',
    'GET /contacts/{id}',
    'GET /overview',
    'unknown',
  ]);
});

it('while the ledger is away tells what this process counts itself, and nothing that would be old', async () => {
  const away = await startHttpService({
    databaseUrl: `postgresql://nobody@127.0.0.1:${await unusedPort()}/none`,
    portalId: service.portalId,
  });
  const told = await scrape(away.url);
  away.service.ready.catch(() => undefined);
  await away.close();

  expect(told.get('handoff_ledger_up')).toBe(0);
  expect((await scrape()).get('handoff_ledger_up')).toBe(1);
  expect([...told.keys()].filter((name) => /^handoff_(failures|pairs|processes|build_info)\b/.test(name))).toEqual([]);
});
