import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../src/http/contract/index.ts';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';

let http: HttpService;
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
});
afterAll(async () => await http.close());

const list = endpoints['GET /contacts'].answer;

async function get(path: string, init: RequestInit = {}) {
  return await fetch(`${http.url}/api/v1${path}`, { headers: { authorization: `Bearer ${tokens.viewer}` }, ...init });
}

async function search(query: string, more = '') {
  const answer = await get(`/contacts?query=${encodeURIComponent(query)}${more}`);
  expect(answer.status).toBe(200);
  return list.parse(await answer.json());
}

describe('searches by what people and machines send', () => {
  const names = {
    percent: '50 % O\'Hara "the" \\ Łódź 工場 👩‍🚀',
    script: '<script>alert(1)</script>',
    plain: 'Anna',
  };
  const ids: Partial<Record<keyof typeof names, string>> = {};

  beforeAll(() => {
    for (const key of ['percent', 'script', 'plain'] as const)
      ids[key] = http.createContact({ email: `${key}@search.example`, firstname: names[key] });
  });

  it.each([
    ['%', 'percent'],
    ["'", 'percent'],
    ['"', 'percent'],
    ['\\', 'percent'],
    ['工場', 'percent'],
    ['👩‍🚀', 'percent'],
    ['ŁÓDŹ', 'percent'],
    ['<script>', 'script'],
    ['\u0001Anna\u0007', 'plain'],
  ] as const)('%j finds whom it stands for, and nobody else', async (query, key) => {
    const { items, notice } = await search(query);

    expect(items.map(({ recordId, name }) => [recordId, name])).toEqual([[ids[key], names[key]]]);
    expect(notice).toBeNull();
  });

  it.each(["' or ''='", '%_%', '*'])('%j is a text like any other', async (query) => {
    const { items } = await search(`${query}-nobody`);

    expect(items).toEqual([]);
  });

  it('a query of nothing but control characters says so', async () => {
    expect(await search('\u0001\u0007')).toEqual({
      items: [],
      nextCursor: null,
      notice: 'This holds nothing that can be searched for.',
    });
  });

  it('refuses U+0000, as no text may hold it', async () => {
    const answer = await get(`/contacts?query=${encodeURIComponent('An\u0000na')}`);

    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'bad_request' })]);
  });

  it('takes 200 characters and refuses the 201st, without repeating it', async () => {
    const long = 'x'.repeat(201);
    const answer = await get(`/contacts?query=${long}`);

    expect((await search('x'.repeat(200))).items).toEqual([]);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'bad_request', detail: expect.stringMatching(/query/) });
  });

  it.each(['query=a&query=b', 'limit=0', 'limit=101', 'limit=x', `cursor=${'9'.repeat(201)}`])(
    'refuses %s',
    async (parameters) => {
      expect((await get(`/contacts?${parameters}`)).status).toBe(400);
    },
  );

  it.each(['/contacts?cursor=nonsense', '/contacts?query=a&cursor=w.1.1', '/deals?query=a&cursor=10001'])(
    'refuses the cursor of %s',
    async (path) => {
      const answer = await get(path);

      expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'bad_cursor' })]);
    },
  );

  it('needs somebody who is signed in', async () => {
    expect((await get('/contacts?query=a', { headers: {} })).status).toBe(401);
  });

  it('never prints what was searched for into the log', async () => {
    await search('needle-in-the-log@search.example');

    expect(http.lines.join('')).not.toMatch(/needle-in-the-log/);
  });
});

describe('5 MB', () => {
  const size = 5 * 1024 * 1024;

  it('as an address are refused while they arrive, as a problem', async () => {
    const answer = await new Promise<{ status: number | undefined; type: string | undefined; body: string }>(
      (done, failed) => {
        const { hostname, port } = new URL(http.url);
        const asked = request({ hostname, port, path: `/api/v1/contacts?query=${'x'.repeat(size)}` }, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (part: string) => (body += part));
          response.once('end', () =>
            done({ status: response.statusCode, type: response.headers['content-type'], body }),
          );
        });
        asked.once('error', failed);
        asked.end();
      },
    );

    expect([answer.status, answer.type]).toEqual([431, 'application/problem+json']);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'address_too_long', status: 431 });
  });

  it('as a body of a search change nothing: it has none', async () => {
    const { hostname, port } = new URL(http.url);
    const status = await new Promise<number | undefined>((done, failed) => {
      const headers = {
        authorization: `Bearer ${tokens.viewer}`,
        'content-type': 'application/json',
        'content-length': size,
      };
      const asked = request({ hostname, port, path: '/api/v1/contacts?query=nobody', headers }, (response) => {
        response.resume();
        done(response.statusCode);
        asked.destroy();
      });
      asked.once('error', failed);
      asked.flushHeaders();
      asked.write('x'.repeat(65_536));
    });

    expect([200, 413]).toContain(status);
  });
});

describe('a query that 10,000 match', () => {
  it('is answered page by page, to the last that HubSpot shows, and says that there are more', async () => {
    http.hubspot.seedContacts(
      Array.from({ length: 10_020 }, (_, n) => ({ email: `c${n}@crowd.example`, company: 'Crowd' })),
    );

    const first = await search('crowd', '&limit=100');
    const last = await search('crowd', '&limit=100&cursor=9950');

    expect(first.items).toHaveLength(100);
    expect(first.nextCursor).toBe('100');
    expect(first.notice).toMatch(/^More than 10,000 contacts match/);
    expect([last.items.length, last.nextCursor]).toEqual([50, null]);
  });
});
