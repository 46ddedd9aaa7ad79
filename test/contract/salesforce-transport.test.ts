import { Connection } from 'jsforce';
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '../../src/salesforce/transport.ts';
import { type RawServer, sendJson, startHttpServer, startSocketServer } from './salesforce-support.ts';

const servers: RawServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function keep<T extends RawServer>(server: T): T {
  servers.push(server);
  return server;
}

function connectionTo(url: string, timeoutMs = 20_000): { conn: Connection; calls: () => number } {
  let calls = 0;
  const conn = new Connection({ instanceUrl: url, accessToken: 'token', version: '67.0' });
  conn._transport = createTransport({
    timeoutMs,
    async beforeSend() {
      calls += 1;
    },
  });
  return { conn, calls: () => calls };
}

const HALF = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"records":[';

describe.each(['GET', 'POST', 'PATCH'] as const)('a connection lost during a %s', (method) => {
  const request = (conn: Connection) =>
    conn.request({ method, url: '/composite', ...(method === 'GET' ? {} : { body: '{}' }) });

  it.each([
    { when: 'before the answer', cut: (text: string) => (text === '' ? '' : null) },
    { when: 'in the middle of the headers', cut: () => 'HTTP/1.1 200 OK\r\ncontent-ty' },
    { when: 'in the middle of the body', cut: () => HALF },
    {
      when: 'in the middle of a chunked body',
      cut: () => 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n20\r\n{"a":',
    },
  ])('$when is an ordinary rejection, and nothing is sent again', async ({ cut }) => {
    let requests = 0;
    const server = keep(
      await startSocketServer((socket, text) => {
        requests += 1;
        socket.write(cut(text) ?? '', () => socket.destroy());
      }),
    );
    const { conn, calls } = connectionTo(server.url);

    await expect(request(conn)).rejects.toThrow(TypeError);

    expect(requests).toBe(1);
    expect(calls()).toBe(1);
  });

  it.each([
    { when: 'no answer comes', begin: '' },
    { when: 'the body stalls', begin: HALF },
  ])('ends at its deadline when $when', async ({ begin }) => {
    const server = keep(await startSocketServer((socket) => void socket.write(begin)));
    const { conn } = connectionTo(server.url, 200);

    await expect(request(conn)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each([500, 502, 503])('is not sent again after a %d', async (status) => {
    const server = keep(await startHttpServer((_exchange, response) => sendJson(response, status, [])));
    const { conn } = connectionTo(server.url);

    await expect(request(conn)).rejects.toThrow();

    expect(server.requests).toHaveLength(1);
  });
});

describe('the transport', () => {
  it('sends the body whole and gives the answer parsed, in any alphabet', async () => {
    const server = keep(
      await startHttpServer((exchange, response) => sendJson(response, 200, { sent: JSON.parse(exchange.body) })),
    );
    const { conn } = connectionTo(server.url);

    const answer = await conn.request({
      method: 'POST',
      url: '/composite',
      body: JSON.stringify({ text: 'Žižek 北京 😀' }),
    });

    expect(answer).toEqual({ sent: { text: 'Žižek 北京 😀' } });
  });

  it('never follows a redirect, so that the token goes nowhere else', async () => {
    const elsewhere = keep(await startHttpServer((_exchange, response) => sendJson(response, 200, {})));
    const server = keep(
      await startHttpServer((_exchange, response) => {
        response.writeHead(302, { location: `${elsewhere.url}/catch` });
        response.end();
      }),
    );
    const { conn } = connectionTo(server.url);

    await expect(conn.request('/limits')).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'salesforce_redirected',
    });

    expect(elsewhere.requests).toEqual([]);
  });

  it('sends nothing when the budget refuses', async () => {
    const server = keep(await startHttpServer((_exchange, response) => sendJson(response, 200, {})));
    const { conn } = connectionTo(server.url);
    conn._transport = createTransport({ timeoutMs: 1_000, beforeSend: () => Promise.reject(new Error('spent')) });

    await expect(conn.request('/limits')).rejects.toThrow('spent');

    expect(server.requests).toEqual([]);
  });
});
