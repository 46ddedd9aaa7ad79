import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findBrowser, startBrowser, type TestBrowser } from '../support/browser.ts';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';

let http: HttpService;
let browser: TestBrowser;
let evil: Server;
let port = 0;
/** What the evil page does once it is open. */
let script = '';

beforeAll(async () => {
  if (findBrowser() === null) return;
  http = await startHttpService();
  await http.service.ready;
  evil = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>evil</title><body><script>${script}</script>`);
  }).listen(0);
  await once(evil, 'listening');
  const address = evil.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  browser = await startBrowser();
}, 120_000);
afterAll(async () => {
  if (browser === undefined) return;
  await browser.close();
  evil.close();
  await http.close();
});
beforeEach(async () => {
  await http?.pool.query('update connections set paused_at = null');
});

const isPaused = async () => (await http.pool.query('select paused_at from connections')).rows[0].paused_at !== null;

/** Posts from the open page, as its own script would; the title says what came of it. */
const post = (type: string, mode: string) => `
  fetch('${http.url}/api/v1/pause', {
    method: 'POST', mode: '${mode}', credentials: 'include', headers: { 'content-type': '${type}' }, body: '{"reason":"forged"}',
  }).then((answer) => { document.title = 'answered ' + answer.status; }, () => { document.title = 'refused'; });`;
const form = () => `
  document.body.innerHTML = '<form method="post" enctype="text/plain" action="${http.url}/api/v1/pause"><input name="x"></form>';
  document.forms[0].submit();`;

const answerLine = z.object({ msg: z.literal('request answered'), method: z.string(), status: z.number() });
const problem = z.object({ code: z.string() });

/** Of a line that says how a request other than GET was answered. */
function answerOf(line: string): string[] {
  const { data } = answerLine.safeParse(JSON.parse(line));
  return data === undefined || data.method === 'GET' ? [] : [`${data.method} ${data.status}`];
}

describe.runIf(findBrowser() !== null)('an evil page, open in the browser of an admin who is signed in', () => {
  it.each([
    // The browser sends no cookie: nobody is signed in.
    ['on another site', '127.0.0.1', 'a form', form, 'POST 401', 'unauthorized'],
    ['on another site', '127.0.0.1', 'a script', () => post('text/plain', 'no-cors'), 'POST 401', null],
    // Ports are no part of a site: the browser sends the cookie along, and it is known who asks.
    ['next door', 'localhost', 'a form', form, 'POST 403', 'cross_site'],
    ['next door', 'localhost', 'a script', () => post('text/plain', 'no-cors'), 'POST 403', null],
    // The browser asks first whether it may send JSON, and is not allowed to.
    [
      'on another site',
      '127.0.0.1',
      'a script that sends JSON',
      () => post('application/json', 'cors'),
      'OPTIONS 401',
      null,
    ],
    ['next door', 'localhost', 'a script that sends JSON', () => post('application/json', 'cors'), 'OPTIONS 401', null],
  ])('%s (%s) presses no button by %s', async (_where, host, _how, attack, answer, code) => {
    const page = await browser.open(`${http.url}/sign-in`);
    const signedIn = await page.evaluate<number>(`
      fetch('/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"token":"${tokens.admin}"}' })
        .then((answer) => answer.status)`);
    script = attack();
    const before = http.lines.length;
    // The browser shows the answer to a form alone.
    const seen = code === null ? null : page.waitForResponse((each) => each.url().endsWith('/pause'));
    await page.goto(`http://${host}:${port}/`, { waitUntil: 'commit' });
    const told = seen === null ? null : problem.parse(await (await seen).json());
    const answers = () => http.lines.slice(before).flatMap(answerOf);
    await expect.poll(answers, { timeout: 20_000 }).not.toEqual([]);
    await page.close();

    expect(signedIn).toBe(200);
    expect([answers(), told?.code ?? null]).toEqual([[answer], code]);
    expect(await isPaused()).toBe(false);
  });

  it.each([
    ['its own address', 'same-site'],
    ['its own address, and the browser is too old to say from where', undefined],
  ])('next door would not press it with JSON either: with %s it is refused', async (_what, site) => {
    const page = await browser.open(`${http.url}/sign-in`);
    await page.evaluate(`
      fetch('/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"token":"${tokens.admin}"}' })`);
    const cookie = (await browser.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    await page.close();
    const send = async (origin: string) =>
      await fetch(`${http.url}/api/v1/pause`, {
        method: 'POST',
        headers: { cookie, origin, 'content-type': 'application/json', ...(site && { 'sec-fetch-site': site }) },
        body: '{"reason":"forged"}',
      });
    const forged = await send(`http://localhost:${port}`);

    expect([forged.status, problem.parse(await forged.json()).code]).toEqual([403, 'cross_site']);
    expect(await isPaused()).toBe(false);
  });

  it('our own page does', async () => {
    const page = await browser.open(`${http.url}/sign-in`);
    const statuses = await page.evaluate<number[]>(`(async () => {
      const post = async (path, body) => (await fetch('/api/v1' + path, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
      })).status;
      return [await post('/session', { token: '${tokens.admin}' }), await post('/pause', { reason: 'ours' })];
    })()`);
    await page.close();

    expect([statuses, await isPaused()]).toEqual([[200, 200], true]);
  });

  it('no script reads the cookie', async () => {
    const page = await browser.open(`${http.url}/sign-in`);
    const seen = await page.evaluate<string>('document.cookie');
    await page.close();

    expect((await browser.context.cookies()).map(({ name }) => name)).toEqual(['handoff_session']);
    expect(seen).toBe('');
  });
});
