import { once } from 'node:events';
import { createServer } from 'node:http';
import nock from 'nock';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createWebhook } from '../../src/alerts/webhook.ts';
import { writeTest } from '../../src/domain/alerts/write-message.ts';

const host = 'https://hooks.slack.test';
const path = '/services/T0/B0/secret-part';
const now = Date.parse('2026-11-22T10:00:00Z');
const message = writeTest('https://handoff.example.com', now);
const channel = createWebhook({ url: `${host}${path}`, now: () => now });

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe('alert webhook: what its answers mean', () => {
  it('sends text and blocks as JSON, once', async () => {
    const bodies: unknown[] = [];
    nock(host)
      .post(path, (body) => bodies.push(body) > 0)
      .reply(200, 'ok');

    expect(await channel.send(message)).toStrictEqual({ outcome: 'told' });
    expect(bodies).toStrictEqual([message]);
  });

  it.each([
    [200, 'ok', { outcome: 'told' }],
    [200, '<html>a proxy says hello</html>', { outcome: 'told' }],
    [204, '', { outcome: 'told' }],
    [403, 'action_prohibited', { outcome: 'gone', code: 'http_403' }],
    [404, 'no_service', { outcome: 'gone', code: 'http_404' }],
    [410, 'channel_is_archived', { outcome: 'gone', code: 'http_410' }],
    [302, '', { outcome: 'gone', code: 'http_302' }],
    [408, '', { outcome: 'later', code: 'http_408', retryMs: null }],
    [429, 'rate_limited', { outcome: 'later', code: 'http_429', retryMs: null }],
    [500, 'rollup_error', { outcome: 'later', code: 'http_500', retryMs: null }],
    [503, '', { outcome: 'later', code: 'http_503', retryMs: null }],
  ])('%s %s', async (status, body, expected) => {
    nock(host).post(path).reply(status, body);

    expect(await channel.send(message)).toStrictEqual(expected);
  });

  it.each([
    ['30', 30_000],
    ['0', 1_000],
    ['86400', 3_600_000],
    ['Sun, 22 Nov 2026 10:02:00 GMT', 120_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 1_000],
    ['soon', null],
    ['-5', null],
    ['', null],
  ])('Retry-After %j means %s ms', async (header, retryMs) => {
    nock(host).post(path).reply(429, 'rate_limited', { 'retry-after': header });

    expect(await channel.send(message)).toMatchObject({ outcome: 'later', retryMs });
  });

  it.each([400, 413, 422])('%s: what it does not take with blocks it is sent as text alone', async (status) => {
    nock(host)
      .post(path, (body) => body.blocks !== undefined)
      .reply(status, 'invalid_blocks');
    nock(host)
      .post(path, (body) => body.blocks === undefined && body.text === message.text)
      .reply(200, 'ok');

    expect(await channel.send(message)).toStrictEqual({ outcome: 'told' });
  });

  it('what it refuses as text too is tried again later, and counts as no removed address', async () => {
    nock(host).post(path).times(2).reply(400, 'invalid_payload');

    expect(await channel.send(message)).toStrictEqual({ outcome: 'later', code: 'http_400', retryMs: null });
  });

  it('a connection that breaks tells nothing of the address', async () => {
    nock(host).post(path).replyWithError('connect ECONNREFUSED https://hooks.slack.test/services/T0/B0/secret-part');

    const delivery = await channel.send(message);

    expect(delivery).toStrictEqual({ outcome: 'later', code: 'unreachable', retryMs: null });
  });

  it('an answer that never ends is given up', async () => {
    nock.restore();
    const server = createServer((_request, response) => response.write('o')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const other = silent.address();
    const silentPort = typeof other === 'object' && other !== null ? other.port : 0;
    try {
      const endless = createWebhook({ url: `http://127.0.0.1:${port}`, timeoutMs: 200 });
      const never = createWebhook({ url: `http://127.0.0.1:${silentPort}`, timeoutMs: 200 });

      // The status is enough; the body is not waited for.
      expect(await endless.send(message)).toStrictEqual({ outcome: 'told' });
      expect(await never.send(message)).toStrictEqual({ outcome: 'later', code: 'timeout', retryMs: null });
    } finally {
      for (const each of [server, silent]) {
        each.closeAllConnections();
        each.close();
      }
      nock.activate();
    }
  });
});
