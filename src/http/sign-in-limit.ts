import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';
import type { Secret } from '../secret.ts';
import { Problem, sendProblem } from './problems.ts';

const windowMs = 60_000;

/**
 * Requests of one address in a minute that were refused for want of a sign-in. Whoever is signed in is not counted and not limited (see
 * `identify`), and signing in is counted by itself.
 */
export function limitFailures(): RequestHandler {
  const isExempt = ({ originalUrl, method }: Request, { locals }: Response) =>
    locals.actor !== undefined || isSignIn(method, originalUrl);
  const detail = 'Too many refused requests. Try again in a minute.';
  return limit({
    limit: 300,
    skip: isExempt,
    handler: (_request, response) => sendProblem(response, tooMany(response, detail)),
  });
}

function isSignIn(method: string, url: string): boolean {
  return method === 'POST' && /^\/api\/v1\/session\/?(\?|$)/i.test(url);
}

/** Attempts to sign in with a wrong token, of one address in a minute. Beyond ten `checkSignInLimit` decides, once the token was read. */
export function limitSignIns(): RequestHandler {
  return limit({
    limit: 10,
    handler(_request, { locals }, next) {
      locals.signInsLimited = true;
      next();
    },
  });
}

/** Nobody comes upon a random text of this length, however often they guess. `openssl rand -base64 32` makes 44 characters. */
const unguessable = 32;

/**
 * Lets a right token in although its address is limited, for else anybody at that address could keep everybody out. A short one is not: it
 * might have been guessed.
 *
 * @param token what is known of the token that was sent; undefined: it is none of ours
 * @throws Problem 429
 */
export function checkSignInLimit(response: Response, token: Secret | undefined): void {
  if (response.locals.signInsLimited !== true) return;
  if (token !== undefined && token.reveal().length >= unguessable) return;
  throw tooMany(response, 'Too many attempts to sign in. Try again in a minute.');
}

function tooMany(response: Response, detail: string): Problem {
  response.setHeader('Retry-After', String(windowMs / 1_000));
  return new Problem(429, 'too_many_failures', detail);
}

/** A 401 alone counts: what went wrong on our side, or was refused for another reason, is no guess. */
function limit(options: Pick<Options, 'limit' | 'handler'> & Partial<Options>): RequestHandler {
  return rateLimit({
    windowMs,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_request, { statusCode }) => statusCode !== 401,
    keyGenerator: addressOf,
    standardHeaders: false,
    legacyHeaders: false,
    // It would write what it finds, such as a proxy that TRUST_PROXY does not name, past the log.
    validate: false,
    ...options,
  });
}

/** Some proxies write the port of the caller with its address: each connection would count for itself. */
function addressOf({ ip = '' }: Request): string {
  const [, address = ip] = /^(\d+(?:\.\d+){3}):\d+$/.exec(ip) ?? /^\[(.+)\](?::\d+)?$/.exec(ip) ?? [];
  return ipKeyGenerator(address);
}
