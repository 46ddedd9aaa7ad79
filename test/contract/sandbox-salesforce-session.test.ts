import { createSign, generateKeyPairSync } from 'node:crypto';
import { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, connect, findModelFaults } from './sandbox-salesforce-support.ts';

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwtPublicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

let now = Date.parse('2026-11-22T10:00:00Z');
let sandbox: SalesforceSandbox;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startSalesforceSandbox({ clock: () => now, jwtPublicKey, sessionLifetimeMs: 60_000 });
});
afterEach(() => sandbox.close());

function sign(claims: Record<string, unknown>, key = keys.privateKey): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'RS256' })}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const exp = Math.floor(now / 1000) + 180;
  return { iss: sandbox.clientId, sub: sandbox.username, aud: 'https://login.salesforce.com', exp, ...changes };
}

function loggedOut(): Connection {
  const oauth2 = { clientId: sandbox.clientId, clientSecret: sandbox.clientSecret, loginUrl: sandbox.url };
  return new Connection({ instanceUrl: sandbox.url, version: '67.0', oauth2 });
}

describe('client credentials (help: remoteaccess_oauth_client_credentials_flow)', () => {
  it('gives the run-as user a session, without a refresh token and without expires_in', async () => {
    const connection = loggedOut();

    const user = await connection.authorize({ grant_type: 'client_credentials' });

    expect(user).toEqual({
      id: sandbox.runAsUserId,
      organizationId: sandbox.orgId,
      url: `${sandbox.url}/id/${sandbox.orgId}/${sandbox.runAsUserId}`,
    });
    expect(connection.instanceUrl).toBe(sandbox.url);
    expect(connection.refreshToken).toBeUndefined();
  });

  it.each([
    { wrong: { client_id: 'nobody' }, error: 'invalid_client_id' },
    { wrong: { client_secret: 'guess' }, error: 'invalid_client' },
    { wrong: { grant_type: 'password' }, error: 'unsupported_grant_type' },
  ])('answers $error as { error, error_description } with 400', async ({ wrong, error }) => {
    const given = {
      grant_type: 'client_credentials',
      client_id: sandbox.clientId,
      client_secret: sandbox.clientSecret,
    };
    const body = new URLSearchParams({ ...given, ...wrong });

    const answer = await fetch(`${sandbox.url}/services/oauth2/token`, { method: 'POST', body });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error, error_description: expect.any(String) });
  });

  it('refuses a run-as user that is not active', async () => {
    sandbox.setUserActive(sandbox.runAsUserId, false);

    expect(await catchError(loggedOut().authorize({ grant_type: 'client_credentials' }))).toMatchObject({
      errorCode: 'inactive_user',
    });
  });
});

describe('JWT bearer (help: remoteaccess_oauth_jwt_flow)', () => {
  it('takes an assertion that the registered key signed', async () => {
    const user = await loggedOut().authorize({ grant_type: JWT_GRANT, assertion: sign(claims()) });

    expect(user.id).toBe(sandbox.runAsUserId);
  });

  it('takes its own URL as audience, as a login URL on loopback', async () => {
    const assertion = sign(claims({ aud: sandbox.url }));

    expect(await loggedOut().authorize({ grant_type: JWT_GRANT, assertion })).toMatchObject({
      id: sandbox.runAsUserId,
    });
  });

  it.each([
    { what: 'another audience', change: { aud: 'https://test.salesforce.com' }, says: 'audience is invalid' },
    {
      what: 'a user that is not approved',
      change: { sub: 'stranger@x.example' },
      says: "user hasn't approved this consumer",
    },
    { what: 'an expiry in the past', change: { exp: 1 }, says: 'expired authorization code' },
  ])('refuses $what with invalid_grant', async ({ change, says }) => {
    const assertion = sign(claims(change));

    const error = await catchError(loggedOut().authorize({ grant_type: JWT_GRANT, assertion }));

    expect(error).toMatchObject({ errorCode: 'invalid_grant', message: says });
  });

  it('refuses a signature of another key', async () => {
    const assertion = sign(claims(), strangerKeys.privateKey);

    expect(await catchError(loggedOut().authorize({ grant_type: JWT_GRANT, assertion }))).toMatchObject({
      errorCode: 'invalid_grant',
      message: 'invalid assertion',
    });
  });
});

describe('sessions (REST API guide, Status Codes and Error Responses)', () => {
  async function askRaw(token: string): Promise<{ status: number; body: unknown }> {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${sandbox.url}/services/data/v67.0/limits`, { headers });
    return { status: answer.status, body: await answer.json() };
  }
  const EXPIRED = { status: 401, body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] };

  it('ends a session after its lifetime with 401 INVALID_SESSION_ID', async () => {
    const { accessToken } = await connect(sandbox);
    now += 60_000;

    expect(await askRaw(accessToken ?? '')).toEqual(EXPIRED);
  });

  it('ends all sessions at once when told to, and the client comes back by its own refresh function', async () => {
    const connection = await connect(sandbox);
    let refreshes = 0;
    const refreshing = new Connection({
      instanceUrl: sandbox.url,
      version: '67.0',
      accessToken: connection.accessToken ?? '',
      refreshFn(_old, callback) {
        refreshes += 1;
        connect(sandbox).then((fresh) => callback(null, fresh.accessToken ?? ''), callback);
      },
    });
    sandbox.expireSessions();

    expect(await askRaw(connection.accessToken ?? '')).toEqual(EXPIRED);
    expect((await refreshing.query('SELECT Id FROM Lead')).totalSize).toBe(0);
    expect(refreshes).toBe(1);
  });

  it('names the user at the identity URL and at userinfo, in the model of the client', async () => {
    const connection = await connect(sandbox);

    const identity = await connection.identity();
    const userInfo = await connection.request(`${sandbox.url}/services/oauth2/userinfo`);

    expect(findModelFaults('IdentityInfo', identity)).toEqual([]);
    expect(identity).toMatchObject({ user_id: sandbox.runAsUserId, organization_id: sandbox.orgId });
    expect(userInfo).toMatchObject({ user_id: sandbox.runAsUserId, organization_id: sandbox.orgId });
  });
});

describe('versions (REST API guide, Versions; end-of-life policy)', () => {
  it('lists the versions on offer without a session and without a limit header', async () => {
    const answer = await fetch(`${sandbox.url}/services/data`);

    const versions = z
      .array(z.object({ label: z.string(), version: z.string(), url: z.string() }))
      .parse(await answer.json());
    expect(versions).toContainEqual({ label: "Spring '26", version: '66.0', url: '/services/data/v66.0' });
    expect(versions.at(-1)).toEqual({ label: "Summer '26", version: '67.0', url: '/services/data/v67.0' });
    expect(answer.headers.get('sforce-limit-info')).toBeNull();
  });

  it.each([
    { version: '30.0', status: 410, code: 'UNSUPPORTED_API_VERSION' },
    { version: '99.0', status: 404, code: 'NOT_FOUND' },
  ])('answers $status for $version', async ({ version, status, code }) => {
    const answer = await fetch(`${sandbox.url}/services/data/v${version}/limits`);

    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject([{ errorCode: code }]);
  });
});

describe('limits (Limits quick reference; REST API guide, Limit Info Header)', () => {
  it('counts one call per request and says so on every answer', async () => {
    const connection = await connect(sandbox);

    await connection.query('SELECT Id FROM Lead');
    await connection.query('SELECT Id FROM Lead');

    expect(connection.limitInfo).toEqual({ apiUsage: { used: 2, limit: 100_000 } });
    expect(sandbox.countedCalls()).toBe(2);
    expect((await connection.limits()).DailyApiRequests).toEqual({ Max: 100_000, Remaining: 99_997 });
  });

  it('answers 403 REQUEST_LIMIT_EXCEEDED when the day is spent, and works again when it is not', async () => {
    const connection = await connect(sandbox);
    sandbox.setDailyUsed(100_000);

    const refused = await catchError(connection.query('SELECT Id FROM Lead'));
    sandbox.setDailyUsed(10);

    expect(refused).toMatchObject({ errorCode: 'REQUEST_LIMIT_EXCEEDED' });
    expect((await connection.query('SELECT Id FROM Lead')).done).toBe(true);
  });

  it('answers 414 for a URI over 16,384 bytes', async () => {
    const connection = await connect(sandbox);

    const error = await catchError(
      connection.query(`SELECT Id FROM Lead WHERE Email IN (${"'a@x.example',".repeat(1_200)}'b')`),
    );

    expect(error).toMatchObject({ errorCode: 'URI_TOO_LONG' });
  });
});
