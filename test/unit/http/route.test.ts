import { once } from 'node:events';
import type { Server } from 'node:http';
import express, { Router } from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SyncError } from '../../../src/errors.ts';
import { createErrorHandler, Problem } from '../../../src/http/problems.ts';
import { type RouteGuards, route } from '../../../src/http/route.ts';
import { createSecret } from '../../../src/secret.ts';

const quiet = () => undefined;
const tokens = (['viewer', 'operator', 'admin'] as const).map((role) => ({
  name: role,
  role,
  token: createSecret(role),
}));

/** What happened, in order. */
const seen: unknown[] = [];
const guards: RouteGuards = {
  admit({ name, actor }) {
    if (actor === 'viewer' && name === 'GET /failures') throw new Problem(429, 'too_many_lookups', 'Later.');
  },
  async noteAction({ name, actor, given }) {
    seen.push({ name, actor, given });
    return async (end) =>
      void seen.push('told' in end ? { status: end.told.status } : { error: end.error instanceof Error });
  },
  async once({ key }, work) {
    seen.push({ key });
    return { ...(await work()), replayed: true };
  },
};

let server: Server;
let url = '';
beforeAll(async () => {
  const router = Router();
  const access = { tokens, guards };
  route(router, 'POST /contacts/{id}/thaw', access, ({ params, body, actor }) => {
    seen.push(`work of ${actor} on ${params.id} ${body.field ?? 'all'}`);
    if (params.id === '404') throw new SyncError('permanent', 'field_not_frozen', 'No such field is frozen.');
    return { thawed: 1 };
  });
  route(router, 'POST /failures/retry', access, ({ demand, response }) => {
    demand('admin');
    response.location('/api/v1/failures');
    return { marked: 0 };
  });
  route(router, 'GET /erasures', access, ({ query }) => ({ items: [], nextCursor: String(query.limit) }));
  route(router, 'DELETE /session', access, quiet);
  route(router, 'GET /failures', access, () => ({ items: [], nextCursor: null }));
  const app = express()
    .use(router)
    .use(createErrorHandler({ debug: quiet, info: quiet, warn: quiet, error: quiet }));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
});
afterAll(() => server.close());
beforeEach(() => void seen.splice(0));

const ask = async (method: string, path: string, role: string, more: { body?: string; key?: string } = {}) =>
  await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(role === '' ? {} : { authorization: `Bearer ${role}` }),
      ...(more.key === undefined ? {} : { 'idempotency-key': more.key }),
      'content-type': 'application/json',
    },
    ...(more.body === undefined ? {} : { body: more.body }),
  });

const thaw = 'POST /contacts/{id}/thaw';

describe('what is asked for too often', () => {
  it('is not done for whom it is refused, and for others as before', async () => {
    const answers = [await ask('GET', '/failures', 'viewer'), await ask('GET', '/failures', 'operator')];

    expect(answers.map(({ status }) => status)).toEqual([429, 200]);
  });
});

describe('an action', () => {
  it('is noted before its work and when it has ended; the input is parsed', async () => {
    const answer = await ask('POST', '/contacts/7/thaw', 'operator', { body: '{"field":"Email"}' });

    expect([answer.status, await answer.json()]).toEqual([202, { thawed: 1 }]);
    expect(seen).toEqual([
      { name: thaw, actor: 'operator', given: { params: { id: '7' }, query: undefined, body: { field: 'Email' } } },
      'work of operator on 7 Email',
      { status: 202 },
    ]);
  });

  it.each([
    { what: 'of a role that is too low', path: '/contacts/7/thaw', role: 'viewer', status: 403, given: true },
    { what: 'on an id that is none', path: '/contacts/x/thaw', role: 'operator', status: 400, given: false },
    {
      what: 'with a key that nobody knows',
      path: '/contacts/7/thaw',
      role: 'operator',
      body: '{"a":1}',
      status: 400,
      given: false,
    },
  ])(
    '$what is refused and noted, without any work and before its key counts',
    async ({ path, role, body, status, given }) => {
      const answer = await ask('POST', path, role, { key: 'k', ...(body === undefined ? {} : { body }) });

      expect(answer.status).toBe(status);
      expect(seen).toMatchObject([{ actor: role, given: given ? { params: { id: '7' } } : null }, { error: true }]);
    },
  );

  it('that fails is noted with what was thrown', async () => {
    expect((await ask('POST', '/contacts/404/thaw', 'operator')).status).toBe(404);
    expect(seen.at(-1)).toEqual({ error: true });
  });

  it('of nobody is not noted, and its body is not read', async () => {
    expect((await ask('POST', '/contacts/7/thaw', '', { body: '{ this is no JSON' })).status).toBe(401);
    expect(seen).toEqual([]);
  });

  it('with an idempotency key is done by whoever keeps the answers', async () => {
    const answer = await ask('POST', '/contacts/7/thaw', 'operator', { key: 'press-1' });

    expect(answer.headers.get('idempotency-replayed')).toBe('true');
    expect(seen.slice(1)).toEqual([{ key: 'press-1' }, 'work of operator on 7 all', { status: 202 }]);
  });

  it('may ask for more than the role of its address', async () => {
    const [below, enough] = [
      await ask('POST', '/failures/retry', 'operator'),
      await ask('POST', '/failures/retry', 'admin'),
    ];

    expect([below.status, enough.status, enough.headers.get('location')]).toEqual([403, 202, '/api/v1/failures']);
  });

  it('that has nothing to tell answers 204 without a body', async () => {
    const answer = await ask('DELETE', '/session', 'viewer');

    expect([answer.status, await answer.text(), seen.length]).toEqual([204, '', 2]);
  });
});

describe('a question', () => {
  it.each(['GET', 'HEAD'])(
    'asked by %s is no action; what is left out of the query has its default',
    async (method) => {
      const answer = await ask(method, '/erasures', 'admin');

      expect([answer.status, await answer.text()]).toEqual([
        200,
        method === 'GET' ? '{"items":[],"nextCursor":"100"}' : '',
      ]);
      expect(seen).toEqual([]);
    },
  );

  it('is refused below its role, and with a query that it does not take', async () => {
    const answers = [await ask('GET', '/erasures', 'operator'), await ask('GET', '/erasures?limit=0', 'admin')];

    expect(answers.map(({ status }) => status)).toEqual([403, 400]);
    expect(await answers[1]?.json()).toMatchObject({
      code: 'bad_request',
      detail: expect.stringContaining('see limit'),
    });
  });
});
