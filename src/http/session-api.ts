import { type Request, type Response, Router } from 'express';
import { describeError } from '../log.ts';
import type { ConnectionLedger } from '../ports/ledger.ts';
import type { ActionLedger } from '../ports/ledger-access.ts';
import type { Log } from '../ports/log.ts';
import { recordAction } from '../usecases/access/record-action.ts';
import type { CrmAddresses } from '../usecases/crm-addresses.ts';
import {
  type Caller,
  createTokenFinder,
  crossSiteProblem,
  originOf,
  type SignInDependencies,
  type Token,
} from './authorize.ts';
import type { Answer } from './contract/index.ts';
import { isCrossSitePage, isSecureCookie } from './cross-site.ts';
import { Problem } from './problems.ts';
import { type RouteAccess, route } from './route.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './sessions.ts';
import { checkSignInLimit } from './sign-in-limit.ts';

export type SessionDependencies = SignInDependencies & {
  ledger: ActionLedger & Pick<ConnectionLedger, 'bound'>;
  mode: 'observe' | 'live';
  version: string;
  addresses(): CrmAddresses;
  log: Log;
};

type View = Answer<'GET /session'>;

/** `/api/v1/session`: signing in at the page with a token, who is signed in, and signing out. */
export function createSessionRouter(dependencies: SessionDependencies, access: RouteAccess): Router {
  const { sessions } = dependencies;
  const findToken = createTokenFinder(dependencies.tokens);
  const router = Router();
  route(router, 'POST /session', access, async ({ body, request, response }) => {
    const secure = securityOf(request, dependencies.publicUrl());
    const found = findToken(body.token);
    checkSignInLimit(response, found?.token);
    const token = found ?? refuse(dependencies);
    const { name, role } = token;
    const begun = await begin(dependencies, token);
    // Whoever signs in once more leaves no session behind.
    const before = readSessionCookie(request);
    if (before !== undefined) await sessions.end(before);
    setSessionCookie(response, begun.value, secure);
    return await viewSession(dependencies, { name, role, expiresAtMs: begun.expiresAtMs });
  });
  route(router, 'GET /session', access, async ({ response }) => await viewSession(dependencies, callerOf(response)));
  route(router, 'DELETE /session', access, async ({ request, response }) => {
    const value = readSessionCookie(request);
    if (value !== undefined && response.locals.via === 'page') await sessions.end(value);
    clearSessionCookie(response, isSecureCookie(originOf(request)) ?? true);
  });
  return router;
}

/**
 * Whether the cookie is to be sent over TLS alone.
 * @throws Problem 403 where another page asks, and where a browser would not keep the session
 */
function securityOf(request: Request, publicUrl: string | null): boolean {
  const origin = originOf(request);
  if (isCrossSitePage(origin, publicUrl)) throw crossSiteProblem();
  const secure = isSecureCookie(origin);
  if (secure !== null) return secure;
  throw new Problem(403, 'not_secure', 'Open this page over https://. A browser keeps no session over plain http.');
}

/** @throws Problem 401 */
function refuse({ tokens, log }: SessionDependencies): never {
  log.warn({ code: 'wrong_token' }, 'somebody tried to sign in with a token that is not among ours');
  if (tokens.length > 0) throw new Problem(401, 'wrong_token', 'No one signs in with this token.');
  throw new Problem(401, 'no_tokens', 'Nobody can sign in yet: set ADMIN_TOKENS and start the service again.');
}

async function begin({ sessions, ledger, log }: SessionDependencies, token: Token) {
  const { name: actor, role } = token;
  const action = { actor, role, via: 'page', code: 'session_start', target: null, details: {} } as const;
  const onUnnoted = (thrown: unknown) => log.warn(describeError(thrown), 'how an action ended could not be noted');
  return await recordAction({ ledger, onUnnoted }, action, async () => await sessions.begin(token));
}

type Signed = Pick<Caller, 'name' | 'role' | 'expiresAtMs'>;

/** `route` let nobody through who is not known. */
function callerOf({ locals }: Response): Signed {
  return { name: locals.actor, role: locals.role, expiresAtMs: locals.sessionExpiresAtMs ?? null };
}

async function viewSession(dependencies: SessionDependencies, { name, role, expiresAtMs }: Signed): Promise<View> {
  const { ledger, mode, version, addresses } = dependencies;
  const { demo } = await ledger.bound();
  const { hubspot, salesforce } = addresses();
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
  return { name, role, expiresAt, mode, demo, version, hubspot, salesforce };
}
