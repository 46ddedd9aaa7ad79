import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { decodeJwt, decodeProtectedHeader, importSPKI, jwtVerify } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { createSalesforce, type SalesforceAuth } from '../../src/salesforce/crm.ts';
import { startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import {
  connectTo,
  createOf,
  createRecordedBudget,
  type Exchange,
  fields,
  lookup,
  type RawServer,
  sendJson,
  spend,
  startHttpServer,
  writeOptions,
} from './salesforce-support.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const ORG = '00D000000000062EAA';
const USER = '005000000000001AAA';
const NOW = Date.UTC(2026, 10, 22);
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const secretAuth: SalesforceAuth = { kind: 'client-credentials', clientSecret: 'secret' };

type Org = RawServer & { requests: Exchange[]; tokens(): number; calls(): number };

/** An org of which a test writes the answers; tokens are numbered. */
async function startOrg(
  answer: (exchange: Exchange, response: ServerResponse) => void,
  options: { versions?: string[]; token?: (url: string, count: number) => { status: number; body: unknown } } = {},
): Promise<Org> {
  let tokens = 0;
  const versions = options.versions ?? ['66.0', '67.0'];
  const server: Org = {
    ...(await startHttpServer((exchange, response) => {
      if (exchange.url === '/services/oauth2/token') {
        tokens += 1;
        const body = {
          access_token: `token-${tokens}`,
          instance_url: server.url,
          id: `${server.url}/id/${ORG}/${USER}`,
        };
        const given = options.token?.(server.url, tokens) ?? { status: 200, body };
        sendJson(response, given.status, given.body);
      } else if (exchange.url === '/services/data') {
        sendJson(
          response,
          200,
          versions.map((version) => ({ version, label: '', url: `/services/data/v${version}` })),
        );
      } else answer(exchange, response);
    })),
    tokens: () => tokens,
    calls: () => server.requests.filter(({ url }) => url.startsWith('/services/data/v')).length,
  };
  closers.push(server.close);
  return server;
}

function adapterOf(url: string, auth: SalesforceAuth = secretAuth, apiVersion = '67.0') {
  const budget = createRecordedBudget();
  const warnings: unknown[] = [];
  const salesforce = createSalesforce({
    loginUrl: url,
    clientId: 'client',
    auth,
    apiVersion,
    budget,
    clock: { now: () => NOW },
    log: { warn: (facts, text) => void warnings.push({ ...facts, text }) },
  });
  return { salesforce, budget, warnings };
}

const emptyComposite = (exchange: Exchange, response: ServerResponse) => {
  const parts: unknown[] = JSON.parse(exchange.body).compositeRequest;
  const body = { totalSize: 0, done: true, records: [] };
  const compositeResponse = parts.map((_part, index) => ({
    body,
    httpHeaders: {},
    httpStatusCode: 200,
    referenceId: `part${index}`,
  }));
  sendJson(
    response,
    200,
    { compositeResponse },
    { 'Sforce-Limit-Info': 'api-usage=18/5000; per-app-api-usage=17/250(appName=x)' },
  );
};

const expired = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];

describe('logging in', () => {
  it('asks the My Domain host for a token with the client credentials, once for 20 calls at a time', async () => {
    const org = await startOrg(emptyComposite);
    const { salesforce } = adapterOf(org.url);

    const looks = Array.from({ length: 20 }, (_, n) => salesforce.findPersons([lookup(`${n}`)], fields, spend));
    await Promise.all(looks);

    expect(org.tokens()).toBe(1);
    const form = new URLSearchParams(org.requests[0]?.body);
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client',
      client_secret: 'secret',
    });
    expect(org.requests.filter(({ url }) => url === '/services/data')).toHaveLength(1);
  });

  it('signs a JWT that lives three minutes', async () => {
    const org = await startOrg(emptyComposite);
    const auth = {
      kind: 'jwt',
      username: 'sync@example.test',
      privateKeyPem: privateKey,
      audience: 'https://login.salesforce.com',
    } as const;
    const { salesforce } = adapterOf(org.url, auth);

    await salesforce.identity(spend);

    const form = new URLSearchParams(org.requests[0]?.body);
    const assertion = form.get('assertion') ?? '';
    expect([...form.keys()].sort()).toEqual(['assertion', 'grant_type']);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256' });
    expect(decodeJwt(assertion)).toEqual({
      iss: 'client',
      sub: 'sync@example.test',
      aud: 'https://login.salesforce.com',
      exp: NOW / 1000 + 180,
    });
    const key = await importSPKI(publicKey, 'RS256');
    await expect(jwtVerify(assertion, key, { currentDate: new Date(NOW) })).resolves.toBeDefined();
  });

  it('works with the JWT flow of the local org, which checks signature and audience', async () => {
    const sandbox = await startSalesforceSandbox({ jwtPublicKey: publicKey });
    closers.push(sandbox.close);
    const auth = (audience: string): SalesforceAuth => ({
      kind: 'jwt',
      username: sandbox.username,
      privateKeyPem: privateKey,
      audience,
    });

    const right = connectTo(sandbox, { auth: auth('https://login.salesforce.com') });
    const wrong = connectTo(sandbox, { auth: auth('https://test.salesforce.com') });

    await expect(right.salesforce.identity(spend)).resolves.toMatchObject({ orgId: sandbox.orgId });
    await expect(wrong.salesforce.identity(spend)).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'salesforce_invalid_grant',
      detail: { advice: expect.stringContaining('SALESFORCE_JWT_AUDIENCE') },
    });
    expect(wrong.budget.pauses).toMatchObject([{ system: 'salesforce', code: 'salesforce_invalid_grant' }]);
  });

  it('tells a key that cannot be read, and sends nothing', async () => {
    const org = await startOrg(emptyComposite);
    const { salesforce } = adapterOf(org.url, { kind: 'jwt', username: 'u', privateKeyPem: 'no key', audience: 'a' });

    await expect(salesforce.identity(spend)).rejects.toMatchObject({ code: 'salesforce_private_key' });

    expect(org.requests).toEqual([]);
  });

  it.each([
    { error: 'invalid_client', status: 400, kind: 'needs-human', code: 'salesforce_invalid_client' },
    { error: 'invalid_client_id', status: 400, kind: 'needs-human', code: 'salesforce_invalid_client' },
    { error: 'invalid_grant', status: 400, kind: 'needs-human', code: 'salesforce_invalid_grant' },
    { error: 'inactive_user', status: 400, kind: 'needs-human', code: 'salesforce_login_refused' },
    { error: undefined, status: 503, kind: 'retryable', code: 'salesforce_unavailable' },
  ])('answers $status $error of the token endpoint as $kind $code', async ({ error, status, kind, code }) => {
    const body = error === undefined ? 'down' : { error, error_description: 'someone@example.test is not approved' };
    const org = await startOrg(emptyComposite, { token: () => ({ status, body }) });
    const { salesforce } = adapterOf(org.url);

    const failure = await salesforce.identity(spend).catch((thrown: unknown) => thrown);

    expect(failure).toMatchObject({ kind, code });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('someone@example.test');
    expect(org.tokens()).toBe(1);
  });

  it('refuses an instance URL that would send the token in the clear', async () => {
    const body = { access_token: 't', instance_url: 'http://evil.example', id: `https://x.example/id/${ORG}/${USER}` };
    const org = await startOrg(emptyComposite, { token: () => ({ status: 200, body }) });

    await expect(adapterOf(org.url).salesforce.identity(spend)).rejects.toMatchObject({
      code: 'salesforce_bad_token_answer',
    });
  });
});

describe('a session that is refused', () => {
  it('is renewed once for all calls that met the refusal, and they are sent again', async () => {
    const org = await startOrg((exchange, response) => {
      if (exchange.headers.authorization === 'Bearer token-1') sendJson(response, 401, expired);
      else emptyComposite(exchange, response);
    });
    const { salesforce, budget } = adapterOf(org.url);

    await Promise.all(Array.from({ length: 20 }, (_, n) => salesforce.findPersons([lookup(`${n}`)], fields, spend)));

    expect(org.tokens()).toBe(2);
    expect(org.calls()).toBe(40);
    expect(budget.pauses).toEqual([]);
  });

  it('is given up after two renewals, for all calls together, and pauses the connection', async () => {
    const org = await startOrg((_exchange, response) => sendJson(response, 401, expired));
    const { salesforce, budget } = adapterOf(org.url);

    const looks = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => salesforce.findPersons([lookup(`${n}`)], fields, spend)),
    );

    for (const look of looks) {
      expect(look).toMatchObject({
        status: 'rejected',
        reason: { kind: 'needs-human', code: 'salesforce_unauthorised', detail: { pausesConnection: true } },
      });
    }
    expect(org.tokens()).toBe(3);
    expect(org.calls()).toBeLessThanOrEqual(60);
    expect(budget.pauses[0]).toEqual({ system: 'salesforce', untilMs: NOW + 300_000, code: 'salesforce_unauthorised' });
  });

  it('begins anew after it was given up, with one login for all', async () => {
    let works = false;
    const org = await startOrg((exchange, response) => {
      if (works) emptyComposite(exchange, response);
      else sendJson(response, 401, expired);
    });
    const { salesforce } = adapterOf(org.url);
    await expect(salesforce.findPersons([lookup('1')], fields, spend)).rejects.toMatchObject({
      code: 'salesforce_unauthorised',
    });
    works = true;

    await Promise.all(['1', '2', '3'].map((id) => salesforce.findPersons([lookup(id)], fields, spend)));

    expect(org.tokens()).toBe(4);
  });

  it('in the middle of a batch inside the composite answer is renewed as well', async () => {
    const org = await startOrg((exchange, response) => {
      if (exchange.headers.authorization !== 'Bearer token-1') return emptyComposite(exchange, response);
      const compositeResponse = [0, 1].map((n) => ({
        body: expired,
        httpHeaders: {},
        httpStatusCode: 401,
        referenceId: `part${n}`,
      }));
      return sendJson(response, 200, { compositeResponse });
    });

    await adapterOf(org.url).salesforce.findPersons([lookup('1')], fields, spend);

    expect(org.tokens()).toBe(2);
  });

  it('in the middle of writing leads to one person, not two', async () => {
    const sandbox = await startSalesforceSandbox();
    closers.push(sandbox.close);
    const { salesforce } = connectTo(sandbox);
    await salesforce.writePersons([createOf('1')], writeOptions, spend);
    sandbox.expireSessions();

    const results = await salesforce.writePersons([createOf('1'), createOf('2')], writeOptions, spend);

    expect([...results.values()].map((result) => result.ok)).toEqual([true, true]);
    expect(sandbox.all('Lead')).toHaveLength(2);
  });
});

describe('version, budget and limits', () => {
  it.each([
    { offered: ['66.0', '67.0', '68.0'], used: '67.0', warned: 0 },
    { offered: ['64.0', '66.0', '68.0'], used: '66.0', warned: 1 },
  ])('of $offered it uses $used', async ({ offered, used, warned }) => {
    const org = await startOrg(emptyComposite, { versions: offered });
    const { salesforce, warnings } = adapterOf(org.url);

    const identity = await salesforce.identity(spend);
    await salesforce.findPersons([lookup('1')], fields, spend);

    expect(identity).toEqual({ orgId: ORG, userId: USER, apiVersion: used, url: org.url });
    expect(warnings).toHaveLength(warned);
    expect(org.requests.at(-1)?.url).toBe(`/services/data/v${used}/composite`);
    expect(org.requests.at(-1)?.body).toContain(`/services/data/v${used}/queryAll`);
  });

  it('asks a person when the org offers no such old version', async () => {
    const org = await startOrg(emptyComposite, { versions: ['68.0'] });

    await expect(adapterOf(org.url).salesforce.identity(spend)).rejects.toMatchObject({
      code: 'salesforce_api_version',
    });
  });

  it('takes every call from the budget, tells it the org-wide count, and names itself to the org', async () => {
    const org = await startOrg(emptyComposite);
    const { salesforce, budget } = adapterOf(org.url);

    await salesforce.findPersons([lookup('1')], fields, spend);

    expect(budget.taken).toBe(org.requests.length);
    expect(budget.facts).toEqual([{ dailyUsed: 18, dailyLimit: 5000 }]);
    expect(org.requests.at(-1)?.headers['sforce-call-options']).toBe('client=handoff');
  });

  it.each([
    { code: 'REQUEST_LIMIT_EXCEEDED', status: 403, kind: 'wait', ours: 'salesforce_request_limit', pauseMs: 900_000 },
    { code: 'ORG_IN_MAINTENANCE', status: 503, kind: 'wait', ours: 'salesforce_maintenance', pauseMs: 300_000 },
    { code: 'SERVER_UNAVAILABLE', status: 503, kind: 'retryable', ours: 'salesforce_unavailable', pauseMs: null },
  ])('answers $status $code as $kind', async ({ code, status, kind, ours, pauseMs }) => {
    const org = await startOrg((_exchange, response) =>
      sendJson(response, status, [{ errorCode: code, message: 'TotalRequests Limit exceeded.' }]),
    );
    const { salesforce, budget } = adapterOf(org.url);

    const results = await salesforce.writePersons([createOf('1')], writeOptions, spend);

    expect(results.get('1')).toMatchObject({ ok: false, error: { kind, code: ours } });
    expect(budget.pauses.map(({ untilMs }) => untilMs)).toEqual(pauseMs === null ? [] : [NOW + pauseMs]);
    expect(org.calls()).toBe(1);
  });

  it('takes an HTML page of an edge server as an outage, also with status 200', async () => {
    let status = 503;
    const org = await startOrg((_exchange, response) => {
      response.writeHead(status, { 'content-type': 'text/html' });
      response.end('<html>We are down for maintenance</html>');
    });
    const { salesforce } = adapterOf(org.url);

    const first = await salesforce.writePersons([createOf('1')], writeOptions, spend);
    status = 200;
    const second = await salesforce.writePersons([createOf('1')], writeOptions, spend);

    for (const results of [first, second]) {
      expect(results.get('1')).toMatchObject({
        ok: false,
        error: { kind: 'retryable', detail: { mayHaveHappened: true } },
      });
    }
  });

  it('says that nothing happened when the org could not be reached', async () => {
    const gone = await startHttpServer(() => undefined);
    await gone.close();
    const body = { access_token: 't', instance_url: gone.url, id: `${gone.url}/id/${ORG}/${USER}` };
    const org = await startOrg(emptyComposite, { token: () => ({ status: 200, body }) });

    const results = await adapterOf(org.url).salesforce.writePersons([createOf('1')], writeOptions, spend);

    expect(results.get('1')).toMatchObject({
      ok: false,
      error: { kind: 'retryable', code: 'salesforce_unreachable', detail: { mayHaveHappened: false } },
    });
  });

  it('says that nothing happened when the login was cut, and logs in again for the next call', async () => {
    const sandbox = await startSalesforceSandbox();
    closers.push(sandbox.close);
    sandbox.faults.add({ kind: 'cut-after', match: '/oauth2/token' });
    const { salesforce } = connectTo(sandbox);

    const first = await salesforce.writePersons([createOf('1')], writeOptions, spend);
    const second = await salesforce.writePersons([createOf('1')], writeOptions, spend);

    expect(first.get('1')).toMatchObject({ ok: false, error: { detail: { mayHaveHappened: false } } });
    expect(second.get('1')).toMatchObject({ ok: true, created: true });
  });

  it('sends nothing when the budget says wait, and says so for each record', async () => {
    const sandbox = await startSalesforceSandbox();
    closers.push(sandbox.close);
    const budget = createRecordedBudget();
    budget.take = () => Promise.reject(new SyncError('wait', 'daily_budget_spent', 'The day is spent.'));
    const { salesforce } = connectTo(sandbox, { budget });

    const results = await salesforce.writePersons([createOf('1'), createOf('2')], writeOptions, spend);

    expect([...results.values()]).toMatchObject([
      { ok: false, error: { kind: 'wait', code: 'daily_budget_spent' } },
      { ok: false, error: { kind: 'wait', code: 'daily_budget_spent' } },
    ]);
    expect(sandbox.requests).toEqual([]);
  });
});
