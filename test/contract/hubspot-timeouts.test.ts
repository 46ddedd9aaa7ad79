import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

const json = { 'content-type': 'application/json' };
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server of one behaviour; answers its address and a promise that the client hung up. */
async function serve(
  handle: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ baseUrl: string; hungUp: Promise<void> }> {
  let tell: () => void = () => undefined;
  const hungUp = new Promise<void>((resolve) => {
    tell = resolve;
  });
  server = createServer((request, response) => {
    response.once('close', () => tell());
    request.resume();
    handle(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { baseUrl: `http://127.0.0.1:${port}`, hungUp };
}

const writes = [{ id: '1', properties: { jobtitle: 'CTO' } }];

describe('HubSpot calls end at their timeout, headers and body alike, and let go of the connection', () => {
  it.each([
    { name: 'nothing is answered', handle: () => undefined },
    {
      name: 'the body stalls in the middle',
      handle: (response: ServerResponse) => {
        response.writeHead(200, { ...json, 'content-length': '1000' });
        response.write('{"results":[');
      },
    },
    {
      name: 'the body of an error stalls',
      handle: (response: ServerResponse) => {
        response.writeHead(503, { ...json, 'content-length': '1000' });
        response.write('{');
      },
    },
    {
      name: 'the body trickles for ever',
      handle: (response: ServerResponse) => {
        response.writeHead(200, json);
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(timer));
      },
    },
  ])('$name', async ({ handle }) => {
    const { baseUrl, hungUp } = await serve(handle);
    const { hubspot } = openHubSpot({ baseUrl, timeoutMs: 250 });

    const result = (await hubspot.update('contacts', writes, spend)).get('1');
    await hungUp;

    expect(result?.ok === false && result.error).toMatchObject({
      kind: 'retryable',
      code: 'hubspot_timeout',
      detail: { mayHaveHappened: true },
    });
  });

  it('the account details too', async () => {
    const { baseUrl, hungUp } = await serve(() => undefined);

    const account = openHubSpot({ baseUrl, timeoutMs: 250 }).hubspot.account(spend);

    await expect(account).rejects.toMatchObject({ code: 'hubspot_timeout' });
    await hungUp;
  });
});

describe('HubSpot calls whose connection is cut', () => {
  it.each([
    { name: 'in the body of a success', status: 200, code: 'hubspot_unreachable' },
    { name: 'in the body of an error: its status still counts', status: 429, code: 'hubspot_rate_limit' },
  ])('$name', async ({ status, code }) => {
    const { baseUrl } = await serve((response) => {
      response.writeHead(status, { ...json, 'content-length': '1000' });
      response.write('{"results":[', () => response.destroy());
    });

    const result = (await openHubSpot({ baseUrl }).hubspot.update('contacts', writes, spend)).get('1');

    expect(result?.ok === false && result.error.code).toBe(code);
  });

  it('a port nobody listens on: nothing can have happened', async () => {
    const { baseUrl } = await serve(() => undefined);
    server?.close();

    const result = (await openHubSpot({ baseUrl }).hubspot.update('contacts', writes, spend)).get('1');

    expect(result?.ok === false && result.error).toMatchObject({
      code: 'hubspot_unreachable',
      detail: { vendorCode: 'ECONNREFUSED' },
    });
    expect(result?.ok === false && result.error.detail.mayHaveHappened).toBeUndefined();
  });

  it('a redirect is not followed: the request would lose its method, or the token its host', async () => {
    const paths: (string | undefined)[] = [];
    const { baseUrl } = await serve((response, request) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });

    const result = (await openHubSpot({ baseUrl }).hubspot.update('contacts', writes, spend)).get('1');

    expect(result?.ok).toBe(false);
    expect(paths).toEqual(['/crm/v3/objects/contacts/batch/update']);
  });

  it('two adapters in one process do not mix their tokens', async () => {
    const tokens: (string | undefined)[] = [];
    const { baseUrl } = await serve((response, request) => {
      tokens.push(request.headers.authorization);
      response.writeHead(200, json).end('{"results":[]}');
    });
    const first = openHubSpot({ baseUrl, accessToken: 'first' }).hubspot;
    const second = openHubSpot({ baseUrl, accessToken: 'second' }).hubspot;

    await first.properties('contacts', spend);
    await second.properties('contacts', spend);
    await first.properties('contacts', spend);

    expect(tokens).toEqual(['Bearer first', 'Bearer second', 'Bearer first']);
  });
});
