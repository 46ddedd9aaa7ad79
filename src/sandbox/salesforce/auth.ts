import { createPublicKey, createVerify, randomBytes } from 'node:crypto';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import type { Org } from './org.ts';
import type { SfRecord } from './types.ts';

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_BYTES = 48;

function refuse(error: string, description: string): SandboxAnswer {
  return { status: 400, body: { error, error_description: description } };
}

/**
 * `POST /services/oauth2/token` for the client-credentials and the JWT bearer flow. Errors are `{ error, error_description }` with 400.
 * Sources: help remoteaccess_oauth_client_credentials_flow and remoteaccess_oauth_jwt_flow; texts of the JWT errors from
 * salesforce.stackexchange 184363 and 282513.
 */
export function answerToken(org: Org, request: SandboxRequest): SandboxAnswer {
  if (request.method !== 'POST') return refuse('invalid_request', 'must use HTTP POST');
  const form = new URLSearchParams(request.body.toString('utf8'));
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return grantToClient(org, form, request.headers.authorization);
    case JWT_GRANT:
      return grantToAssertion(org, form.get('assertion') ?? '');
    default:
      return refuse('unsupported_grant_type', 'grant type not supported');
  }
}

function grantToClient(org: Org, form: URLSearchParams, authorization: string | undefined): SandboxAnswer {
  const basic = authorization?.startsWith('Basic ')
    ? Buffer.from(authorization.slice(6), 'base64').toString('utf8')
    : ':';
  const [basicId = '', basicSecret = ''] = basic.split(':');
  const clientId = form.get('client_id') ?? basicId;
  if (clientId !== org.app.clientId) return refuse('invalid_client_id', 'client identifier invalid');
  if ((form.get('client_secret') ?? basicSecret) !== org.app.clientSecret) {
    return refuse('invalid_client', 'invalid client credentials');
  }
  return issueToken(org, org.runAsUserId);
}

function grantToAssertion(org: Org, assertion: string): SandboxAnswer {
  const claims = readClaims(org, assertion);
  if (claims === undefined) return refuse('invalid_grant', 'invalid assertion');
  if (claims.iss !== org.app.clientId) return refuse('invalid_client_id', 'client identifier invalid');
  const audience = org.isSandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
  if (claims.aud !== audience && claims.aud !== org.instanceUrl) return refuse('invalid_grant', 'audience is invalid');
  if (typeof claims.exp !== 'number' || claims.exp * 1000 <= org.now()) {
    return refuse('invalid_grant', 'expired authorization code');
  }
  const username = typeof claims.sub === 'string' ? claims.sub : '';
  const [userId] = org.store.idsBy('User', 'Username', [username]) ?? [];
  if (userId === undefined) return refuse('invalid_grant', "user hasn't approved this consumer");
  return issueToken(org, userId);
}

/** The claims of an RS256 assertion; undefined where the form or the signature is wrong. */
function readClaims(org: Org, assertion: string): Record<string, unknown> | undefined {
  const [head = '', payload = '', signature = '', ...rest] = assertion.split('.');
  if (rest.length > 0 || signature === '') return undefined;
  const header = parseObject(head);
  const claims = parseObject(payload);
  if (header?.alg !== 'RS256' || claims === undefined) return undefined;
  if (org.app.jwtPublicKey === undefined) return claims;
  const verifier = createVerify('RSA-SHA256').update(`${head}.${payload}`);
  return verifier.verify(createPublicKey(org.app.jwtPublicKey), signature, 'base64url') ? claims : undefined;
}

function parseObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** There is no `expires_in`: how long a session lives is a setting of the org (help, refresh token flow). */
function issueToken(org: Org, userId: string): SandboxAnswer {
  if (org.store.get('User', userId)?.IsActive !== true) return refuse('inactive_user', 'user is inactive');
  const token = `${org.id.slice(0, 15)}!${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  org.sessions.set(token, { userId, expiresAtMs: org.now() + org.sessionLifetimeMs });
  const body = {
    access_token: token,
    signature: randomBytes(32).toString('base64'),
    scope: 'api id',
    instance_url: org.instanceUrl,
    id: `${org.instanceUrl}/id/${org.id}/${userId}`,
    token_type: 'Bearer',
    issued_at: String(org.now()),
    api_instance_url: 'https://api.salesforce.com',
  };
  return { status: 200, headers: { 'cache-control': 'no-cache, no-store' }, body };
}

/** The user of a bearer token, or undefined where the session is unknown or over. */
export function findSessionUser(org: Org, authorization: string | undefined): string | undefined {
  const token = authorization?.replace(/^(Bearer|OAuth) /i, '') ?? '';
  const session = org.sessions.get(token);
  if (session === undefined) return undefined;
  if (session.expiresAtMs > org.now()) return session.userId;
  org.sessions.delete(token);
  return undefined;
}

/** `GET /services/oauth2/userinfo` (OpenID Connect) and the identity URL, in one body: each reader finds its names. */
export function describeUser(org: Org, user: SfRecord): Record<string, unknown> {
  return {
    id: `${org.instanceUrl}/id/${org.id}/${user.Id}`,
    sub: `${org.instanceUrl}/id/${org.id}/${user.Id}`,
    asserted_user: true,
    user_id: user.Id,
    organization_id: org.id,
    username: user.Username,
    preferred_username: user.Username,
    nick_name: user.Username,
    display_name: user.Name,
    name: user.Name,
    email: user.Email,
    email_verified: true,
    user_type: 'STANDARD',
    active: user.IsActive,
    is_app_installed: true,
    language: 'en_US',
    photos: { picture: `${org.instanceUrl}/profilephoto/F`, thumbnail: `${org.instanceUrl}/profilephoto/T` },
    urls: describeUrls(org, user),
  };
}

function describeUrls(org: Org, user: SfRecord): Record<string, string> {
  const rest = `${org.instanceUrl}/services/data/v{version}/`;
  return {
    enterprise: `${org.instanceUrl}/services/Soap/c/{version}/${org.id.slice(0, 15)}`,
    metadata: `${org.instanceUrl}/services/Soap/m/{version}/${org.id.slice(0, 15)}`,
    partner: `${org.instanceUrl}/services/Soap/u/{version}/${org.id.slice(0, 15)}`,
    rest,
    sobjects: `${rest}sobjects/`,
    search: `${rest}search/`,
    query: `${rest}query/`,
    profile: `${org.instanceUrl}/${user.Id}`,
  };
}
