import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/http/contract/endpoint.ts';
import { endpoints } from '../../src/http/contract/index.ts';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');

/** The rows of the table of requests: method, path, who may, and the first status that the answer names. */
const rows = [...page.matchAll(/^\| `(GET|POST|DELETE) (\/\S*)` \| ([^|]*)\| (\d{3})/gm)].map(
  ([, method = '', path = '', who = '', status = '']) => ({ method, path, who: who.trim(), status: Number(status) }),
);
const isApi = ({ path }: { path: string }) => path.startsWith('/api/v1/');

const known: readonly [string, Endpoint][] = Object.entries(endpoints);
/** The same rows as the contract has them. */
const contract = known.map(([name, { role, status = 200 }]) => {
  const [method, path] = name.split(' ');
  return { method, path: `/api/v1${path}`, who: role === 'nobody' ? '' : role, status };
});

let http: HttpService;
let contactId = '';
beforeAll(async () => {
  http = await startHttpService();
  await http.service.ready;
  contactId = http.createContact({ email: 'documented@example.com', lifecyclestage: 'lead' });
});
afterAll(async () => await http.close());

const call = async (method: string, path: string, token?: string) =>
  await fetch(`${http.url}${path.replace('{id}', contactId).replace('{version}', '1')}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });

const signedIn = rows.filter(({ path, who }) => who !== '' && path !== '/webhooks/hubspot');
const below: Readonly<Record<string, readonly ('viewer' | 'operator')[]>> = {
  operator: ['viewer'],
  admin: ['viewer', 'operator'],
};
const inOrder = (one: object, other: object) => JSON.stringify(one).localeCompare(JSON.stringify(other));

describe('docs/api.md', () => {
  it('names every address of the contract with the role that may ask and the status of the answer, and no other', () => {
    expect(rows.filter(isApi).toSorted(inOrder)).toEqual(contract.toSorted(inOrder));
  });

  it('names what is outside of /api/v1', () => {
    const others = rows.filter((row) => !isApi(row)).map(({ method, path }) => `${method} ${path}`);

    expect(others).toEqual(['POST /webhooks/hubspot', 'GET /healthz', 'GET /readyz', 'GET /metrics']);
  });

  it.each(signedIn)('$method $path answers 401 to nobody', async ({ method, path }) => {
    const refused = await call(method, path);

    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ type: 'about:blank', status: 401, code: 'unauthorized' });
  });

  it.each(rows.filter((row) => row.who === '' && !isApi(row)))(
    '$method $path answers $status to anybody',
    async ({ method, path, status }) => {
      expect((await call(method, path)).status).toBe(status);
    },
  );

  it.each(signedIn.flatMap(({ who, ...row }) => (below[who] ?? []).map((role) => ({ ...row, role }))))(
    '$method $path is forbidden to the role $role',
    async ({ method, path, role }) => {
      expect((await call(method, path, tokens[role])).status).toBe(403);
    },
  );

  it('has every code that an answer of ours may have', () => {
    const sources = globSync('src/http/**/*.ts').map((file) => readFileSync(file, 'utf8'));
    const codes = sources.flatMap((text) =>
      [...text.matchAll(/new Problem\(\s*\d{3},\s*'(\w+)'/g)].map(([, code]) => code),
    );
    const table = page.split('## Codes')[1]?.split('\n## ')[0] ?? '';

    expect(codes.length).toBeGreaterThan(10);
    expect([...new Set(codes)].filter((code) => !table.includes(`\`${code}\``))).toStrictEqual([]);
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
