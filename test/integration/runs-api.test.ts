import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';

let http: HttpService;
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
}, 120_000);
afterAll(async () => await http.close());

const runSchema = z.object({ id: z.string(), state: z.string(), dryRun: z.boolean(), forecast: z.unknown() });
const answerSchema = z.record(z.string(), z.unknown());

async function call(method: string, path: string, body?: unknown, role: keyof typeof tokens = 'admin') {
  const response = await fetch(`${http.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens[role]}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: answerSchema.parse(await response.json()) };
}

describe('POST /api/v1/backfills', () => {
  it.each([
    [{}, 'bad_request'],
    [{ object: 'people' }, 'bad_request'],
    [{ object: 'contacts', dryrun: true }, 'bad_request'],
    [{ object: 'contacts', ids: [] }, 'bad_request'],
    [{ object: 'contacts', ids: Array.from({ length: 10_001 }, (_, id) => String(id + 1)) }, 'bad_request'],
    [{ object: 'contacts', ids: ['ann@example.com'] }, 'bad_filter'],
    [{ object: 'contacts', since: 'yesterday' }, 'bad_filter'],
    [{ object: 'contacts', since: '1d', until: '2d' }, 'bad_filter'],
    [{ object: 'contacts', where: 'contact.' }, 'bad_filter'],
    [{ object: 'contacts', list: '1', ids: ['1'] }, 'bad_filter'],
    [{ object: 'leads', list: '1' }, 'bad_filter'],
  ])('answers 400 to %j', async (body, code) => {
    expect(await call('POST', '/backfills', body)).toMatchObject({ status: 400, body: { code } });
  });

  it('takes 10,000 ids in one body', async () => {
    const ids = Array.from({ length: 10_000 }, (_, id) => String(900_000_000_000 + id));
    const { status, body } = await call('POST', '/backfills', { object: 'contacts', ids, dryRun: true });
    expect({ status, body }).toMatchObject({ status: 201, body: { filter: { hasIds: true }, dryRun: true } });
    expect((await call('POST', `/runs/${body.id}/cancel`)).status).toBe(200);
  });

  it('lets an operator ask what would be, and an admin alone start it', async () => {
    const wanted = { object: 'contacts', until: '2020-01-01' };
    expect((await call('POST', '/backfills', wanted, 'operator')).status).toBe(403);
    expect((await call('POST', '/backfills', { ...wanted, dryRun: true }, 'viewer')).status).toBe(403);
    expect((await call('POST', '/backfills', { ...wanted, dryRun: true }, 'operator')).status).toBe(201);
    const { status, body } = await call('POST', '/backfills', wanted);
    expect(status).toBe(201);
    await call('POST', `/runs/${body.id}/cancel`);
  });

  it('names the other run where one is on, and answers by the state that a run is in', async () => {
    const { id } = runSchema.parse((await call('POST', '/backfills', { object: 'contacts', ids: ['987654321'] })).body);
    const second = await call('POST', '/backfills', { object: 'contacts' });
    expect(second).toMatchObject({ status: 409, body: { code: 'run_overlaps' } });
    expect(String(second.body.detail)).toContain(`Run ${id} `);
    const answers: [string, number, string][] = [
      ['resume', 409, 'run_not_paused'],
      ['approve', 409, 'run_not_stopped'],
      ['pause', 200, 'paused'],
      ['pause', 409, 'run_not_running'],
      ['resume', 200, 'running'],
      ['cancel', 200, 'cancelled'],
      ['cancel', 409, 'run_is_over'],
    ];
    for (const [name, status, told] of answers) {
      const answer = await call('POST', `/backfills/${id}/${name}`);
      expect([name, answer.status, answer.body.code ?? answer.body.state]).toEqual([name, status, told]);
    }
  });

  it('lets one of two admins start who press the button at once, and tells the other one of it', async () => {
    const press = async () => await call('POST', '/backfills', { object: 'contacts', ids: ['987654321'] });
    const both = await Promise.all([press(), press()]);
    const [begun, refused] = both.sort((one, other) => one.status - other.status);
    expect([begun?.status, refused?.status]).toEqual([201, 409]);
    expect(refused?.body).toMatchObject({ code: 'run_overlaps' });
    expect(String(refused?.body.detail)).toContain(`Run ${begun?.body.id} `);
    await call('POST', `/runs/${begun?.body.id}/cancel`);
  });

  it('lets an operator hold a run, and an admin alone let it go on or end it', async () => {
    const { id } = runSchema.parse((await call('POST', '/backfills', { object: 'companies', dryRun: true })).body);
    for (const name of ['resume', 'cancel', 'approve']) {
      expect((await call('POST', `/runs/${id}/${name}`, undefined, 'operator')).status).toBe(403);
    }
    expect((await call('POST', `/runs/${id}/pause`, undefined, 'operator')).status).toBe(200);
  });
});

it('pages through runs, the newest first', async () => {
  const first = z
    .object({ items: z.array(runSchema), nextCursor: z.string().nullable() })
    .parse((await call('GET', '/runs?limit=1&kind=backfill', undefined, 'viewer')).body);
  expect(first.items).toHaveLength(1);
  const next = await call('GET', `/runs?limit=100&kind=backfill&cursor=${first.nextCursor}`);
  expect(JSON.stringify(next.body.items)).not.toContain(`"id":"${first.items[0]?.id}"`);
  expect((await call('GET', '/runs/987654')).body).toMatchObject({ code: 'run_not_found', status: 404 });
  expect((await call('GET', '/runs/nobody')).status).toBe(400);
});
