import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPageRouter } from '../../../src/http/page.ts';

const parent = mkdtempSync(join(tmpdir(), 'handoff-page-'));
const folder = join(parent, 'dist');
let server: Server;
let url = '';

beforeAll(async () => {
  const app = express().use(createPageRouter(folder));
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.close();
  rmSync(parent, { recursive: true, force: true });
});

const opened = { headers: { accept: 'text/html,*/*;q=0.8' } };
const get = async (path: string, init: RequestInit = opened) => {
  const answer = await fetch(url + path, init);
  return { status: answer.status, kept: answer.headers.get('cache-control'), text: await answer.text() };
};

it('says how to build the page where it has not been built, and needs no restart then', async () => {
  const { status, text } = await get('/');

  expect([status, text]).toEqual([503, expect.stringContaining('npm run build')]);

  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<title>Handoff</title>');
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, '.made-from'), 'secret');
  writeFileSync(join(folder, 'assets/index-abc123.js'), '1');
  writeFileSync(join(parent, 'outside.txt'), 'secret');
  expect((await get('/')).status).toBe(200);
});

describe('a page that was built', () => {
  it.each(['/', '/contacts', '/contacts/4711', '/failures?code=value_unmapped', '/no/such/view', '/index.html'])(
    'opens at %s, asked for anew each time',
    async (path) => {
      expect(await get(path)).toEqual({ status: 200, kept: 'no-cache', text: '<title>Handoff</title>' });
    },
  );

  it('a file with its content in its name is kept for a year, any other is not', async () => {
    expect(await get('/assets/index-abc123.js')).toMatchObject({ kept: 'public, max-age=31536000, immutable' });
    expect(await get('/favicon.svg')).toMatchObject({ status: 200, kept: 'no-cache' });
  });

  it.each([
    ['/assets/index-old.js', opened],
    ['/api/v1/anything', opened],
    ['/metrics', opened],
    ['/contacts', {}],
    ['/contacts', { headers: { accept: 'application/json' } }],
    ['/contacts', { ...opened, method: 'POST' }],
  ])('%s with %j is left to others', async (path, init) => {
    expect((await get(path, init)).status).toBe(404);
  });

  it.each(['/../outside.txt', '/%2e%2e/outside.txt', '/assets/..%2f..%2foutside.txt', '/.made-from', '/%00', '/%ff'])(
    '%s leads to no other file',
    async (path) => {
      expect((await get(path)).text).not.toContain('secret');
    },
  );
});
