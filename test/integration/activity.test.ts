import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toLongId } from '../../src/domain/salesforce-ids.ts';
import { type Answer, endpoints } from '../../src/http/contract/index.ts';
import { type AuditRows, createAuditRows } from '../support/audit-rows.ts';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';
import { eventually } from '../support/stack.ts';

let service: HttpService;
let rows: AuditRows;
beforeAll(async () => {
  service = await startHttpService();
  await service.service.ready;
  rows = createAuditRows(service.pool);
}, 120_000);
afterAll(() => service.close());

async function ask(path: string, token: string = tokens.viewer, init: RequestInit = {}): Promise<Response> {
  return await fetch(`${service.url}/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
}

async function list(query: string): Promise<Answer<'GET /activity'>> {
  const answer = await ask(`/activity?${query}`);
  expect(answer.status).toBe(200);
  return endpoints['GET /activity'].answer.parse(await answer.json());
}

async function csv(query: string): Promise<Record<string, string>[]> {
  const answer = await ask(`/activity.csv?${query}`);
  expect(answer.status).toBe(200);
  return parse(await answer.text(), { columns: true, bom: true });
}

const leadId = toLongId('00QAA0000000001') ?? '';
const script = '<script>alert(1)</script>';
const formula = '=HYPERLINK("https://evil.example","click")';

describe('the activity log on a running service', () => {
  it('tells what was written and what people did, each value as it is', async () => {
    const pair = await rows.pair('contact', [
      ['hubspot', 'contact', '4001'],
      ['salesforce', 'Lead', leadId],
    ]);
    const changes = [
      { field: 'Title', before: script, after: formula, rule: 'newest', conflict: 'hubspot' },
      { field: 'Phone', before: null, after: '+43 1 234', rule: 'newest' },
    ];
    await rows.write(pair, { recordId: leadId, runId: '7', changes });
    await rows.stage(pair, '4001', {});
    expect((await ask('/contacts/4001/resync', tokens.operator, { method: 'POST' })).status).toBe(202);

    const { items } = await list('record=00QAA0000000001');
    expect(items.map(({ kind, actor, outcome }) => [kind, actor, outcome])).toStrictEqual([
      ['action', 'ann', 'done'],
      ['stage', 'sync', 'verified'],
      ['write', 'sync', 'done'],
    ]);
    expect(items[0]).toMatchObject({ code: 'contact_resync', pair: { kind: 'contact', recordId: '4001' } });
    expect(items[2]).toMatchObject({
      runId: '7',
      pair: { kind: 'contact', recordId: '4001' },
      changes: [
        { field: 'Title', before: script, after: formula, conflict: 'hubspot', erased: false },
        { field: 'Phone', before: null, conflict: null },
      ],
    });
  });

  it('exports a line per changed field, and no value of it can run in a spreadsheet', async () => {
    const answer = await ask('/activity.csv?record=4001');
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="handoff-activity-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const lines: Record<string, string>[] = parse(await answer.text(), { columns: true, bom: true });

    expect(lines.map((line) => [line.Kind, line.Field, line.Before, line.After])).toStrictEqual([
      ['Action of a person', '', '', ''],
      ['Stage moved', '', '', ''],
      ['Record written', 'Title', script, `'${formula}`],
      ['Record written', 'Phone', '', "'+43 1 234"],
    ]);
  });

  it('notes who exported it, with what filter, and how many lines they got', async () => {
    await csv('record=4001&kind=write');
    expect(await lastExport()).toMatchObject({
      ...{ actor: 'dash', outcome: 'done' },
      details: { record: '4001', kind: 'write', lines: 2 },
    });
    expect((await list('kind=action&actor=dash&limit=1')).items[0]?.text).toBe('Exported the activity log as CSV.');
  });

  it('answers a question about the file alone without a note', async () => {
    const before = await exports();
    const answer = await ask('/activity.csv', tokens.viewer, { method: 'HEAD' });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toContain('handoff-activity-');
    expect(await exports()).toBe(before);
  });

  it('exports 10,000 writes whole', async () => {
    await manyWrites(10_000);
    const lines = await csv('run=9000');

    expect(lines).toHaveLength(10_000);
    expect(new Set(lines.map(({ Entry }) => Entry)).size).toBe(10_000);
  });

  it('goes on where a page ended while new rows arrive', async () => {
    const pair = await rows.pair('contact', [['hubspot', 'contact', '4002']]);
    const first = await list('run=9000&limit=1000');
    await rows.write(pair, { runId: '9000' });
    const seen = new Set(first.items.map(({ id }) => id));
    let cursor = first.nextCursor;
    while (cursor !== null) {
      const page = await list(`run=9000&limit=1000&cursor=${cursor}`);
      for (const { id } of page.items) seen.add(id);
      cursor = page.nextCursor;
    }

    expect(seen.size).toBe(10_000);
  });

  it('stops reading when whoever asked has left, and notes that they did', async () => {
    await manyWrites(20_000);
    const leave = new AbortController();
    const answer = await ask('/activity.csv', tokens.admin, { signal: leave.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    leave.abort();
    const noted = await lastExport();

    expect(noted).toMatchObject({ actor: 'eve', outcome: 'failed', problem: 'client_left' });
    expect(noted?.details.lines).toBeLessThan(30_000);
  });

  it.each([
    { path: '/activity?cursor=x', status: 400, code: 'bad_cursor' },
    { path: '/activity?from=yesterday', status: 400, code: 'bad_filter' },
    { path: '/activity.csv?to=yesterday', status: 400, code: 'bad_filter' },
    { path: '/activity?record=jane@example.com', status: 400, code: 'bad_request' },
    { path: '/activity?kind=everything', status: 400, code: 'bad_request' },
    { path: '/activity?limit=0', status: 400, code: 'bad_request' },
    { path: '/activity.csv?run=abc', status: 400, code: 'bad_request' },
  ])('refuses $path with $status', async ({ path, status, code }) => {
    const answer = await ask(path);

    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it.each(['/activity', '/activity.csv'])('tells %s to nobody who is not signed in', async (path) => {
    expect((await ask(path, 'wrong')).status).toBe(401);
  });
});

async function exports(): Promise<number> {
  const sql = `select count(*)::int as count from actions where code = 'activity_export'`;
  return (await service.pool.query<{ count: number }>(sql)).rows[0]?.count ?? 0;
}

type Noted = { actor: string; outcome: string; problem: string | null; details: { lines?: number } };

/** How the export that was asked for last ended. */
async function lastExport(): Promise<Noted | undefined> {
  let last: Noted | undefined;
  await eventually('how the export ended is noted', async () => {
    const { rows: found } = await service.pool.query<Noted>(
      `select actor, outcome, problem, details from actions where code = 'activity_export' order by id desc limit 1`,
    );
    last = found[0];
    return last !== undefined && last.outcome !== 'asked';
  });
  return last;
}

/** So many writes of one run, a second apart. */
async function manyWrites(count: number): Promise<void> {
  const pair = await rows.pair('contact', [['hubspot', 'contact', `many-${count}`]]);
  await service.pool.query(
    `insert into writes (at, connection_id, pair_id, run_id, token, mapping_version, system, object, record_id, operation, changes, state)
     select clock_timestamp() - make_interval(secs => n), 1, $1, $2, gen_random_uuid(), 1, 'hubspot', 'contact', n::text, 'update',
            '[{"field": "phone", "before": null, "after": "1", "rule": "newest"}]', 'done' from generate_series(1, $3) as n`,
    [pair, count === 10_000 ? 9_000 : 9_001, count],
  );
}
