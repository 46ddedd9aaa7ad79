import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';

let service: HttpService;

beforeAll(async () => {
  service = await startHttpService();
  await service.service.ready;
});
afterAll(async () => await service.close());

async function scrape(): Promise<Map<string, number>> {
  const answer = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${tokens.viewer}` } });
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
    values (1, 'salesforce', date_trunc('hour', clock_timestamp()) - interval '1 hour', 10, 500, 1000);`);
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
