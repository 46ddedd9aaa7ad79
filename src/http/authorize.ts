import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { ActionWay } from '../ports/ledger-access.ts';
import type { Secret } from '../secret.ts';
import { type Role, roles } from './contract/endpoint.ts';
import { isCrossSite, type RequestOrigin } from './cross-site.ts';
import { Problem } from './problems.ts';
import { readSessionCookie, type Sessions } from './sessions.ts';

export type { Role };
export type Token = { name: string; role: Role; token: Secret };

/** Who asks: the owner of a token, or somebody who is signed in at the page. */
export type Caller = { name: string; role: Role; via: Exclude<ActionWay, 'cli'>; expiresAtMs: number | null };

export type SignInDependencies = {
  tokens: readonly Token[];
  sessions: Sessions;
  /** As people open the service; null while it is not known. */
  publicUrl(): string | null;
};

const rank: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/**
 * Finds out who asks, by the bearer token or else by the cookie of the page, and leaves it in `response.locals`: `actor`, `role`, `via` and
 * `sessionExpiresAtMs`, or `signInProblem` where nobody is known. It lets everybody through: `requireRole` does not.
 */
export function identify(dependencies: SignInDependencies): RequestHandler {
  const findToken = createTokenFinder(dependencies.tokens);
  return async (request, response, next) => {
    try {
      const { name, role, via, expiresAtMs } = await callerOf(request, dependencies, findToken);
      Object.assign(response.locals, { actor: name, role, via, sessionExpiresAtMs: expiresAtMs });
    } catch (problem) {
      response.locals.signInProblem = problem;
    }
    next();
  };
}

/**
 * Lets a request through whose caller has at least the role: 401 where nobody is known, 403 below the role. Where `identify` did not look
 * before, the bearer token alone counts.
 */
export function requireRole(tokens: readonly Token[], role: Role): RequestHandler {
  const findToken = createTokenFinder(tokens);
  return (request, response, next) => {
    const { locals } = response;
    if (locals.actor === undefined) {
      if (locals.signInProblem !== undefined) throw refuse(response, locals.signInProblem);
      const found = findToken(bearerOf(request) ?? '');
      if (found === undefined) throw refuse(response, unauthorized());
      Object.assign(locals, { actor: found.name, role: found.role, via: 'token' });
    }
    checkRole(response, role);
    next();
  };
}

/** @throws Problem 403 when who signed in is below the role */
export function checkRole({ locals }: Response, role: Role): void {
  const held = roles.find((each) => each === locals.role);
  if (held === undefined || rank[held] < rank[role])
    throw new Problem(403, 'forbidden', `This needs the role ${role}.`);
}

/**
 * Finds out whether the token for metrics was sent, or that of anybody who may look, and leaves in `response.locals` what `requireRole` reads. The
 * cookie of the page does not count: what scrapes is a program.
 */
export function identifyScraper(tokens: readonly Token[], own: Secret | null): RequestHandler {
  const scraper: readonly Token[] = own === null ? [] : [{ name: 'metrics', role: 'viewer', token: own }];
  const findToken = createTokenFinder([...tokens, ...scraper]);
  return (request, { locals }, next) => {
    const found = findToken(bearerOf(request) ?? '');
    if (found !== undefined) Object.assign(locals, { actor: found.name, role: found.role, via: 'token' });
    else {
      const which = 'Send METRICS_TOKEN, or a token of ADMIN_TOKENS, as "Authorization: Bearer …".';
      locals.signInProblem = new Problem(401, 'unauthorized', which);
    }
    next();
  };
}

/** Finds a token by its text. All are compared, each in constant time. */
export function createTokenFinder<Known extends { token: Secret }>(
  tokens: readonly Known[],
): (text: string) => Known | undefined {
  const known = tokens.map((entry) => ({ entry, hash: digest(entry.token.reveal()) }));
  return (text) => {
    const hash = digest(text);
    return known.filter((each) => timingSafeEqual(each.hash, hash))[0]?.entry;
  };
}

export function originOf(request: Request): RequestOrigin {
  return { site: request.get('sec-fetch-site'), origin: request.get('origin'), host: request.get('host') };
}

export function crossSiteProblem(): Problem {
  return new Problem(403, 'cross_site', 'This request was made by another page than ours, so nothing was done.');
}

/** @throws Problem 401, or 403 `cross_site`; SyncError when the ledger does not answer */
async function callerOf(
  request: Request,
  { sessions, publicUrl }: SignInDependencies,
  findToken: (text: string) => Token | undefined,
): Promise<Caller> {
  if (request.get('authorization') !== undefined) {
    const found = findToken(bearerOf(request) ?? '');
    if (found === undefined) throw unauthorized();
    return { name: found.name, role: found.role, via: 'token', expiresAtMs: null };
  }
  const value = readSessionCookie(request);
  if (value === undefined) throw unauthorized();
  const isSafe = request.method === 'GET' || request.method === 'HEAD';
  if (!isSafe && isCrossSite(originOf(request), publicUrl())) throw crossSiteProblem();
  const session = await sessions.find(value, !isSafe || isAskedByPerson(request));
  if (session === null) throw new Problem(401, 'session_ended', 'The session has ended. Sign in again.');
  return { ...session, via: 'page' };
}

/** An open page asks by itself, and listens: neither keeps somebody signed in who has left. */
function isAskedByPerson(request: Request): boolean {
  return request.get('x-handoff-automatic') === undefined && !request.path.endsWith('/events');
}

/** RFC 9110 wants a 401 to say how to sign in. */
function refuse(response: Response, problem: unknown): unknown {
  if (problem instanceof Problem && problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  return problem;
}

function unauthorized(): Problem {
  return new Problem(401, 'unauthorized', 'Sign in, or send a token of ADMIN_TOKENS as "Authorization: Bearer …".');
}

function bearerOf(request: Request): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
