import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Endpoint } from '../../src/http/contract/endpoint.ts';
import { type EndpointName, endpoints } from '../../src/http/contract/index.ts';
import { tokens } from '../support/http-service.ts';
import { strictSchema } from '../support/strict-schema.ts';
import { startToldService, type ToldService } from '../support/told-service.ts';

let told: ToldService;
beforeAll(async () => {
  told = await startToldService();
}, 120_000);
afterAll(async () => await told?.close());

/** What is asked of an endpoint. `items`: the least that its list must hold, so that the items are looked at too. */
type Ask = { id?: () => string | Promise<string>; query?: string; body?: object; items?: number };

const any: Ask = {};
const contact: Ask = { id: () => told.cast.fought };
const company: Ask = { id: () => told.cast.company };
const deal: Ask = { id: () => told.cast.deal };
const run: Ask = { id: () => told.cast.run };
/** Dry runs stand in nobody's way, and nobody works on them here. */
const freshRun: Ask = { id: async () => await beginRun('running') };
const pausedRun: Ask = { id: async () => await beginRun('paused') };
const stoppedRun: Ask = { id: async () => await beginRun('stopped') };

const asks: Record<EndpointName, Ask> = {
  'POST /session': { body: { token: tokens.viewer } },
  'GET /session': any,
  'DELETE /session': any,
  'GET /events': any,
  'GET /overview': any,
  'POST /pause': { body: { reason: 'A test looks at the answer' } },
  'POST /resume': any,
  'GET /status': any,
  'GET /incidents': any,
  'GET /stages/disagreements': any,
  'GET /contacts': { items: 1 },
  'GET /companies': { items: 1 },
  'GET /deals': { items: 1 },
  'GET /contacts/{id}': contact,
  'GET /contacts/{id}/explain': contact,
  'GET /contacts/{id}/timeline': { ...contact, items: 5 },
  'POST /contacts/{id}/resync': contact,
  'POST /contacts/{id}/thaw': contact,
  'GET /companies/{id}': company,
  'GET /companies/{id}/explain': company,
  'GET /companies/{id}/timeline': { ...company, items: 2 },
  'POST /companies/{id}/resync': company,
  'POST /companies/{id}/thaw': company,
  'GET /deals/{id}': deal,
  'GET /deals/{id}/explain': deal,
  'GET /deals/{id}/timeline': { ...deal, items: 2 },
  'POST /deals/{id}/resync': deal,
  'POST /deals/{id}/thaw': deal,
  'GET /failures': { query: '?limit=1', items: 1 },
  'GET /failures/groups': { items: 2 },
  'POST /failures/retry': { body: { code: 'nothing_has_this_code' } },
  'GET /erasures': { items: 1 },
  'GET /funnel': any,
  'GET /activity': { items: 1 },
  'GET /activity.csv': any,
  'GET /mappings': any,
  'GET /mappings/{version}': { query: '?against=active' },
  'POST /plan': { body: { sample: 5 } },
  'POST /mappings/{version}/activate': any,
  'GET /runs': { items: 2 },
  'GET /runs/{id}': run,
  'POST /runs/{id}/pause': freshRun,
  'POST /runs/{id}/resume': pausedRun,
  'POST /runs/{id}/cancel': freshRun,
  'POST /runs/{id}/approve': stoppedRun,
  'POST /runs/{id}/revert': { ...run, body: { dryRun: true } },
  'GET /backfills': { items: 1 },
  'POST /backfills': { body: { object: 'deals', dryRun: true } },
  'GET /backfills/{id}': run,
  'POST /backfills/{id}/pause': freshRun,
  'POST /backfills/{id}/resume': pausedRun,
  'POST /backfills/{id}/cancel': freshRun,
  'POST /backfills/{id}/approve': stoppedRun,
  'GET /openapi.json': any,
};

const table: readonly [string, Endpoint][] = Object.entries(endpoints);

describe('every address of the contract, on a ledger in which something of everything has happened', () => {
  it('none is left out', () => {
    expect(Object.keys(asks).toSorted()).toStrictEqual(Object.keys(endpoints).toSorted());
  });

  it.each(table)(
    '%s answers the lowest role that may ask what its schema says, and no key more',
    async (name, endpoint) => {
      const [, ask = any] = Object.entries(asks).find(([each]) => each === name) ?? [];
      const response = await send(name, ask);

      expect(response.status, await problemIn(response)).toBe(endpoint.status ?? 200);
      if (endpoint.answer === undefined) return await expectNoJson(response, endpoint);
      const answer: unknown = await response.json();
      expect(faultsOf(strictSchema(endpoint.answer), answer)).toStrictEqual([]);
      if (ask.items === undefined) return;
      expect(z.object({ items: z.array(z.unknown()) }).parse(answer).items.length).toBeGreaterThanOrEqual(ask.items);
    },
  );

  it('a list goes on behind its cursor', async () => {
    const page = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() });
    const first = page.parse(await (await send('GET /failures', { query: '?limit=1' })).json());
    const next = await send('GET /failures', { query: `?limit=1&cursor=${first.nextCursor}` });

    expect(page.parse(await next.json()).items).not.toEqual(first.items);
  });
});

it('a strict schema refuses what the loose one passes over, at any depth', () => {
  const schema = z.object({ items: z.array(z.object({ a: z.record(z.string(), z.object({})).nullable() })) });
  const value = { items: [{ a: { b: { more: 1 } } }] };

  expect([schema.safeParse(value).success, strictSchema(schema).safeParse(value).success]).toEqual([true, false]);
});

async function send(name: string, { id, query = '', body }: Ask): Promise<Response> {
  const role = table.find(([each]) => each === name)?.[1].role ?? 'nobody';
  const [method = '', path = ''] = name.split(' ');
  const address = path
    .replace('{id}', (await id?.()) ?? '')
    .replace('{version}', String(told.engine.dependencies.mappingVersion));
  const answering = new AbortController();
  const response = await fetch(`${told.url}/api/v1${address}${query}`, {
    method,
    headers: {
      ...(role === 'nobody' ? {} : { authorization: `Bearer ${tokens[role]}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: answering.signal,
  });
  // Nobody waits for the end of a stream.
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) answering.abort();
  return response;
}

async function beginRun(state: 'running' | 'paused' | 'stopped'): Promise<string> {
  const response = await send('POST /backfills', { body: { object: 'companies', dryRun: true } });
  const { id } = z.object({ id: z.string() }).parse(await response.json());
  await told.engine.database.pool.query('update runs set state = $1 where id = $2', [state, id]);
  return id;
}

async function expectNoJson(response: Response, { media }: Endpoint): Promise<void> {
  if (media === undefined) expect(await response.text()).toBe('');
  else expect(response.headers.get('content-type')).toContain(media);
}

/** Of an answer that was not expected: what it says. */
async function problemIn(response: Response): Promise<string> {
  return response.ok ? '' : await response.clone().text();
}

/** Places and what is wrong there, without values. */
function faultsOf(schema: z.ZodType, value: unknown): readonly string[] {
  const { error } = schema.safeParse(value);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}
