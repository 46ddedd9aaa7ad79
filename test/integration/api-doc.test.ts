import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');

/** The rows of the table of requests: method, path, who may, and the first status that the answer names. */
const rows = [...page.matchAll(/^\| `(GET|POST) (\/\S*)` \| ([^|]*)\| (\d{3})/gm)].map(
  ([, method = '', path = '', who = '', status = '']) => ({ method, path, who: who.trim(), status: Number(status) }),
);

let http: HttpService;
let runId = '';
let ids: { contacts: string; companies: string; deals: string };
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
  ids = {
    contacts: http.createContact({ email: 'documented@example.com', lifecyclestage: 'lead' }),
    companies: http.hubspot.createCompany({ name: 'Documented' }),
    deals: http.hubspot.createDeal({ dealname: 'Documented', pipeline: 'default', dealstage: 'closedwon' }),
  };
});
afterAll(async () => await http.close());
beforeAll(async () => {
  const body = '{ "object": "companies", "dryRun": true }';
  const headers = { authorization: `Bearer ${tokens.operator}`, 'content-type': 'application/json' };
  const started = await fetch(`${http.url}/api/v1/backfills`, { method: 'POST', headers, body });
  runId = z.object({ id: z.string() }).parse(await started.json()).id;
});

const call = async (method: string, path: string, token?: string) =>
  await fetch(`${http.url}${path.replace('{id}', idIn(path)).replace('{version}', '1')}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'POST' && path === backfills ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' && path === backfills ? { body: '{ "object": "contacts", "until": "2020-01-01" }' } : {}),
  });

const backfills = '/api/v1/backfills';
/** What changes a run is answered by the state it is in: `runs-api.test.ts` has them. */
const changesRun = /\/(?:pause|resume|cancel|approve|revert)$/;

const idIn = (path: string) =>
  path.includes('/runs/') || path.includes('/backfills/')
    ? runId
    : path.includes('/companies/')
      ? ids.companies
      : path.includes('/deals/')
        ? ids.deals
        : ids.contacts;

const isRole = (who: string): who is keyof typeof tokens => who in tokens;
const byToken = rows.flatMap(({ who, ...row }) => (isRole(who) ? [{ ...row, who }] : []));

describe('docs/api.md', () => {
  it('names every address of the contract that is built', () => {
    expect(rows.map(({ path }) => path)).toEqual([
      '/webhooks/hubspot',
      '/healthz',
      '/readyz',
      '/metrics',
      '/api/v1/status',
      '/api/v1/contacts/{id}',
      '/api/v1/contacts/{id}/explain',
      '/api/v1/contacts/{id}/timeline',
      '/api/v1/contacts/{id}/resync',
      '/api/v1/contacts/{id}/thaw',
      ...['companies', 'deals'].flatMap((kind) => [
        `/api/v1/${kind}/{id}`,
        `/api/v1/${kind}/{id}/explain`,
        `/api/v1/${kind}/{id}/timeline`,
        `/api/v1/${kind}/{id}/resync`,
        `/api/v1/${kind}/{id}/thaw`,
      ]),
      '/api/v1/stages/disagreements',
      '/api/v1/erasures',
      '/api/v1/failures',
      '/api/v1/failures/groups',
      '/api/v1/failures/retry',
      '/api/v1/backfills',
      '/api/v1/backfills',
      '/api/v1/backfills/{id}',
      ...['pause', 'resume', 'cancel'].map((name) => `/api/v1/backfills/{id}/${name}`),
      '/api/v1/runs',
      '/api/v1/runs/{id}',
      ...['pause', 'resume', 'cancel', 'approve', 'revert'].map((name) => `/api/v1/runs/{id}/${name}`),
      '/api/v1/plan',
      '/api/v1/mappings',
      '/api/v1/mappings/{version}/activate',
    ]);
  });

  it.each(byToken.filter(({ path }) => !changesRun.test(path)))(
    '$method $path answers $status to the role $who, and 401 to nobody',
    async (row) => {
      const [answer, refused] = [await call(row.method, row.path, tokens[row.who]), await call(row.method, row.path)];

      expect([answer.status, refused.status]).toEqual([row.status, 401]);
      expect(await refused.json()).toMatchObject({ type: 'about:blank', status: 401, code: 'unauthorized' });
    },
  );

  it.each(rows.filter(({ who }) => who === ''))('$method $path answers $status to anybody', async (row) => {
    expect((await call(row.method, row.path)).status).toBe(row.status);
  });

  it.each(byToken.filter(({ who }) => who !== 'viewer'))('$method $path is forbidden to a viewer', async (row) => {
    expect((await call(row.method, row.path, tokens.viewer)).status).toBe(403);
  });

  it.each([
    ['GET /api/v1/status', '/api/v1/status'],
    ['GET /api/v1/contacts/{id}', '/api/v1/contacts/{id}'],
    ['GET /api/v1/contacts/{id}/explain', '/api/v1/contacts/{id}/explain'],
    ['GET /api/v1/contacts/{id}/timeline', '/api/v1/contacts/{id}/timeline'],
  ])('%s tells what its section says, and nothing else', async (title, path) => {
    const section = page.split(`## \`${title}\``)[1]?.split('\n## ')[0] ?? '';
    const shape = /^\s*`\{ ([^`]*) \}`/.exec(section)?.[1] ?? '';
    const named = shape
      .replaceAll(/: (\[\{[^\]]*\]|\{[^}]*\})/g, '')
      .split(',')
      .map((name) => name.trim());

    const answer: unknown = await (await call('GET', path, tokens.viewer)).json();

    expect(Object.keys(answer ?? {}).toSorted()).toEqual(named.toSorted());
  });

  it('POST /webhooks/hubspot answers 401 without a signature', async () => {
    expect((await call('POST', '/webhooks/hubspot')).status).toBe(401);
  });
});
