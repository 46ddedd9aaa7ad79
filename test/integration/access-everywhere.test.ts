import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndpointName, endpoints } from '../../src/http/contract/index.ts';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';
import { problemOf } from '../support/page-client.ts';

const metricsToken = 'token-of-prometheus';
let http: HttpService;
beforeAll(async () => {
  http = await startHttpService({ environment: { METRICS_TOKEN: metricsToken } });
  await http.service.ready;
});
afterAll(async () => await http.close());

const names = Object.keys(endpoints) as EndpointName[];
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const html = { accept: 'text/html,application/xhtml+xml' };

async function ask(name: string, headers: Record<string, string> = {}) {
  const [method = '', path = ''] = name.split(' ');
  const body =
    method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json', ...headers } } : { headers };
  return await fetch(`${http.url}/api/v1${path.replaceAll(/\{\w+\}/g, '1')}`, { method, ...body });
}

describe('nothing of the API answers without sign-in', () => {
  it.each(names.filter((name) => name !== 'POST /session'))('%s', async (name) => {
    const answers = [
      await ask(name),
      await ask(name, bearer('guessed')),
      await ask(name, { ...bearer(metricsToken) }),
      await ask(name, { authorization: `Basic ${btoa(`eve:${tokens.admin}`)}` }),
    ];

    for (const answer of answers) {
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(await problemOf(answer)).toEqual({ status: 401, code: 'unauthorized' });
    }
  });

  it('nor is it told which methods an address takes', async () => {
    const paths = [...new Set(names.map((name) => name.split(' ')[1]))];
    const answers = await Promise.all(paths.map((path) => ask(`OPTIONS ${path}`)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  });

  it('but the address at which one signs in, and that tells nothing', async () => {
    expect(names.filter((name) => endpoints[name].role === 'nobody')).toEqual(['POST /session']);
    expect(await problemOf(await ask('POST /session'))).toEqual({ status: 400, code: 'bad_request' });
  });

  it.each([
    '/api/v1',
    '/api/v1/',
    '/api/v1/nothing',
    '/api/v1/contacts/1/nothing',
    '/api/docs',
    '/api/docs/swagger-ui-bundle.js',
  ])('%s: nor is it told whether there is anything', async (path) => {
    expect((await fetch(`${http.url}${path}`, { redirect: 'manual' })).status).toBe(401);
  });

  it.each(['PUT', 'PATCH', 'OPTIONS', 'TRACE'])('by another method such as %s', async (method) => {
    if (method === 'TRACE') return expect(fetch(`${http.url}/api/v1/status`, { method })).rejects.toThrow();
    expect((await fetch(`${http.url}/api/v1/status`, { method })).status).toBe(401);
  });
});

describe('each role may do what it may, and no more', () => {
  const rank = { viewer: 0, operator: 1, admin: 2 };
  const above = names.flatMap((name) => {
    const { role } = endpoints[name];
    if (role !== 'operator' && role !== 'admin') return [];
    return (['viewer', 'operator'] as const)
      .filter((held) => rank[held] < rank[role])
      .map((held) => [name, held] as const);
  });

  it.each(above)('%s is not for a %s', async (name, held) => {
    expect(await problemOf(await ask(name, bearer(tokens[held])))).toEqual({ status: 403, code: 'forbidden' });
  });
});

describe('metrics', () => {
  it.each([
    ['no token', {}, 401],
    ['a token that nobody has', bearer('guessed'), 401],
    ['the token for metrics', bearer(metricsToken), 200],
    ['the token of a viewer', bearer(tokens.viewer), 200],
    ['the token of an admin', bearer(tokens.admin), 200],
    ['the token for metrics without its scheme', { authorization: metricsToken }, 401],
  ])('with %s: %j is answered %s', async (_what, headers, status) => {
    const answer = await fetch(`${http.url}/metrics`, { headers });

    expect(answer.status).toBe(status);
    expect((await answer.text()).includes('process_cpu_seconds_total')).toBe(status === 200);
  });

  it('their token opens nothing else', async () => {
    expect((await ask('GET /status', bearer(metricsToken))).status).toBe(401);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const answer = await fetch(`${http.url}/api/v1/session`, {
      ...init,
      body: JSON.stringify({ token: metricsToken }),
    });
    expect(await problemOf(answer)).toEqual({ status: 401, code: 'wrong_token' });
  });

  it('their token reaches no log', () => {
    expect(http.lines.join('')).not.toContain(metricsToken);
  });
});

describe('the headers of what a browser opens', () => {
  it.each(['/', '/contacts/1', '/runs/new?object=contacts', '/sign-in'])(
    '%s is the page, under a strict policy',
    async (path) => {
      const answer = await fetch(`${http.url}${path}`, { headers: html });
      const policy = answer.headers.get('content-security-policy') ?? '';

      // 503: this checkout has no built page; its headers are the same.
      expect([200, 503]).toContain(answer.status);
      expect(policy.split(';').sort()).toEqual(
        [
          "base-uri 'none'",
          "connect-src 'self'",
          "default-src 'none'",
          "font-src 'self'",
          "form-action 'self'",
          "frame-ancestors 'none'",
          "img-src 'self' data:",
          "script-src 'self'",
          "style-src 'self'",
        ].sort(),
      );
      expect(policy).not.toContain('unsafe');
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-cache',
      });
      expect(answer.headers.get('x-powered-by')).toBeNull();
    },
  );

  it.each(['/webhooks/hubspot', '/metrics/x', '/assets/gone.js', '/api/v2/status'])(
    '%s is not the page',
    async (path) => {
      const answer = await fetch(`${http.url}${path}`, { headers: html });

      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        404,
        expect.stringContaining('problem+json'),
      ]);
    },
  );

  it('what the API answers is kept by nobody', async () => {
    const answers = [await ask('GET /status', bearer(tokens.viewer)), await ask('GET /status')];

    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store');
  });
});
